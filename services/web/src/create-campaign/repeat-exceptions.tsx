import { X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { exactDay, here } from "@/words/moments";

type RepeatExceptionsProps = { days: readonly string[]; onChange: (days: string[]) => void };

/** Days that are left out, such as holidays. */
export function RepeatExceptions({ days, onChange }: RepeatExceptionsProps) {
  const [day, setDay] = useState("");
  const isDay = /^\d{4}-\d\d-\d\d$/.test(day);
  function add() {
    if (!isDay) return;
    onChange([...new Set([...days, day])].sort());
    setDay("");
  }
  return (
    <div className="flex flex-col gap-2">
      <Field label="Days to leave out" aside="optional">
        {(wiring) => (
          <div className="flex gap-2">
            <Input
              {...wiring}
              type="date"
              value={day}
              onChange={(event) => setDay(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault(); // it adds the day, and does not send the form
                add();
              }}
            />
            <Button onClick={add} disabled={!isDay}>
              Leave out
            </Button>
          </div>
        )}
      </Field>
      {days.length > 0 && (
        <ul aria-label="Days that are left out" className="flex flex-wrap gap-1.5">
          {days.map((each) => (
            <li
              key={each}
              className="flex items-center gap-1 rounded-md border bg-surface py-0.5 pr-0.5 pl-2 text-xs tabular-nums"
            >
              {dayWords(each)}
              <button
                type="button"
                aria-label={`Take place on ${dayWords(each)} after all`}
                onClick={() => onChange(days.filter((other) => other !== each))}
                className="grid size-6 place-items-center rounded text-muted hover:bg-sunken hover:text-ink"
              >
                <X className="size-3.5" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** "Thursday, 24 December 2026". */
function dayWords(day: string): string {
  return exactDay(Date.parse(`${day}T00:00:00Z`), { ...here(), zone: "UTC" });
}
