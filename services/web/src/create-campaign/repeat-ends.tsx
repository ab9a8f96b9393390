import { useFormContext } from "react-hook-form";
import { Field, Input, Select } from "@/ui/field";
import { MOST_TIMES, type Repeat } from "@/words/repeat";
import type { Draft } from "./form";

type RepeatEndsProps = { repeat: Repeat; onChange: (changed: Partial<Repeat>) => void };

/** When a repetition ends: never, with a day, or after so many times. */
export function RepeatEnds({ repeat, onChange }: RepeatEndsProps) {
  const error = useFormContext<Draft>().formState.errors.repeat;
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label="Ends" className={repeat.ends === "never" ? "col-span-2" : ""}>
        {(wiring) => (
          <Select
            {...wiring}
            value={repeat.ends}
            onChange={(event) => {
              const chosen = event.target.value;
              onChange({ ends: chosen === "on" || chosen === "after" ? chosen : "never" });
            }}
          >
            <option value="never">Never</option>
            <option value="on">On a day</option>
            <option value="after">After N times</option>
          </Select>
        )}
      </Field>
      {repeat.ends === "on" && (
        <Field label="Last day" error={error?.until?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              type="date"
              value={repeat.until}
              onChange={(event) => onChange({ until: event.target.value })}
            />
          )}
        </Field>
      )}
      {repeat.ends === "after" && (
        <Field label="Times" error={error?.times?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              type="number"
              inputMode="numeric"
              min={1}
              max={MOST_TIMES}
              step={1}
              value={repeat.times}
              onChange={(event) => onChange({ times: event.target.value })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
