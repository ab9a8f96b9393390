import type { Campaign } from "@/api/client";
import { cn } from "@/ui/cn";
import { ago, cityOf, exactMoment, fromNow, moment, type Place, showSameTime } from "@/words/moments";
import { waitsUntil } from "@/words/opening";

/** When a campaign starts, started or ended: in the reader's zone, and in its own where that shows another time. */
export function ScheduledTime({ campaign, place }: { campaign: Campaign; place: Place }) {
  const { label, at } = when(campaign);
  const instant = Date.parse(at);
  const hasHappened =
    campaign.scheduled_time === null || campaign.started_at !== null || campaign.completed_at !== null;
  const isElsewhere =
    campaign.scheduled_time !== null && !showSameTime(campaign.timezone, place.zone, instant);
  const wait = waitsUntil(campaign, place);
  return (
    <div className="min-w-0 text-sm">
      <time
        dateTime={at}
        title={exactMoment(at, place)}
        className="block truncate tabular-nums first-letter:uppercase"
      >
        {label} {moment(at, place)}
      </time>
      <span className={cn("block truncate text-xs", wait ? "font-medium text-orange" : "text-muted")}>
        {wait
          ? `Waiting until ${wait}`
          : isElsewhere && campaign.status === "scheduled"
            ? `${moment(campaign.scheduled_time ?? at, place, campaign.timezone)} in ${cityOf(campaign.timezone)}`
            : (hasHappened ? ago : fromNow)(at, place)}
      </span>
    </div>
  );
}

function when(campaign: Campaign): { label: string; at: string } {
  if (campaign.completed_at !== null) return { label: "Ended", at: campaign.completed_at };
  if (campaign.started_at !== null) return { label: "Started", at: campaign.started_at };
  if (campaign.scheduled_time !== null) return { label: "", at: campaign.scheduled_time };
  return { label: "Created", at: campaign.created_at };
}
