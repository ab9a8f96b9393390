import { Save } from "lucide-react";
import { useFormContext, useWatch } from "react-hook-form";
import type { Schemas } from "@/api/client";
import { FORM, type Thought } from "@/create-campaign/campaign-form";
import type { Draft } from "@/create-campaign/form";
import { type Problems, ProblemsSaid } from "@/create-campaign/problems";
import { Said } from "@/create-campaign/said";
import { Button } from "@/ui/button";
import { problemsSaid } from "@/words/campaign-problems";
import { patchWords } from "@/words/edit";
import { forecastDetails } from "@/words/forecast";
import { here } from "@/words/moments";
import { patchOf } from "./edit";

type SubmitEditProps = Thought & { before: Draft; problems: Problems; onClose: () => void };

/** What an edit will change, and the button that lets it. */
export function SubmitEdit({ forecast, isCurrent, before, problems, onClose }: SubmitEditProps) {
  const { control, formState } = useFormContext<Draft>();
  const draft = useWatch({ control }) as Draft;
  const isChecking = forecast !== null && (!isCurrent || forecast.isPlaceholderData || forecast.isFetching);
  const known = forecast !== null && !isChecking ? forecast.data : undefined;
  const will = patchWords(patchOf(before, draft), known?.contacts);
  const wrong = forecast?.error && isCurrent ? problemsSaid(forecast.error)[0]?.message : undefined;
  return (
    <div className="flex flex-col gap-3">
      <ProblemsSaid problems={problems} />
      <div className="flex flex-col gap-3 sm:flex-row sm:items-center sm:justify-between">
        <div role="status" className="min-h-10 min-w-0">
          <Said details={known ? leftOut(known) : []} isChecking={isChecking}>
            <span className={will ? "font-medium text-ink" : ""}>
              {wrong ?? will ?? "Nothing is changed yet."}
            </span>
          </Said>
        </div>
        <div className="flex justify-end gap-2 max-sm:[&>*]:flex-1">
          <Button onClick={onClose}>Close</Button>
          <Button
            type="submit"
            form={FORM}
            variant="primary"
            busy={formState.isSubmitting}
            disabled={will === null}
          >
            {!formState.isSubmitting && <Save aria-hidden />} Save changes
          </Button>
        </div>
      </div>
    </div>
  );
}

/** Who of the new people would not be called. How long it takes goes by the whole list, of which nobody asked. */
function leftOut(forecast: Schemas["CampaignForecast"]): string[] {
  return forecastDetails({ ...forecast, estimated_duration: 0, first_call_at: null }, here());
}
