import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schemas } from "@/api/client";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { columnsOf, VirtualTable } from "@/ui/virtual-table";
import { REASON_TONE, REASON_WORD, remark } from "@/words/do-not-call";
import { exactMoment, here, moment } from "@/words/moments";

type Entry = Schemas["DoNotCallEntry"];

const column = columnsOf<Entry>();

const LAYOUT: Record<string, string> = {
  phone: "w-44 shrink-0 max-md:w-auto max-md:min-w-0 max-md:flex-1",
  reason: "min-w-0 flex-1 max-md:hidden",
  created_at: "w-44 shrink-0 tabular-nums max-md:hidden",
  actions: "flex w-24 shrink-0 justify-end",
};

function columnsWith(onRemove: (entry: Entry) => void) {
  return column.columns([
    column.accessor("phone", {
      header: "Number",
      cell: ({ row: { original: entry } }) => (
        <div className="min-w-0">
          <p className="truncate font-medium tabular-nums">{entry.phone}</p>
          <div className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs md:hidden">
            <ReasonBadge entry={entry} />
            <span className="text-muted tabular-nums">
              <span className="sr-only">since </span>
              <Since entry={entry} />
            </span>
            <div className="flex w-full min-w-0 text-sm">
              <About entry={entry} />
            </div>
          </div>
        </div>
      ),
    }),
    column.accessor("reason", {
      header: "Why",
      cell: ({ row: { original: entry } }) => (
        <div className="flex min-w-0 items-center gap-2.5">
          <span className="w-24 shrink-0">
            <ReasonBadge entry={entry} />
          </span>
          <About entry={entry} />
        </div>
      ),
    }),
    column.accessor("created_at", { header: "Since", cell: ({ row }) => <Since entry={row.original} /> }),
    column.display({
      id: "actions",
      header: () => <span className="sr-only">Actions</span>,
      cell: ({ row: { original: entry } }) => (
        <Button size="small" onClick={() => onRemove(entry)} aria-label={`Remove ${entry.phone}`}>
          Remove
        </Button>
      ),
    }),
  ]);
}

function ReasonBadge({ entry: { reason } }: { entry: Entry }) {
  return <Badge tone={REASON_TONE[reason]}>{REASON_WORD[reason]}</Badge>;
}

/** In which campaign, with its call; or what somebody noted. */
function About({ entry }: { entry: Entry }) {
  const said = remark(entry);
  if (entry.campaign_id === null || entry.campaign_name === null)
    return (
      <span dir="auto" className="truncate text-muted" title={said}>
        {said}
      </span>
    );
  return (
    <Link
      to="/campaigns/$campaignId"
      params={{ campaignId: entry.campaign_id }}
      search={entry.call_id === null ? {} : { call: entry.call_id }}
      dir="auto"
      title={`The call in ${entry.campaign_name}`}
      className="truncate underline decoration-line-strong underline-offset-2 hover:decoration-ink"
    >
      {entry.campaign_name}
    </Link>
  );
}

function Since({ entry: { created_at: since } }: { entry: Entry }) {
  const place = here(useNow(60_000));
  return (
    <time dateTime={since} title={exactMoment(since, place)}>
      {moment(since, place)}
    </time>
  );
}

type EntryTableProps = {
  entries: Entry[];
  isStale: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  onRemove: (entry: Entry) => void;
};

export function EntryTable({ entries, onRemove, ...paging }: EntryTableProps) {
  const columns = useMemo(() => columnsWith(onRemove), [onRemove]);
  return (
    <VirtualTable
      label="Numbers that are not called"
      columns={columns}
      layout={LAYOUT}
      rows={entries}
      idOf={(entry) => entry.phone}
      height={57}
      rowClass="min-h-14 text-sm"
      loadingMore="Loading more numbers"
      {...paging}
    />
  );
}

/** The place of the first rows. */
export function WaitingEntries() {
  return (
    <div>
      <Loading>Loading the list</Loading>
      <div className="h-9.25 border-b max-md:hidden" />
      {["first", "second", "third", "fourth", "fifth", "sixth"].map((row) => (
        <div key={row} className="flex h-14.25 items-center gap-4 border-b px-5 last:border-b-0 max-md:h-24">
          <div className="w-44 max-md:flex-1">
            <Skeleton className="h-4 w-32" />
          </div>
          <div className="flex-1 max-md:hidden">
            <Skeleton className="h-5 w-20 rounded-full" />
          </div>
          <div className="w-44 max-md:hidden">
            <Skeleton className="h-4 w-28" />
          </div>
          <div className="flex w-24 justify-end">
            <Skeleton className="h-8 w-19" />
          </div>
        </div>
      ))}
    </div>
  );
}
