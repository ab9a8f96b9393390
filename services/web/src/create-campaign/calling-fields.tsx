import { useQuery } from "@tanstack/react-query";
import { useFormContext, useWatch } from "react-hook-form";
import { meQuery } from "@/api/queries";
import { Field, Input } from "@/ui/field";
import { type Draft, MOST } from "./form";
import { Section } from "./section";

/** Which number people see, how many are called at once, how often, and how long to wait in between. */
export function CallingFields() {
  const { register, control, formState } = useFormContext<Draft>();
  const attempts = useWatch({ control, name: "attempts" });
  const { errors } = formState;
  const own = useQuery(meQuery).data?.account.caller_id;
  const number = { type: "number", inputMode: "numeric", step: 1 } as const;
  return (
    <Section title="How to call">
      <Field
        label="Caller ID"
        {...(own && { aside: "optional" })}
        hint={
          own === null
            ? "The number that people see when it rings: one that your carrier lets you show."
            : `The number that people see when it rings.${own ? ` Leave it empty for ${own}, the account’s own.` : ""}`
        }
        error={errors.callerId?.message}
      >
        {(wiring) => (
          <Input
            {...wiring}
            {...register("callerId")}
            type="tel"
            autoComplete="off"
            placeholder={own ?? "+1 202 555 0100"}
            className="sm:max-w-80"
          />
        )}
      </Field>
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
