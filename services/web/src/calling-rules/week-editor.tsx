/** The hours of each day of a week: several a day, over midnight, copied to other days. */

import { Copy, Plus, X } from "lucide-react";
import { Button } from "@/ui/button";
import { Check } from "@/ui/check";
import { FieldError, Input } from "@/ui/field";
import { Menu, MenuItem } from "@/ui/menu";
import {
  DAYS,
  type Day,
  type Hours,
  isOvernight,
  nameOfDay,
  USUAL_HOURS,
  type Week,
  weekProblem,
} from "@/words/calling-hours";

type WeekEditorProps = { value: Week; onChange: (week: Week) => void };

/** A phone's own clock opens by itself: there is no need for the picture of one. */
const TIME = "h-9 w-25 px-2 max-sm:[&::-webkit-calendar-picker-indicator]:hidden sm:w-30";

const GROUPS: { label: string; days: readonly Day[] }[] = [
  { label: "every day", days: DAYS },
  { label: "Monday to Friday", days: DAYS.slice(0, 5) },
  { label: "Saturday and Sunday", days: DAYS.slice(5) },
];

export function WeekEditor({ value, onChange }: WeekEditorProps) {
  const problem = weekProblem(value);
  const set = (day: Day, hours: Hours[]) => onChange({ ...value, [day]: hours });
  const copy = (hours: Hours[], days: readonly Day[]) =>
    onChange({
      ...value,
      ...Object.fromEntries(days.map((day) => [day, hours.map((each) => ({ ...each }))])),
    });
  return (
    <div>
      <ul aria-label="Hours of each day" className="divide-y rounded-xl border">
        {DAYS.map((day) => (
          <DayRow
            key={day}
            day={day}
            hours={value[day]}
            usual={usualOf(value)}
            problem={problem?.day === day ? problem.message : null}
            onChange={(hours) => set(day, hours)}
            onCopy={(days) => copy(value[day], days)}
          />
        ))}
      </ul>
      {problem?.day === null && (
        <div className="mt-2">
          <FieldError>{problem.message}</FieldError>
        </div>
      )}
    </div>
  );
}

/** What a day gets that is opened: as the first open one. */
function usualOf(week: Week): Hours[] {
  const open = DAYS.map((day) => week[day]).find((hours) => hours.length > 0);
  return open ? open.map((each) => ({ ...each })) : [USUAL_HOURS];
}

type DayRowProps = {
  day: Day;
  hours: Hours[];
  usual: Hours[];
  problem: string | null;
  onChange: (hours: Hours[]) => void;
  onCopy: (days: readonly Day[]) => void;
};

function DayRow({ day, hours, usual, problem, onChange, onCopy }: DayRowProps) {
  const name = nameOfDay(day);
  const isOpen = hours.length > 0;
  const change = (index: number, changed: Partial<Hours>) =>
    onChange(hours.map((each, at) => (at === index ? { ...each, ...changed } : each)));
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1 px-3 py-2 sm:grid-cols-[8rem_minmax(0,1fr)_auto]">
      <Check
        label={name}
        checked={isOpen}
        onChange={(event) => onChange(event.target.checked ? usual : [])}
      />
      <div className="order-last col-span-2 flex flex-col gap-2 sm:order-none sm:col-span-1">
        {!isOpen && <p className="py-2 text-sm text-muted max-sm:hidden">Nobody is called</p>}
        {hours.map((each, index) => {
          const which = hours.length > 1 ? `, hours ${index + 1}` : "";
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: hours have no name but their place
            <div key={index} className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
              <Input
                type="time"
                aria-label={`${name}${which}: from`}
                className={TIME}
                value={each.start}
                aria-invalid={each.start === "" || undefined}
                onChange={(event) => change(index, { start: event.target.value })}
              />
              <span className="text-muted">to</span>
              <Input
                type="time"
                aria-label={`${name}${which}: to`}
                className={TIME}
                value={each.end}
                aria-invalid={each.end === "" || undefined}
                onChange={(event) => change(index, { end: event.target.value })}
              />
              {hours.length > 1 && (
                <Button
                  variant="quiet"
                  size="icon"
                  aria-label={`${name}${which}: remove`}
                  onClick={() => onChange(hours.filter((_, at) => at !== index))}
                >
                  <X aria-hidden />
                </Button>
              )}
              <span className="text-xs text-muted">{endNote(each)}</span>
            </div>
          );
        })}
        {problem && <FieldError>{problem}</FieldError>}
      </div>
      <div className="flex h-9 items-center gap-1">
        {!isOpen && <span className="text-sm text-muted sm:hidden">Nobody is called</span>}
        {isOpen && (
          <>
            <Button
              variant="quiet"
              size="icon"
              aria-label={`Add hours on ${name}`}
              title="Add hours"
              onClick={() => onChange([...hours, { start: "", end: "" }])}
            >
              <Plus aria-hidden />
            </Button>
            <Menu
              trigger={
                <Button variant="quiet" size="icon" aria-label={`Copy the hours of ${name}`} title="Copy">
                  <Copy aria-hidden />
                </Button>
              }
            >
              {GROUPS.map(({ label, days }) => (
                <MenuItem key={label} icon={Copy} onSelect={() => onCopy(days)}>
                  Copy to {label}
                </MenuItem>
              ))}
            </Menu>
          </>
        )}
      </div>
    </li>
  );
}

function endNote(hours: Hours): string {
  if (hours.start === "00:00" && hours.end === "00:00") return "all day";
  if (hours.end === "00:00" && hours.start !== "") return "until midnight";
  return isOvernight(hours) ? "the next day" : "";
}
