import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Compass } from "lucide-react";
import { ApiProblem, type Campaign } from "@/api/client";
import { campaignQuery, statsQuery } from "@/api/queries";
import { PageHeader } from "@/layout/page-header";
import { Button } from "@/ui/button";
import { Empty, Failure, Loading, Skeleton } from "@/ui/states";
import { Charts } from "./charts";
import { Details } from "./details";
import { Figures } from "./figures";
import { HeaderActions } from "./header-actions";
import { Archived, Origin, Reason, Status } from "./status";
import { Unresolved } from "./unresolved";

/** A campaign: what happens and what happened, in numbers, and call by call. All of it is kept current by live events. */
export function CampaignPage() {
  const { campaignId } = useParams({ from: "/app/campaigns/$campaignId" });
  const { data, error, refetch } = useQuery(campaignQuery(campaignId));
  if (isGone(error)) return <Gone />;
  if (data !== undefined) return <Shown campaign={data} key={campaignId} />;
  if (error !== null) return <NotRead reason={error} onRetry={refetch} />;
  return <Waiting />;
}

function Shown({ campaign }: { campaign: Campaign }) {
  const stats = useQuery(statsQuery(campaign.id));
  return (
    <>
      <PageHeader
        title={campaign.name}
        above={<Back />}
        description={
          <>
            <Status campaign={campaign} />
            <Origin campaign={campaign} />
            <Archived campaign={campaign} />
          </>
        }
      >
        <HeaderActions campaign={campaign} />
      </PageHeader>
      <div className="flex flex-col gap-4">
        <Reason campaign={campaign} />
        <Unresolved campaign={campaign} />
        <Figures campaign={campaign} stats={stats.data} readAt={stats.dataUpdatedAt} />
        {stats.isError && stats.data === undefined ? (
          <section aria-label="Charts" className="rounded-2xl border bg-surface shadow-card">
            <Failure reason={stats.error} onRetry={stats.refetch} />
          </section>
        ) : (
          <Charts stats={stats.data} />
        )}
        <Details campaign={campaign} />
      </div>
    </>
  );
}

function Back() {
  return (
    <Link
      to="/campaigns"
      className="mb-2 inline-flex items-center gap-1.5 rounded text-sm text-muted hover:text-ink"
    >
      <ArrowLeft className="size-4" aria-hidden />
      Campaigns
    </Link>
  );
}

/** Deleted, never there, or no address of a campaign at all. */
function isGone(reason: unknown): boolean {
  return reason instanceof ApiProblem && (reason.status === 404 || reason.status === 400);
}

function Gone() {
  return (
    <>
      <PageHeader title="Campaign not found" above={<Back />} />
      <section aria-label="Campaign" className="rounded-2xl border bg-surface shadow-card">
        <Empty
          icon={Compass}
          title="This campaign is not here"
          action={
            <Button asChild variant="primary">
              <Link to="/campaigns">To the campaigns</Link>
            </Button>
          }
        >
          It was deleted, or its address is mistyped. What its calls cost stays in the wallet’s entries.
        </Empty>
      </section>
    </>
  );
}

function NotRead({ reason, onRetry }: { reason: unknown; onRetry: () => void }) {
  return (
    <>
      <PageHeader title="Campaign" above={<Back />} />
      <section aria-label="Campaign" className="rounded-2xl border bg-surface shadow-card">
        <Failure reason={reason} onRetry={onRetry} />
      </section>
    </>
  );
}

function Waiting() {
  return (
    <div aria-busy>
      <Loading>Loading the campaign</Loading>
      <Back />
      <Skeleton className="h-8 w-72 max-w-full" />
      <Skeleton className="mt-3 h-5.5 w-96 max-w-full" />
      <Skeleton className="mt-3 h-10 w-64 sm:hidden" />
      <div className="mt-6 flex flex-col gap-4">
        <Skeleton className="h-133 rounded-2xl md:h-53.25" />
        <Charts stats={undefined} />
        <Skeleton className="h-112 rounded-2xl" />
      </div>
    </div>
  );
}
