import { Progress } from "radix-ui";
import type { Schemas } from "@/api/client";
import { cn } from "@/ui/cn";
import { count, counted } from "@/words/amounts";

type ProgressBarProps = {
  progress: Schemas["CampaignProgress"];
  label: string;
  /** Higher, and without the numbers below: they stand beside it. */
  isLarge?: boolean;
};

/** How far a campaign is: who was reached, who was not, who is being called; the rest waits. */
export function ProgressBar({ progress, label, isLarge = false }: ProgressBarProps) {
  const { total, completed, in_progress: live, successful } = progress;
  const share = (part: number) => `${total === 0 ? 0 : (100 * part) / total}%`;
  return (
    <div className="min-w-0">
      <Progress.Root
        value={completed}
        max={Math.max(total, 1)}
        aria-label={label}
        getValueLabel={() => `${count(completed)} of ${counted(total, "person", "people")} done`}
        className={cn("flex overflow-hidden rounded-full bg-line", isLarge ? "h-2.5" : "h-1.5")}
      >
        <div
          className="h-full bg-green transition-[width] duration-500"
          style={{ width: share(successful) }}
        />
        <div
          className="h-full bg-line-strong transition-[width] duration-500"
          style={{ width: share(completed - successful) }}
        />
        <div className="h-full bg-blue transition-[width] duration-500" style={{ width: share(live) }} />
      </Progress.Root>
      {!isLarge && (
        <p className="mt-1.5 flex gap-x-2 truncate text-xs text-muted tabular-nums">
          <span>
            {count(completed)} of {count(total)}
          </span>
          {live > 0 && <span className="text-blue">{count(live)} on the line</span>}
          {successful > 0 && <span className="text-green">{count(successful)} reached</span>}
        </p>
      )}
    </div>
  );
}
