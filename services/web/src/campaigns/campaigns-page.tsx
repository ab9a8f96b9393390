import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Archive, Megaphone, Plus, Repeat, SearchX } from "lucide-react";
import { useMemo } from "react";
import { type CampaignFilter, campaignsQuery } from "@/api/queries";
import { useStored } from "@/api/store";
import { PageHeader } from "@/layout/page-header";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Select } from "@/ui/field";
import { SearchBox } from "@/ui/search-box";
import { Empty, Failure } from "@/ui/states";
import { counted } from "@/words/amounts";
import { STATUSES } from "@/words/status";
import { BulkBar } from "./bulk-bar";
import { CampaignTable } from "./campaign-table";
import { chosen as chosenCampaigns, clearChosen } from "./chosen";
import { leaving } from "./delete-campaign";

const SORTS = [
  { value: "-created_at", label: "Newest first" },
  { value: "created_at", label: "Oldest first" },
  { value: "scheduled_time", label: "Scheduled: soonest first" },
  { value: "-scheduled_time", label: "Scheduled: latest first" },
  { value: "name", label: "Name: A to Z" },
  { value: "-name", label: "Name: Z to A" },
] as const;

/** Stands among the statuses, as one chooses it like them. */
const ARCHIVED = "archived";

export type CampaignsSearch = CampaignFilter;

/** What the address says about the list; anything else in it is ignored. */
export function readCampaignsSearch(given: Record<string, unknown>): CampaignsSearch {
  const sort = SORTS.find(({ value }) => value === given.sort)?.value;
  const status = STATUSES.find((each) => each === given.status);
  const search = typeof given.search === "string" && given.search !== "" ? given.search : undefined;
  return {
    ...(given.archived === true ? { archived: true } : status && { status }),
    ...(search && { search }),
    ...(sort && { sort }),
  };
}

export function CampaignsPage() {
  const chosen = useSearch({ from: "/app/campaigns" });
  const navigate = useNavigate({ from: "/campaigns" });
  const { status, search, sort, archived } = chosen;
  const filter = useMemo<CampaignFilter>(
    () => ({ status, search, sort: sort ?? "-created_at", archived }),
    [status, search, sort, archived],
  );
  const list = useInfiniteQuery(campaignsQuery(filter));
  const left = useStored(leaving);
  const hasChosen = useStored(chosenCampaigns).size > 0;
  const campaigns = useMemo(
    () => list.data?.pages.flatMap((page) => page.items).filter(({ id }) => !left.has(id)) ?? [],
    [list.data, left],
  );
  const total = list.data?.pages.at(-1)?.total;
  const isFiltered = status !== undefined || search !== undefined || archived !== undefined;

  const change = (changed: CampaignsSearch) => {
    clearChosen();
    void navigate({ search: (held) => ({ ...held, ...changed }), replace: true, resetScroll: false });
  };

  return (
    <>
      <PageHeader
        title="Campaigns"
        description={
          total === undefined
            ? " "
            : isFiltered
              ? `${counted(total, "campaign")} found`
              : counted(total, "campaign")
        }
      >
        <Button asChild className="lg:hidden">
          <Link to="/series">
            <Repeat aria-hidden /> Recurring
          </Link>
        </Button>
        <CreateCampaignButton />
      </PageHeader>
      <div className="mb-4 grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
        <SearchBox
          label="Search by name"
          className="col-span-2 sm:min-w-64 sm:flex-1"
          value={search ?? ""}
          onChange={(text) => change({ search: text || undefined })}
        />
        <Select
          aria-label="Status"
          className="sm:w-44"
          value={archived ? ARCHIVED : (status ?? "")}
          onChange={({ target: { value } }) =>
            change({
              status: STATUSES.find((each) => each === value),
              archived: value === ARCHIVED ? true : undefined,
            })
          }
        >
          <option value="">All statuses</option>
          {STATUSES.map((each) => (
            <option key={each} value={each}>
              {each[0]?.toUpperCase() + each.slice(1)}
            </option>
          ))}
          <option value={ARCHIVED}>Archived</option>
        </Select>
        <Select
          aria-label="Order"
          className="sm:w-56"
          value={sort ?? "-created_at"}
          onChange={(event) =>
            change({ sort: SORTS.find(({ value }) => value === event.target.value)?.value })
          }
        >
          {SORTS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      <BulkBar campaigns={campaigns} />
      <section aria-label="Campaigns" className="overflow-clip rounded-2xl border bg-surface shadow-card">
        {list.isError && campaigns.length === 0 ? (
          <Failure reason={list.error} onRetry={() => list.refetch()} />
        ) : !list.isPending && campaigns.length === 0 ? (
          archived && search === undefined ? (
            <Empty
              icon={Archive}
              title="Nothing is archived"
              action={
                <Button asChild>
                  <Link to="/campaigns">Show all campaigns</Link>
                </Button>
              }
            >
              Archive a campaign that is over, from its menu: it leaves the list, and is found here.
            </Empty>
          ) : isFiltered ? (
            <Empty
              icon={SearchX}
              title="No campaign fits"
              action={
                <Button asChild>
                  <Link to="/campaigns">Show all campaigns</Link>
                </Button>
              }
            >
              Search for another part of the name, or choose another status.
            </Empty>
          ) : (
            <Empty icon={Megaphone} title="Create your first campaign" action={<CreateCampaignButton />}>
              Write what people will hear, paste or upload their numbers, and start now or at a time you pick.
            </Empty>
          )
        ) : (
          <CampaignTable
            campaigns={campaigns}
            isPending={list.isPending}
            isStale={list.isPlaceholderData}
            hasMore={list.hasNextPage}
            isLoadingMore={list.isFetchingNextPage}
            onMore={list.fetchNextPage}
          />
        )}
      </section>
      {
        hasChosen && (
          <div aria-hidden className="h-28 lg:h-20" />
        ) /* the last rows are seen above what can be done */
      }
    </>
  );
}

export function CreateCampaignButton({ className }: { className?: string }) {
  return (
    <Button asChild variant="primary" className={cn(className)}>
      <Link to="." search={(held) => ({ ...held, create: true })} role="button" resetScroll={false}>
        <Plus aria-hidden /> Create Campaign
      </Link>
    </Button>
  );
}
