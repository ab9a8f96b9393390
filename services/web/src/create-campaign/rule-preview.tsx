/** What a rule means, by the API: in words, and its next ten times. What clocks do to them is said beside them. */

import { useQuery } from "@tanstack/react-query";
import { CalendarX2, Repeat as RepeatIcon } from "lucide-react";
import { useMemo } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { rulePreviewQuery } from "@/api/queries";
import { cn } from "@/ui/cn";
import { FieldError } from "@/ui/field";
import { Skeleton, sentence } from "@/ui/states";
import { useSettled } from "@/ui/use-settled";
import { here } from "@/words/moments";
import { ruleOf } from "@/words/repeat";
import { clockWords, offsetWords, sentenceOf, wallWords } from "@/words/series";
import type { Draft } from "./form";

/** Milliseconds without a change before the API is asked. */
const PAUSE = 250;

type RulePreviewProps = { onLeaveOut: (day: string) => void };

export function RulePreview({ onLeaveOut }: RulePreviewProps) {
  const { control } = useFormContext<Draft>();
  const [repeat, date, time, zone] = useWatch({ control, name: ["repeat", "date", "time", "zone"] });
  const rule = useMemo(() => ruleOf(repeat, { date, time, zone }), [repeat, date, time, zone]);
  const settled = useSettled(rule, PAUSE);
  const preview = useQuery(rulePreviewQuery(rule && settled));
  const isCurrent = !preview.isPlaceholderData && JSON.stringify(rule) === JSON.stringify(settled);
  if (rule === null)
    return <p className="text-sm text-muted">Choose date and time to see when it will call.</p>;
  if (preview.isError && isCurrent) return <FieldError>{sentence(preview.error)}</FieldError>;
  const place = here();
  const times = preview.data?.occurrences;
  return (
    <section aria-label="What this means" aria-busy={!isCurrent} className="flex flex-col gap-2">
      <p role="status" className="flex min-h-5 gap-2 text-sm font-semibold text-purple">
        <RepeatIcon className="mt-0.5 size-4 shrink-0" aria-hidden />
        {preview.data ? sentenceOf(preview.data.words) : <Skeleton className="h-5 w-56" />}
      </p>
      <h4 className="text-xs font-medium text-muted">
        {times && times.length < 10 ? "All its times that are to come" : "The next ten times"}
      </h4>
      {times === undefined ? (
        <Skeleton className="h-88 rounded-lg" />
      ) : (
        <ol
          className={cn(
            "divide-y rounded-lg border bg-surface text-sm transition-opacity",
            !isCurrent && "opacity-60",
          )}
        >
          {times.map((one, index) => {
            const note = clockWords(one, times[index - 1], zone);
            const words = wallWords(one.wall, place);
            return (
              <li key={one.at} className={cn("flex flex-col px-3 py-1", note && "bg-orange-soft")}>
                <div className="flex items-center gap-2">
                  <time dateTime={one.at} className="min-w-0 flex-1 tabular-nums">
                    {words}
                  </time>
                  <span className="text-xs text-muted tabular-nums">{offsetWords(one.utc_offset)}</span>
                  <button
                    type="button"
                    aria-label={`Leave out ${words}`}
                    title="Leave this day out"
                    onClick={() => onLeaveOut(one.wall.slice(0, 10))}
                    className="-mr-1.5 grid size-7 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
                  >
                    <CalendarX2 className="size-4" aria-hidden />
                  </button>
                </div>
                {note && <p className="pb-1 text-xs font-medium text-orange">{note}</p>}
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}
