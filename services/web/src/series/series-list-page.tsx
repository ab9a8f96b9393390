import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Repeat } from "lucide-react";
import { allSeriesQuery } from "@/api/queries";
import { CreateCampaignButton } from "@/campaigns/campaigns-page";
import { PageHeader } from "@/layout/page-header";
import { Button } from "@/ui/button";
import { Empty, Failure, Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { counted } from "@/words/amounts";
import { exactMoment, fromNow, here, type Place } from "@/words/moments";
import { nextTime, type Series, sentenceOf } from "@/words/series";
import { SeriesActions } from "./series-actions";
import { SeriesBadge } from "./series-badge";

/** The account's recurring campaigns: what they are called, when they call, and when next. */
export function SeriesListPage() {
  const list = useInfiniteQuery(allSeriesQuery);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const place = here(useNow());
  return (
    <>
      <PageHeader
        title="Recurring campaigns"
        description={
          list.data === undefined ? " " : "Each time is a campaign of its own; the next one is made ahead."
        }
      >
        <CreateCampaignButton />
      </PageHeader>
      <section
        aria-label="Recurring campaigns"
        className="overflow-clip rounded-2xl border bg-surface shadow-card"
      >
        {list.isError && list.data === undefined ? (
          <Failure reason={list.error} onRetry={() => list.refetch()} />
        ) : list.isPending ? (
          <Waiting />
        ) : items.length === 0 ? (
          <Empty icon={Repeat} title="Nothing repeats yet" action={<CreateCampaignButton />}>
            Create a campaign, schedule it for later, and choose how often it repeats: every weekday at half
            past nine, say.
          </Empty>
        ) : (
          <>
            <div
              aria-hidden
              className="hidden gap-4 border-b px-5 py-2.5 text-xs font-medium text-muted md:flex"
            >
              <span className="flex-1">Campaign</span>
              <span className="w-28">Status</span>
              <span className="w-52">Next time</span>
              <span className="w-24 max-lg:hidden">People</span>
              <span className="w-9" />
            </div>
            <ul>
              {items.map((series) => (
                <SeriesRow key={series.id} series={series} place={place} />
              ))}
            </ul>
            {list.hasNextPage && (
              <div className="border-t px-5 py-3 text-center">
                <Button size="small" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
                  Show more
                </Button>
              </div>
            )}
          </>
        )}
      </section>
    </>
  );
}

function SeriesRow({ series, place }: { series: Series; place: Place }) {
  const navigate = useNavigate();
  const next = series.status === "active" ? series.next_occurrence : null;
  return (
    <li className="relative flex min-h-19 items-center gap-4 border-b px-5 py-3 transition-colors last:border-b-0 hover:bg-sunken/60">
      <div className="min-w-0 flex-1">
        <Link
          to="/series/$seriesId"
          params={{ seriesId: series.id }}
          dir="auto"
          title={series.name}
          className="block truncate text-left text-sm font-medium after:absolute after:inset-0 max-md:pr-28"
        >
          {series.name}
        </Link>
        <p className="mt-0.5 line-clamp-2 text-xs text-muted" title={sentenceOf(series.words)}>
          {sentenceOf(series.words)}
        </p>
        <p className="mt-1.5 text-xs tabular-nums md:hidden">
          {next && <span className="text-muted">Next: </span>}
          {nextTime(series, place)}
        </p>
      </div>
      <span className="w-28 shrink-0 max-md:absolute max-md:top-3 max-md:right-4 max-md:w-auto">
        <SeriesBadge status={series.status} />
      </span>
      <div className="w-52 shrink-0 text-sm max-md:hidden">
        {next === null ? (
          <span className="text-muted">{nextTime(series, place)}</span>
        ) : (
          <>
            <time
              dateTime={next.at}
              title={exactMoment(next.at, place)}
              className="block truncate tabular-nums first-letter:uppercase"
            >
              {nextTime(series, place)}
            </time>
            <span className="block truncate text-xs text-muted">{fromNow(next.at, place)}</span>
          </>
        )}
      </div>
      <span className="w-24 shrink-0 text-sm text-muted tabular-nums max-lg:hidden">
        {counted(series.contacts, "person", "people")}
      </span>
      <span className="w-9 shrink-0 max-md:self-end">
        <SeriesActions
          series={series}
          onOpen={() => void navigate({ to: "/series/$seriesId", params: { seriesId: series.id } })}
        />
      </span>
    </li>
  );
}

function Waiting() {
  return (
    <div>
      <Loading>Loading the recurring campaigns</Loading>
      <div className="h-9.25 border-b max-md:hidden" />
      {["first", "second", "third", "fourth"].map((row) => (
        <div key={row} className="flex h-19 items-center gap-4 border-b px-5 last:border-b-0">
          <div className="flex-1">
            <Skeleton className="h-4 w-48 max-w-full" />
            <Skeleton className="mt-2 h-3 w-64 max-w-full" />
          </div>
          <Skeleton className="h-5 w-24 rounded-full" />
          <Skeleton className="h-4 w-44 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
