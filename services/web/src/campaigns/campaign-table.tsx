import { Link } from "@tanstack/react-router";
import type { Campaign } from "@/api/client";
import { Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { columnsOf, VirtualTable } from "@/ui/virtual-table";
import { here } from "@/words/moments";
import { reasonOf, remedy } from "@/words/status";
import { needDecision } from "@/words/unresolved";
import { CampaignActions } from "./campaign-actions";
import { ProgressBar } from "./progress-bar";
import { ScheduledTime } from "./scheduled-time";
import { StatusBadge } from "./status-badge";
import { TickAllBox, TickBox } from "./tick-box";

const column = columnsOf<Campaign>();

const columns = column.columns([
  column.display({
    id: "tick",
    header: ({ table }) => <TickAllBox ids={table.getRowModel().rows.map(({ id }) => id)} />,
    cell: ({ row, table }) => (
      <TickBox campaign={row.original} list={() => table.getRowModel().rows.map(({ id }) => id)} />
    ),
  }),
  column.accessor("name", {
    header: "Campaign",
    cell: ({ row: { original: campaign } }) => (
      <div className="min-w-0">
        <Link
          to="/campaigns/$campaignId"
          params={{ campaignId: campaign.id }}
          className="block truncate text-left font-medium after:absolute after:inset-0 max-md:pr-32"
          dir="auto"
          title={campaign.name}
        >
          {campaign.name}
        </Link>
        <p className="mt-0.5 truncate text-left text-xs text-muted" dir="auto">
          {campaign.progress.undecided > 0 && (
            <Link
              to="/unresolved"
              search={{ campaign: campaign.id }}
              className="relative z-1 mr-2 font-medium text-orange underline decoration-current/40 underline-offset-2 hover:decoration-current"
            >
              {needDecision(campaign.progress.undecided)}
            </Link>
          )}
          {campaign.status_reason ? (
            <span title={`${reasonOf(campaign)} ${remedy(campaign) ?? ""}`}>
              {reasonOf(campaign)} {remedy(campaign)}
            </span>
          ) : (
            campaign.welcome_message
          )}
        </p>
        <div className="mt-1.5 flex flex-col gap-2 md:hidden">
          <When campaign={campaign} />
          <ProgressBar progress={campaign.progress} label={`Progress of ${campaign.name}`} />
        </div>
      </div>
    ),
  }),
  column.accessor("status", {
    header: "Status",
    cell: ({ row }) => <StatusBadge status={row.original.status} />,
  }),
  column.accessor("scheduled_time", {
    header: "Time",
    cell: ({ row }) => <When campaign={row.original} />,
  }),
  column.accessor("progress", {
    header: "Progress",
    cell: ({ row: { original: campaign } }) => (
      <ProgressBar progress={campaign.progress} label={`Progress of ${campaign.name}`} />
    ),
  }),
  column.display({
    id: "actions",
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row }) => <CampaignActions campaign={row.original} />,
  }),
]);

/** How each column is laid out; the narrower the page, the fewer there are. */
const LAYOUT: Record<string, string> = {
  tick: "w-4 shrink-0 max-md:self-start max-md:pt-0.5",
  name: "min-w-0 flex-1",
  status: "w-32 shrink-0 max-md:absolute max-md:top-3 max-md:right-4 max-md:w-auto",
  scheduled_time: "w-52 shrink-0 max-md:hidden",
  progress: "w-52 shrink-0 max-lg:hidden",
  actions: "w-9 shrink-0 max-md:hidden",
};

function When({ campaign }: { campaign: Campaign }) {
  return <ScheduledTime campaign={campaign} place={here(useNow())} />;
}

type CampaignTableProps = {
  campaigns: Campaign[];
  isPending: boolean;
  /** What is shown is of the filter before. */
  isStale: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
};

export function CampaignTable({ campaigns, isPending, ...paging }: CampaignTableProps) {
  if (isPending) return <Waiting />;
  return (
    <VirtualTable
      label="Campaigns"
      columns={columns}
      layout={LAYOUT}
      rows={campaigns}
      idOf={(campaign) => campaign.id}
      height={76}
      rowClass="min-h-19"
      loadingMore="Loading more campaigns"
      {...paging}
    />
  );
}

function Waiting() {
  return (
    <div>
      <Loading>Loading campaigns</Loading>
      <div className="h-9.25 border-b max-md:hidden" />
      {["first", "second", "third", "fourth", "fifth", "sixth"].map((row) => (
        <div key={row} className="flex h-19 items-center gap-4 border-b px-5 last:border-b-0">
          <div className="flex-1">
            <Skeleton className="h-4 w-48 max-w-full" />
            <Skeleton className="mt-2 h-3 w-72 max-w-full" />
          </div>
          <Skeleton className="h-5 w-28 rounded-full" />
          <Skeleton className="h-4 w-44 max-md:hidden" />
          <Skeleton className="h-2 w-52 max-lg:hidden" />
        </div>
      ))}
    </div>
  );
}
