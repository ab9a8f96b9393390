import { CalendarClock, Plus } from "lucide-react";
import { useFormContext, useWatch } from "react-hook-form";
import { Button } from "@/ui/button";
import { Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { problemsSaid } from "@/words/campaign-problems";
import { forecastDetails, forecastWords } from "@/words/forecast";
import { here } from "@/words/moments";
import { scheduleProblem } from "@/words/wall-time";
import { BalanceWarning } from "./balance";
import { FORM, type Thought } from "./campaign-form";
import { type Draft, isRepeated } from "./form";
import { type Problems, ProblemsSaid } from "./problems";
import { Said } from "./said";

type SubmitProps = Thought & { problems: Problems };

/** What the campaign will do, and the button that lets it. */
export function Submit({ forecast, isCurrent, problems }: SubmitProps) {
  const { control, formState } = useFormContext<Draft>();
  const when = useWatch({ control, name: "when" });
  return (
    <div className="flex flex-col gap-3">
      <BalanceWarning forecast={forecast?.data} />
      <ProblemsSaid problems={problems} />
      <div className="flex flex-col gap-3 sm:flex-row sm:items-center sm:justify-between">
        <div role="status" className="min-h-10 min-w-0">
          <Forecast forecast={forecast} isCurrent={isCurrent} said={problems.said} />
        </div>
        <Button
          type="submit"
          form={FORM}
          variant={when === "later" ? "scheduled" : "primary"}
          busy={formState.isSubmitting}
          className="max-sm:w-full"
        >
          {!formState.isSubmitting &&
            (when === "later" ? <CalendarClock aria-hidden /> : <Plus aria-hidden />)}
          Create Campaign
        </Button>
      </div>
    </div>
  );
}

type ForecastProps = Pick<SubmitProps, "forecast" | "isCurrent"> & {
  /** What stands above it already. */
  said: readonly string[];
};

function Forecast({ forecast, isCurrent, said }: ForecastProps) {
  const { control } = useFormContext<Draft>();
  const [when, date, time, zone, repeat] = useWatch({
    control,
    name: ["when", "date", "time", "zone", "repeat"],
  });
  const now = useNow(1_000);
  const place = here(now);
  if (forecast === null) return <Said details={[]}>Add phone numbers to see what it will do.</Said>;
  if (forecast.error && isCurrent) {
    const message = problemsSaid(forecast.error)[0]?.message ?? "";
    return (
      <Said details={[]}>
        <span className="min-w-0">
          {said.includes(message) ? "" : message}{" "}
          <button
            type="button"
            className="font-medium text-ink underline underline-offset-2"
            onClick={() => forecast.refetch()}
          >
            Check again
          </button>
        </span>
      </Said>
    );
  }
  if (forecast.data === undefined)
    return (
      <div className="flex flex-col gap-2 py-0.5">
        <Skeleton className="h-4 w-64" />
        <Skeleton className="h-3 w-40" />
      </div>
    );
  const isTimeless = when === "later" && scheduleProblem({ date, time, zone }, now) !== null;
  const isChecking = !isCurrent || forecast.isPlaceholderData;
  // While the answer is about another moment, none is said.
  const isEachTime = isRepeated({ when, repeat });
  const start = when !== "later" ? null : isTimeless || isChecking || isEachTime ? "unknown" : zone;
  return (
    <Said details={forecastDetails(forecast.data, place)} isChecking={isChecking}>
      <span className="font-medium text-ink">
        {forecastWords(forecast.data, start, place)}
        {isEachTime && ", each time"}
      </span>
    </Said>
  );
}
