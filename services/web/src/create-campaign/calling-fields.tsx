import { useFormContext, useWatch } from "react-hook-form";
import { Field, Input } from "@/ui/field";
import { type Draft, MOST } from "./form";
import { Section } from "./section";

/** How many at once, how often, and how long to wait in between. */
export function CallingFields() {
  const { register, control, formState } = useFormContext<Draft>();
  const attempts = useWatch({ control, name: "attempts" });
  const { errors } = formState;
  const number = { type: "number", inputMode: "numeric", step: 1 } as const;
  return (
    <Section title="How to call">
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Calls at once" error={errors.concurrency?.message}>
          {(wiring) => (
            <Input {...wiring} {...register("concurrency")} {...number} min={1} max={MOST.concurrency} />
          )}
        </Field>
        <Field label="Attempts per person" error={errors.attempts?.message}>
          {(wiring) => (
            <Input {...wiring} {...register("attempts")} {...number} min={1} max={MOST.attempts} />
          )}
        </Field>
        <Field label="Minutes between attempts" error={errors.retryDelay?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...register("retryDelay")}
              {...number}
              min={0}
              max={MOST.retryDelay}
              readOnly={attempts.trim() === "1" && !errors.retryDelay}
              className="read-only:bg-sunken read-only:text-muted"
            />
          )}
        </Field>
      </div>
    </Section>
  );
}
