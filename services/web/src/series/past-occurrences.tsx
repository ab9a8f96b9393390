/** What came of a series' times: the campaigns of those that have come, and of those that were left out. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { seriesCampaignsQuery } from "@/api/queries";
import { ProgressBar } from "@/campaigns/progress-bar";
import { StatusBadge } from "@/campaigns/status-badge";
import { Button } from "@/ui/button";
import { Failure, Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { exactMoment, here, moment } from "@/words/moments";
import { reasonOf } from "@/words/status";

export function PastOccurrences({ id }: { id: string }) {
  const list = useInfiniteQuery(seriesCampaignsQuery(id));
  const place = here(useNow());
  if (list.data === undefined)
    return list.isError ? (
      <Failure reason={list.error} onRetry={() => list.refetch()} />
    ) : (
      <div className="flex flex-col gap-4 px-5 py-4">
        <Loading>Loading its campaigns</Loading>
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
      </div>
    );
  const campaigns = list.data.pages.flatMap((page) =>
    page.items.filter(({ status }) => status !== "scheduled"),
  );
  if (campaigns.length === 0)
    return <p className="px-5 py-4 text-sm text-muted">None of its times has come yet.</p>;
  return (
    <>
      <ol aria-label="Its campaigns so far">
        {campaigns.map((campaign) => {
          const at = campaign.scheduled_time ?? campaign.created_at;
          return (
            <li
              key={campaign.id}
              className="relative flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b px-5 py-2.5 text-sm last:border-b-0"
            >
              <div className="min-w-0 flex-1 basis-56">
                <Link
                  to="/campaigns/$campaignId"
                  params={{ campaignId: campaign.id }}
                  className="tabular-nums after:absolute after:inset-0 first-letter:uppercase"
                >
                  <time dateTime={at} title={exactMoment(at, place)}>
                    {moment(at, place)}
                  </time>
                </Link>
                {campaign.status_reason && (
                  <p className="mt-0.5 text-xs text-muted [overflow-wrap:anywhere]">{reasonOf(campaign)}</p>
                )}
              </div>
              <div className="w-44 max-sm:order-last max-sm:w-full">
                <ProgressBar progress={campaign.progress} label={`Progress of ${moment(at, place)}`} />
              </div>
              <StatusBadge status={campaign.status} />
            </li>
          );
        })}
      </ol>
      {list.hasNextPage && (
        <div className="border-t px-5 py-3 text-center">
          <Button size="small" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            Show earlier ones
          </Button>
        </div>
      )}
    </>
  );
}
