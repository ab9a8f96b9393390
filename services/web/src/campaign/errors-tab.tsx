import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck, Download } from "lucide-react";
import { useMemo } from "react";
import type { Campaign, Schemas } from "@/api/client";
import { rejectedQuery } from "@/api/queries";
import { Button } from "@/ui/button";
import { Empty, Failure, Loading } from "@/ui/states";
import { columnsOf, VirtualTable } from "@/ui/virtual-table";
import { count, counted } from "@/words/amounts";
import { reasonWord } from "@/words/outcomes";
import { WaitingRows } from "./waiting-rows";

type Rejected = Schemas["RejectedNumber"];

const column = columnsOf<Rejected>();

const columns = column.columns([
  column.accessor("line", {
    header: "Where",
    cell: ({ row: { original } }) =>
      `${original.source === "file" ? "Line" : "Entry"} ${count(original.line)}`,
  }),
  column.accessor("value", {
    header: "Entry",
    cell: ({ row: { original } }) => (
      <p className="truncate font-medium" title={original.value}>
        {original.value}
      </p>
    ),
  }),
  column.accessor("reason", {
    header: "Reason",
    cell: ({ row: { original } }) => reasonWord(original.reason),
  }),
]);

const LAYOUT: Record<string, string> = {
  line: "w-24 shrink-0 text-muted tabular-nums max-md:w-20",
  value: "w-64 min-w-0 shrink-0 max-md:w-24",
  reason: "min-w-0 flex-1",
};

/** What of the list could not be called, and why. */
export function ErrorsTab({ campaign }: { campaign: Campaign }) {
  const list = useInfiniteQuery(rejectedQuery(campaign.id));
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  if (list.isPending)
    return (
      <>
        <Loading>Loading import errors</Loading>
        <div className="h-18" />
        <WaitingRows />
      </>
    );
  if (list.isError && entries.length === 0)
    return <Failure reason={list.error} onRetry={() => list.refetch()} />;
  if (entries.length === 0)
    return (
      <Empty icon={CircleCheck} title="Nothing was left out">
        Every entry of the list was a number that can be called.
      </Empty>
    );
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-4">
        <p className="text-sm text-muted">
          {counted(list.data?.pages[0]?.total ?? 0, "entry", "entries")} of the list could not be called. Mend
          them, then create a campaign of them.
        </p>
        <Button asChild>
          <a href={`/api/campaigns/${campaign.id}/rejected/download`} download>
            <Download aria-hidden /> Download the errors
          </a>
        </Button>
      </div>
      <div className="border-t">
        <VirtualTable
          label="Import errors"
          columns={columns}
          layout={LAYOUT}
          rows={entries}
          idOf={(entry) => `${entry.source} ${entry.line} ${entry.value}`}
          height={45}
          rowClass="min-h-11 text-sm"
          isStale={false}
          hasMore={list.hasNextPage}
          isLoadingMore={list.isFetchingNextPage}
          onMore={list.fetchNextPage}
          loadingMore="Loading more import errors"
        />
      </div>
    </>
  );
}
