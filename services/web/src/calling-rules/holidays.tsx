import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { holidayWords } from "@/words/calling-hours";
import { here } from "@/words/moments";

type HolidaysProps = { value: readonly string[]; onChange: (dates: string[]) => void };

/** Dates on which nobody is called, wherever they are. */
export function Holidays({ value, onChange }: HolidaysProps) {
  const [date, setDate] = useState("");
  const place = here();
  const add = () => {
    if (date === "") return;
    onChange([...new Set([...value, date])].sort());
    setDate("");
  };
  return (
    <div className="flex flex-col gap-3">
      <Field
        label="Holidays"
        hint="On the date where the person called is, from midnight to midnight. They do not repeat by themselves."
      >
        {(wiring) => (
          <div className="flex gap-2">
            <Input
              {...wiring}
              type="date"
              className="w-44"
              value={date}
              onChange={(event) => setDate(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault();
                add();
              }}
            />
            <Button onClick={add} disabled={date === ""}>
              <Plus aria-hidden /> Add
            </Button>
          </div>
        )}
      </Field>
      {value.length > 0 && (
        <ul aria-label="Holidays" className="flex flex-wrap gap-2">
          {value.map((each) => (
            <li
              key={each}
              className="inline-flex items-center gap-1 rounded-lg border bg-sunken pl-2.5 text-sm tabular-nums"
            >
              {holidayWords(each, place)}
              <button
                type="button"
                aria-label={`Remove ${holidayWords(each, place)}`}
                className="flex size-8 items-center justify-center rounded-lg text-muted hover:text-ink"
                onClick={() => onChange(value.filter((other) => other !== each))}
              >
                <X className="size-4" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
