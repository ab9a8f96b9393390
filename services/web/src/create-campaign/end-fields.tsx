/** Until when people are called at all. */

import { useFormContext, useWatch } from "react-hook-form";
import { Choices } from "@/ui/choices";
import { Field, Input } from "@/ui/field";
import { useNow } from "@/ui/use-now";
import { cityOf, here } from "@/words/moments";
import { chosenMoment, wallTimeAt } from "@/words/wall-time";
import { endOf } from "./calling-values";
import type { Draft } from "./form";
import { Topic } from "./more-about-calling";

export function EndFields() {
  const { register, control, setValue, clearErrors, formState } = useFormContext<Draft>();
  const draft = useWatch({ control }) as Draft;
  const now = useNow();
  const { errors } = formState;
  const end = endOf(draft, now);
  return (
    <Topic title="Ends">
      <Choices
        legend="When it ends"
        hideLegend
        value={draft.ends}
        onChange={(ends) => {
          setValue("ends", ends, { shouldDirty: true });
          clearErrors(["endDate", "endTime"]);
        }}
        choices={[
          { value: "never", label: "When everybody was called" },
          {
            value: "at",
            label: "At a time, at the latest",
            hint: "Whoever was not reached by then is not called any more. Calls on the line go on.",
          },
        ]}
      />
      {draft.ends === "at" && (
        <>
          <div className="grid grid-cols-2 gap-3">
            <Field label="Last date" error={errors.endDate?.message}>
              {(wiring) => (
                <Input
                  {...wiring}
                  {...register("endDate")}
                  type="date"
                  min={wallTimeAt(now, draft.zone).date}
                />
              )}
            </Field>
            <Field label="Last time" error={errors.endTime?.message}>
              {(wiring) => <Input {...wiring} {...register("endTime")} type="time" />}
            </Field>
          </div>
          <p aria-live="polite" className="text-xs text-muted">
            {end === null
              ? `On the clocks of ${cityOf(draft.zone)}.`
              : `Ends ${lowered(chosenMoment(end, draft.zone, here(now)))}.`}
          </p>
        </>
      )}
    </Topic>
  );
}

/** Inside a sentence, "Tomorrow" is "tomorrow"; "Tue 24 Nov" stays. */
function lowered(text: string): string {
  return /^(Today|Tomorrow|Yesterday)/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
