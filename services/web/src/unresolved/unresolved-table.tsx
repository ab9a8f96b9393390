import { Link } from "@tanstack/react-router";
import { PhoneForwarded, PhoneOff } from "lucide-react";
import { useMemo } from "react";
import type { Schemas } from "@/api/client";
import { useStored } from "@/api/store";
import { Button } from "@/ui/button";
import { Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { columnsOf, VirtualTable } from "@/ui/virtual-table";
import { exactMoment, here, moment } from "@/words/moments";
import { aftermath, type Decision } from "@/words/unresolved";
import { choose, chosen } from "./chosen";
import { DecisionBadge } from "./decision-badge";

type Call = Schemas["UnknownCall"];
type OnDecide = (decision: Decision, call: Call) => void;

const column = columnsOf<Call>();

const LAYOUT: Record<string, string> = {
  tick: "w-4 shrink-0 max-md:self-start max-md:pt-0.5",
  person: "w-52 shrink-0 max-md:w-auto max-md:min-w-0 max-md:flex-1",
  why: "min-w-0 flex-1 max-md:hidden",
  placed_at: "w-40 shrink-0 tabular-nums max-lg:hidden",
  decision: "w-56 shrink-0 max-md:hidden",
  actions: "flex w-48 shrink-0 justify-end gap-1.5 max-md:hidden",
};

function Tick({ call }: { call: Call }) {
  const isChosen = useStored(chosen).has(call.id);
  return (
    <Box
      label={`Choose the call to ${call.to}`}
      isChosen={isChosen}
      onChange={() => choose([call.id], !isChosen)}
    />
  );
}

function TickAll({ ids }: { ids: readonly string[] }) {
  const ticked = useStored(chosen);
  const areAll = ids.length > 0 && ids.every((id) => ticked.has(id));
  return (
    <Box
      label="Choose all"
      isChosen={areAll}
      isPartly={!areAll && ids.some((id) => ticked.has(id))}
      onChange={() => choose(ids, !areAll)}
    />
  );
}

type BoxProps = { label: string; isChosen: boolean; isPartly?: boolean; onChange: () => void };

/** The place around it can be pressed, too: on a phone, a finger is larger than the box. */
function Box({ label, isChosen, isPartly = false, onChange }: BoxProps) {
  return (
    <label className="relative z-1 -m-3 flex cursor-pointer p-3">
      <input
        type="checkbox"
        aria-label={label}
        className="size-4 cursor-pointer accent-accent"
        checked={isChosen}
        ref={(element) => {
          if (element !== null) element.indeterminate = isPartly;
        }}
        onChange={onChange}
      />
    </label>
  );
}

const tick = column.display({
  id: "tick",
  header: ({ table }) => <TickAll ids={table.getRowModel().rows.map(({ id }) => id)} />,
  cell: ({ row }) => <Tick call={row.original} />,
});

function person(isDecided: boolean) {
  return column.display({
    id: "person",
    header: "Person",
    cell: ({ row: { original: call } }) => (
      <div className="min-w-0">
        <Link
          to="/unresolved"
          search={(held) => ({ ...held, call: call.id })}
          resetScroll={false}
          dir="auto"
          className="block truncate text-left font-medium tabular-nums after:absolute after:inset-0"
        >
          {call.contact_name ?? call.to}
        </Link>
        <p className="mt-0.5 truncate text-xs text-muted tabular-nums">
          {call.contact_name !== null && <>{call.to}, </>}
          <bdi>{call.campaign_name}</bdi>
        </p>
        <div className="mt-1.5 flex flex-col items-start gap-1 text-xs text-muted md:hidden">
          {isDecided ? <Outcome call={call} /> : <p>{call.reason}</p>}
          <p>
            Called <Called call={call} />
          </p>
        </div>
      </div>
    ),
  });
}

const why = column.display({
  id: "why",
  header: "Why nobody knows",
  cell: ({ row: { original: call } }) => (
    <p className="line-clamp-2 text-muted" title={call.reason ?? undefined}>
      {call.reason}
    </p>
  ),
});

const called = column.accessor("placed_at", {
  header: "Called",
  cell: ({ row }) => <Called call={row.original} />,
});

function Called({ call: { placed_at: at } }: { call: Call }) {
  const place = here(useNow(60_000));
  return (
    <time dateTime={at} title={exactMoment(at, place)}>
      {moment(at, place)}
    </time>
  );
}

function Outcome({ call }: { call: Call }) {
  const { decision } = call;
  const place = here(useNow(60_000));
  return (
    <div className="min-w-0">
      <DecisionBadge decision={decision} />
      {decision && (
        <p className="mt-1 truncate text-xs text-muted" title={exactMoment(decision.decided_at, place)}>
          {moment(decision.decided_at, place)} by {decision.decided_by}
        </p>
      )}
    </div>
  );
}

const decided = column.display({
  id: "decision",
  header: "Decision",
  cell: ({ row }) => <Outcome call={row.original} />,
});

const result = column.display({
  id: "why",
  header: "What came of it",
  cell: ({ row: { original: call } }) => (
    <p className="line-clamp-2 text-muted">{aftermath(call) ?? call.decision?.note}</p>
  ),
});

function actions(onDecide: OnDecide) {
  return column.display({
    id: "actions",
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row: { original: call } }) => (
      <>
        {!call.campaign_is_deleted && (
          <Button
            size="small"
            className="relative z-1"
            aria-label={`Redial ${call.to}`}
            onClick={() => onDecide("redial", call)}
          >
            <PhoneForwarded aria-hidden /> Redial
          </Button>
        )}
        <Button
          size="small"
          variant="danger"
          className="relative z-1"
          aria-label={`Give up the call to ${call.to}`}
          onClick={() => onDecide("give_up", call)}
        >
          <PhoneOff aria-hidden /> Give up
        </Button>
      </>
    ),
  });
}

type UnresolvedTableProps = {
  calls: Call[];
  isDecided: boolean;
  isStale: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  onDecide: OnDecide;
};

export function UnresolvedTable({ calls, isDecided, onDecide, ...paging }: UnresolvedTableProps) {
  const columns = useMemo(
    () =>
      isDecided
        ? column.columns([person(true), decided, result, called])
        : column.columns([tick, person(false), why, called, actions(onDecide)]),
    [isDecided, onDecide],
  );
  return (
    <VirtualTable
      label={isDecided ? "Calls that were decided about" : "Calls that need a decision"}
      columns={columns}
      layout={LAYOUT}
      rows={calls}
      idOf={(call) => call.id}
      height={69}
      rowClass="min-h-17 text-sm"
      loadingMore="Loading more calls"
      {...paging}
    />
  );
}

/** The place of the first rows. */
export function WaitingCalls() {
  return (
    <div>
      <Loading>Loading the calls</Loading>
      <div className="h-9.25 border-b max-md:hidden" />
      {["first", "second", "third", "fourth"].map((row) => (
        <div key={row} className="flex h-17.25 items-center gap-4 border-b px-5 last:border-b-0 max-md:h-30">
          <div className="w-56 max-md:flex-1">
            <Skeleton className="h-4 w-32" />
            <Skeleton className="mt-2 h-3 w-44" />
          </div>
          <div className="flex-1 max-md:hidden">
            <Skeleton className="h-4 w-72 max-w-full" />
          </div>
          <Skeleton className="h-4 w-28 max-lg:hidden" />
          <Skeleton className="h-8 w-44 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
