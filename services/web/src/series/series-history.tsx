import { useInfiniteQuery } from "@tanstack/react-query";
import { seriesEventsQuery } from "@/api/queries";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Failure, Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { exactMoment, here, moment } from "@/words/moments";
import { EVENT_WORD, eventWords } from "@/words/series";

/** What people changed of a series, and which of its times did not take place. */
export function SeriesHistory({ id }: { id: string }) {
  const history = useInfiniteQuery(seriesEventsQuery(id));
  const place = here(useNow());
  if (history.data === undefined)
    return history.isError ? (
      <Failure reason={history.error} onRetry={() => history.refetch()} />
    ) : (
      <div className="flex flex-col gap-4 px-5 py-4">
        <Loading>Loading the history</Loading>
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
      </div>
    );
  return (
    <>
      <ol aria-label="History">
        {history.data.pages
          .flatMap((page) => page.items)
          .map((event) => {
            const { word, tone } = EVENT_WORD[event.kind];
            return (
              <li
                key={`${event.at} ${event.kind} ${event.occurrence}`}
                className="flex flex-col gap-1.5 border-b px-5 py-3 text-sm last:border-b-0"
              >
                <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <Badge tone={tone}>{word}</Badge>
                  <time
                    dateTime={event.at}
                    title={exactMoment(event.at, place)}
                    className="text-xs text-muted tabular-nums"
                  >
                    {moment(event.at, place)}
                  </time>
                  <span className="min-w-0 truncate text-xs text-muted">by {event.actor}</span>
                </div>
                <p className="[overflow-wrap:anywhere] first-letter:uppercase">{eventWords(event, place)}</p>
              </li>
            );
          })}
      </ol>
      {history.hasNextPage && (
        <div className="border-t px-5 py-3 text-center">
          <Button size="small" busy={history.isFetchingNextPage} onClick={() => history.fetchNextPage()}>
            Show later ones
          </Button>
        </div>
      )}
    </>
  );
}
