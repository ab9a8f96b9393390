import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUp, PhoneOutgoing, SearchX } from "lucide-react";
import { useMemo } from "react";
import { ApiProblem, type Call, type Campaign } from "@/api/client";
import { FOLLOWED_PAGES } from "@/api/live";
import { type CallFilter, campaignCallsQuery, type Disposition } from "@/api/queries";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { SearchBox } from "@/ui/search-box";
import { Empty, Failure, Loading } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { columnsOf, VirtualTable } from "@/ui/virtual-table";
import { counted, money } from "@/words/amounts";
import { clockTime, exactMoment, here, moment, span } from "@/words/moments";
import { CALL_WORD, DISPOSITIONS } from "@/words/outcomes";
import { CallBadge } from "./call-badge";
import { wholeNumber } from "./number-search";
import { WaitingRows } from "./waiting-rows";

const column = columnsOf<Call>();

const columns = column.columns([
  column.accessor("to", {
    header: "Number",
    cell: ({ row: { original: call } }) => (
      <div className="min-w-0">
        <Link
          from="/campaigns/$campaignId"
          to="."
          search={(held) => ({ ...held, call: call.id })}
          resetScroll={false}
          className="block truncate font-medium tabular-nums after:absolute after:inset-0"
        >
          {call.to}
        </Link>
        <p className="mt-0.5 flex flex-wrap gap-x-2 text-xs whitespace-nowrap text-muted tabular-nums md:hidden">
          <PlacedAt call={call} />
          {call.duration !== null && <span>{span(call.duration)}</span>}
          <span>{money(call.cost, call.currency)}</span>
        </p>
      </div>
    ),
  }),
  column.accessor("status", {
    header: "Outcome",
    cell: ({ row }) => <CallBadge call={row.original} />,
  }),
  column.accessor("placed_at", {
    header: "Placed",
    cell: ({ row }) => <PlacedAt call={row.original} />,
  }),
  column.accessor("attempt", { header: "Attempt", cell: ({ row }) => row.original.attempt }),
  column.accessor("duration", {
    header: "Duration",
    cell: ({ row: { original } }) => (original.duration === null ? "–" : span(original.duration)),
  }),
  column.accessor("cost", {
    header: "Cost",
    cell: ({ row: { original } }) => money(original.cost, original.currency),
  }),
]);

const LAYOUT: Record<string, string> = {
  to: "min-w-0 flex-1",
  status: "w-40 shrink-0 max-md:w-auto",
  placed_at: "w-44 shrink-0 tabular-nums max-md:hidden",
  attempt: "w-16 shrink-0 text-right tabular-nums max-md:hidden",
  duration: "w-20 shrink-0 text-right tabular-nums max-md:hidden",
  cost: "w-28 shrink-0 text-right tabular-nums max-md:hidden",
};

/** With seconds today; with the day before. */
function PlacedAt({ call }: { call: Call }) {
  const place = here(useNow(60_000));
  const isToday = place.now - Date.parse(call.placed_at) < 12 * 3_600_000;
  return (
    <time dateTime={call.placed_at} title={exactMoment(call.placed_at, place)}>
      {isToday ? clockTime(call.placed_at, place) : moment(call.placed_at, place)}
    </time>
  );
}

type CallsTabProps = {
  campaign: Campaign;
  filter: CallFilter;
  onOutcome: (outcome: Disposition | undefined) => void;
  onNumber: (number: string | undefined) => void;
};

export function CallsTab({ campaign, filter, onOutcome, onNumber }: CallsTabProps) {
  const { disposition, number } = filter;
  const whole = number === undefined ? undefined : wholeNumber(number);
  const query = useMemo(
    () => campaignCallsQuery(campaign.id, { disposition, number: whole ?? undefined }),
    [campaign.id, disposition, whole],
  );
  const list = useInfiniteQuery({ ...query, enabled: whole !== null });
  const calls = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const total = list.data?.pages.at(-1)?.total;
  const isFiltered = disposition !== undefined || number !== undefined;
  const isNoNumber = whole === null || (list.error instanceof ApiProblem && list.error.status === 400);

  return (
    <>
      <div className="grid gap-2 px-5 py-4 sm:flex sm:items-center">
        <SearchBox
          label="Search by number"
          className="sm:w-72"
          value={number ?? ""}
          onChange={(text) => onNumber(text.trim() || undefined)}
        />
        <Select
          aria-label="Outcome"
          className="sm:w-48"
          value={disposition ?? ""}
          onChange={(event) => onOutcome(DISPOSITIONS.find((each) => each === event.target.value))}
        >
          <option value="">All outcomes</option>
          {DISPOSITIONS.map((each) => (
            <option key={each} value={each}>
              {CALL_WORD[each]}
            </option>
          ))}
        </Select>
        <p role="status" className="min-h-5 text-sm text-muted tabular-nums sm:ml-auto">
          {total !== undefined && !isNoNumber && `${counted(total, "call")}${isFiltered ? " found" : ""}`}
        </p>
      </div>
      <HeldStill campaign={campaign} query={query} pages={list.data?.pages.length ?? 0} />
      {isNoNumber ? (
        <Empty icon={SearchX} title="Type the whole telephone number">
          With its + and the country’s code, such as +14155550123.
        </Empty>
      ) : list.isPending ? (
        <>
          <Loading>Loading calls</Loading>
          <WaitingRows />
        </>
      ) : list.isError && calls.length === 0 ? (
        <Failure reason={list.error} onRetry={() => list.refetch()} />
      ) : calls.length === 0 ? (
        isFiltered ? (
          <Empty
            icon={SearchX}
            title="No call fits"
            action={
              <Button
                onClick={() => {
                  onNumber(undefined);
                  onOutcome(undefined);
                }}
              >
                Show all calls
              </Button>
            }
          >
            Search for another number, or choose another outcome.
          </Empty>
        ) : (
          <Empty icon={PhoneOutgoing} title="No call yet">
            Every call shows here the moment that it is placed.
          </Empty>
        )
      ) : (
        <div className="border-t">
          <VirtualTable
            label="Calls"
            columns={columns}
            layout={LAYOUT}
            rows={calls}
            idOf={(call) => call.id}
            height={53}
            rowClass="min-h-13 text-sm"
            isStale={list.isPlaceholderData}
            hasMore={list.hasNextPage}
            isLoadingMore={list.isFetchingNextPage}
            onMore={list.fetchNextPage}
            loadingMore="Loading more calls"
          />
        </div>
      )}
    </>
  );
}

type HeldStillProps = {
  campaign: Campaign;
  query: ReturnType<typeof campaignCallsQuery>;
  pages: number;
};

/** Nothing moves under the eyes of somebody who has scrolled far; they can come back to what is new. */
function HeldStill({ campaign, query, pages }: HeldStillProps) {
  const client = useQueryClient();
  if (pages <= FOLLOWED_PAGES || campaign.status !== "processing") return null;

  async function showNewest() {
    window.scrollTo({ top: 0 });
    client.setQueryData(
      query.queryKey,
      (held) => held && { pages: held.pages.slice(0, 1), pageParams: held.pageParams.slice(0, 1) },
    );
    await client.invalidateQueries({ queryKey: query.queryKey });
  }

  return (
    <div className="pointer-events-none sticky top-3 z-10 flex h-0 justify-center">
      <Button variant="primary" size="small" className="pointer-events-auto shadow-lg" onClick={showNewest}>
        <ArrowUp aria-hidden /> Show the newest calls
      </Button>
    </div>
  );
}
