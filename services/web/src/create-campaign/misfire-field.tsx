import { useFormContext, useWatch } from "react-hook-form";
import { Field, Select } from "@/ui/field";
import { graceChoices, graceWords } from "@/words/misfire";
import type { Draft } from "./form";

/** What happens when Belltower is down at the time: rarely thought of, so it is folded away, with what holds in its title. */
export function MisfireField() {
  const { register, control, formState } = useFormContext<Draft>();
  const grace = useWatch({ control, name: "grace" });
  return (
    <details className="group rounded-lg text-sm" open={formState.errors.grace !== undefined || undefined}>
      <summary className="cursor-pointer rounded text-xs text-muted">
        If Belltower is down then: <span className="font-medium text-ink">{graceWords(grace)}</span>
      </summary>
      <Field
        label="How late it may start by itself"
        hint="A campaign that missed its time by more is paused, and you decide."
        error={formState.errors.grace?.message}
        className="mt-2"
      >
        {(wiring) => (
          <Select {...wiring} {...register("grace")}>
            {graceChoices(grace).map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </details>
  );
}
