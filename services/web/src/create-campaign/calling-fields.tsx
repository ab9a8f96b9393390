import { useQuery } from "@tanstack/react-query";
import { useFormContext, useWatch } from "react-hook-form";
import { meQuery } from "@/api/queries";
import { Field, Input } from "@/ui/field";
import { EndFields } from "./end-fields";
import { type Draft, isRepeated, MOST } from "./form";
import { HoursFields } from "./hours-fields";
import { MachineFields } from "./machine-fields";
import { MoreAboutCalling } from "./more-about-calling";
import { RetryFields } from "./retry-fields";
import { Section } from "./section";

/** Which number people see, how many are called at once, and, folded away, again after whom, within which hours, until when. */
export function CallingFields() {
  const { register, control, formState } = useFormContext<Draft>();
  const [when, repeat] = useWatch({ control, name: ["when", "repeat"] });
  const isSeries = isRepeated({ when, repeat }); // which ends by its rule
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
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Calls at once" error={errors.concurrency?.message}>
          {(wiring) => (
            <Input {...wiring} {...register("concurrency")} {...number} min={1} max={MOST.concurrency} />
          )}
        </Field>
        <Field label="New calls a second" aside="optional" error={errors.callsPerSecond?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...register("callsPerSecond")}
              inputMode="numeric"
              autoComplete="off"
              placeholder="As fast as the account may"
            />
          )}
        </Field>
      </div>
      <MoreAboutCalling>
        <RetryFields />
        <MachineFields />
        <HoursFields />
        {!isSeries && <EndFields />}
      </MoreAboutCalling>
    </Section>
  );
}
