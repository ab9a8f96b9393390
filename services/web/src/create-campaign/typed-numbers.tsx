import type { UseQueryResult } from "@tanstack/react-query";
import { useFormContext, useWatch } from "react-hook-form";
import type { Schemas } from "@/api/client";
import { Field, Textarea } from "@/ui/field";
import { Counts } from "./counts";
import { type Draft, entriesOf } from "./form";
import { RejectedList } from "./rejected-list";

type TypedNumbersProps = { forecast: UseQueryResult<Schemas["CampaignForecast"]>; isCurrent: boolean };

/** Numbers as somebody types or pastes them, checked by the API while they do. */
export function TypedNumbers({ forecast, isCurrent }: TypedNumbersProps) {
  const { register, control, formState } = useFormContext<Draft>();
  const numbers = useWatch({ control, name: "numbers" });
  const entries = entriesOf(numbers).length;
  const found = forecast.data;
  const error = formState.errors.numbers?.message;
  return (
    <>
      <Field label="Phone numbers" hint="Separated by commas, semicolons or new lines." error={error}>
        {(wiring) => (
          <Textarea
            {...wiring}
            {...register("numbers")}
            inputMode="tel"
            spellCheck={false}
            className="field-sizing-content max-h-60 min-h-28 font-mono tabular-nums"
            placeholder={"+1 202 555 0143\n+44 20 7946 0018"}
          />
        )}
      </Field>
      <div className="-mt-1 min-h-6">
        {entries > 0 && !(forecast.isError && isCurrent) && (
          <Counts
            isChecking={!isCurrent || forecast.isFetching}
            valid={found?.contacts ?? 0}
            invalid={found?.rejected.count ?? 0}
            duplicate={found?.duplicates ?? 0}
          />
        )}
      </div>
      {entries > 0 && found && <RejectedList rejected={found.rejected} place="No." />}
    </>
  );
}
