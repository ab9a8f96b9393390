/** How often it is repeated, as a person says it; the API says what that means before anything is created. */

import { useController, useFormContext, useWatch } from "react-hook-form";
import { cn } from "@/ui/cn";
import { Field, FieldError, Input, Select } from "@/ui/field";
import {
  KINDS,
  MOST_EVERY,
  ORDINAL_CHOICES,
  type Repeat,
  type RepeatKind,
  startingOn,
  UNIT,
  WEEKDAYS,
  type Weekday,
  weekdayName,
} from "@/words/repeat";
import type { Draft } from "./form";
import { RepeatEnds } from "./repeat-ends";
import { RepeatExceptions } from "./repeat-exceptions";
import { RulePreview } from "./rule-preview";

const LABEL: Record<RepeatKind, string> = {
  never: "Does not repeat",
  daily: "Every day",
  weekdays: "Every weekday, Monday to Friday",
  weekly: "Every week",
  monthly: "Every month",
  yearly: "Every year",
  other: "By the rule that it has",
};

type RepeatFieldsProps = {
  /** It is a series already: there is no way back to one campaign. */
  isSeries?: boolean;
};

export function RepeatFields({ isSeries = false }: RepeatFieldsProps) {
  const { control, trigger, formState } = useFormContext<Draft>();
  const { field } = useController({ control, name: "repeat" });
  const date = useWatch({ control, name: "date" });
  const repeat = field.value;
  const error = formState.errors.repeat;
  const kinds = KINDS.filter(
    (kind) => (kind !== "other" || repeat.rrule !== "") && !(isSeries && kind === "never"),
  );
  function set(changed: Repeat) {
    field.onChange(changed);
    if (formState.isSubmitted) void trigger(["repeat", "date", "time"]);
  }
  const change = (changed: Partial<Repeat>) => set({ ...repeat, ...changed });
  const unit = UNIT[repeat.kind];
  return (
    <div className="flex flex-col gap-3 border-t border-purple/25 pt-3">
      <Field label="Repeats">
        {(wiring) => (
          <Select
            {...wiring}
            ref={field.ref}
            value={repeat.kind}
            onBlur={field.onBlur}
            onChange={(event) => {
              const kind = KINDS.find((each) => each === event.target.value);
              if (kind) set(startingOn(repeat, kind, date));
            }}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {LABEL[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {repeat.kind !== "never" && (
        <>
          {unit && (
            <Field
              label="How often"
              error={error?.every?.message}
              {...(repeat.kind === "yearly" && { hint: "On the day and month of the date above." })}
            >
              {(wiring) => (
                <div className="flex items-center gap-2 text-sm">
                  <span>Every</span>
                  <Input
                    {...wiring}
                    type="number"
                    inputMode="numeric"
                    min={1}
                    max={MOST_EVERY}
                    step={1}
                    value={repeat.every}
                    onChange={(event) => change({ every: event.target.value })}
                    className="w-20"
                  />
                  <span>{repeat.every.trim() === "1" ? unit : `${unit}s`}</span>
                </div>
              )}
            </Field>
          )}
          {repeat.kind === "weekly" && (
            <Weekdays
              chosen={repeat.days}
              error={error?.days?.message}
              onChange={(days) => change({ days })}
            />
          )}
          {repeat.kind === "monthly" && <DayOfMonth repeat={repeat} onChange={change} />}
          <RepeatEnds repeat={repeat} onChange={change} />
          <RepeatExceptions days={repeat.except} onChange={(except) => change({ except })} />
          <label className="flex items-start gap-2.5 text-sm">
            <input
              type="checkbox"
              className="mt-0.5 size-4 shrink-0 accent-purple"
              checked={repeat.skipIfRunning}
              onChange={(event) => change({ skipIfRunning: event.target.checked })}
            />
            <span>
              Leave a time out while the one before still calls
              <span className="block text-xs text-muted">Otherwise both call at once.</span>
            </span>
          </label>
          <RulePreview
            onLeaveOut={(day) => change({ except: [...new Set([...repeat.except, day])].sort() })}
          />
        </>
      )}
    </div>
  );
}

type WeekdaysProps = {
  chosen: readonly Weekday[];
  error: string | undefined;
  onChange: (days: Weekday[]) => void;
};

function Weekdays({ chosen, error, onChange }: WeekdaysProps) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">On</legend>
      <div className="grid grid-cols-7 gap-1">
        {WEEKDAYS.map((day) => {
          const isChosen = chosen.includes(day);
          return (
            <button
              key={day}
              type="button"
              aria-pressed={isChosen}
              title={weekdayName(day)}
              onClick={() => onChange(isChosen ? chosen.filter((each) => each !== day) : [...chosen, day])}
              className={cn(
                "h-9 rounded-lg border text-xs font-medium transition-colors",
                isChosen
                  ? "border-purple bg-purple-soft text-purple ring-1 ring-purple"
                  : "border-line-strong bg-surface text-muted hover:text-ink",
              )}
            >
              <span aria-hidden>{weekdayName(day, "short")}</span>
              <span className="sr-only">{weekdayName(day)}</span>
            </button>
          );
        })}
      </div>
      {error && <FieldError>{error}</FieldError>}
    </fieldset>
  );
}

const MONTHDAYS = Array.from({ length: 31 }, (_, index) => String(index + 1));

type DayOfMonthProps = { repeat: Repeat; onChange: (changed: Partial<Repeat>) => void };

function DayOfMonth({ repeat, onChange }: DayOfMonthProps) {
  const isDay = repeat.monthly === "day";
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">On</legend>
      <div className="grid grid-cols-2 gap-2">
        <Select
          aria-label="Day or weekday"
          className="col-span-2"
          value={repeat.monthly}
          onChange={(event) => onChange({ monthly: event.target.value === "day" ? "day" : "weekday" })}
        >
          <option value="day">A day of the month</option>
          <option value="weekday">A weekday of the month</option>
        </Select>
        {isDay ? (
          <Select
            aria-label="Day of the month"
            className="col-span-2"
            value={repeat.monthday}
            onChange={(event) => onChange({ monthday: event.target.value })}
          >
            {MONTHDAYS.map((day) => (
              <option key={day} value={day}>{`Day ${day}`}</option>
            ))}
            <option value="-1">The last day</option>
          </Select>
        ) : (
          <>
            <Select
              aria-label="Which one of the month"
              value={repeat.ordinal}
              onChange={(event) => onChange({ ordinal: event.target.value })}
            >
              {ORDINAL_CHOICES.map(({ value, label }) => (
                <option key={value} value={value}>{`The ${label}`}</option>
              ))}
            </Select>
            <Select
              aria-label="Weekday"
              value={repeat.weekday}
              onChange={(event) => {
                const weekday = WEEKDAYS.find((day) => day === event.target.value);
                if (weekday) onChange({ weekday });
              }}
            >
              {WEEKDAYS.map((day) => (
                <option key={day} value={day}>
                  {weekdayName(day)}
                </option>
              ))}
            </Select>
          </>
        )}
      </div>
      {isDay && Number(repeat.monthday) > 28 && (
        <p className="text-xs text-muted">Months that have no such day are left out.</p>
      )}
    </fieldset>
  );
}
