import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import type { Campaign } from "@/api/client";
import { historyQuery } from "@/api/queries";
import { StatusBadge } from "@/campaigns/status-badge";
import { Badge } from "@/ui/badge";
import { Failure, Loading } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { exactMoment, here, moment, preciseTime } from "@/words/moments";
import { WaitingRows } from "./waiting-rows";

/** Every move of a campaign from one status to the next, and every edit: when, who, why. */
export function HistoryTab({ campaign }: { campaign: Campaign }) {
  const history = useQuery(historyQuery(campaign.id));
  const place = here(useNow());
  if (history.data === undefined) {
    return history.isError ? (
      <Failure reason={history.error} onRetry={() => history.refetch()} />
    ) : (
      <>
        <Loading>Loading the history</Loading>
        <WaitingRows />
      </>
    );
  }
  return (
    <ol aria-label="History">
      {history.data.items.map((event) => (
        <li
          key={`${event.at} ${event.to} ${event.changed}`}
          className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-5 py-3.5 text-sm last:border-b-0"
        >
          <time
            dateTime={event.at}
            title={exactMoment(event.at, place)}
            className="w-52 shrink-0 text-muted tabular-nums max-md:order-last max-md:w-full max-md:text-xs"
          >
            {moment(event.at, place).replace(/, [^,]*$/, "")}, {preciseTime(event.at, place)}
          </time>
          <span className="w-32 shrink-0 [&_svg]:animate-none">
            {event.changed === null ? (
              <StatusBadge status={event.to} />
            ) : (
              <Badge tone="grey" className="tracking-wide">
                <Pencil aria-hidden /> EDITED
              </Badge>
            )}
          </span>
          <p className="min-w-0 flex-1 basis-60 [overflow-wrap:anywhere]">
            {event.changed === null ? (event.reason ?? event.detail) : event.detail}
          </p>
          <p className="text-xs text-muted">by {event.actor}</p>
        </li>
      ))}
    </ol>
  );
}
