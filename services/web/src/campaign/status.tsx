/** What a campaign does, what it will do next, and what is wrong with it. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Archive, FlaskConical, RotateCcw, TriangleAlert } from "lucide-react";
import type { Campaign } from "@/api/client";
import { campaignQuery } from "@/api/queries";
import { useArchiveCampaign } from "@/campaigns/archive-campaign";
import { needsOtherCallerId } from "@/campaigns/retry-campaign";
import { StatusBadge } from "@/campaigns/status-badge";
import { cn } from "@/ui/cn";
import { useNow } from "@/ui/use-now";
import { isMissed } from "@/words/misfire";
import { here, moment } from "@/words/moments";
import { isBroken, nextThing, reasonOf, remedy } from "@/words/status";
import { AfterFailures } from "./after-failures";
import { MissedStart } from "./missed-start";
import { OfSeries } from "./of-series";
import { OtherCallerId } from "./other-caller-id";

export function Status({ campaign }: { campaign: Campaign }) {
  const place = here(useNow());
  return (
    <div role="status" className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <StatusBadge status={campaign.status} />
      <span>{nextThing(campaign, place)}</span>
    </div>
  );
}

/** Says that no list has it, and how to have that otherwise. */
export function Archived({ campaign }: { campaign: Campaign }) {
  const archiving = useArchiveCampaign();
  const place = here(useNow());
  if (campaign.archived_at === null) return null;
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-1.5">
      <Archive className="size-4 shrink-0" aria-hidden />
      <span>Archived {moment(campaign.archived_at, place)}: it is on no other list.</span>
      <button
        type="button"
        className="underline underline-offset-2 hover:text-ink"
        onClick={() => archiving.mutate({ campaign, isArchived: false })}
      >
        Take it out of the archive
      </button>
    </p>
  );
}

/** Where it came from, where that is not the usual way. */
export function Origin({ campaign }: { campaign: Campaign }) {
  const source = useQuery({
    ...campaignQuery(campaign.retry_of ?? ""),
    enabled: campaign.retry_of !== null,
  });
  return (
    <>
      {campaign.series_id !== null && <OfSeries campaign={campaign} seriesId={campaign.series_id} />}
      {campaign.is_test && (
        <p className="mt-1.5 flex items-center gap-1.5">
          <FlaskConical className="size-4 shrink-0" aria-hidden />
          <span>
            A test call. It is not on{" "}
            <Link to="/campaigns" className="underline underline-offset-2 hover:text-ink">
              the list of campaigns
            </Link>
            .
          </span>
        </p>
      )}
      {campaign.retry_of !== null && (
        <p className="mt-1.5 flex items-center gap-1.5">
          <RotateCcw className="size-4 shrink-0" aria-hidden />
          <span>
            Calls those again whom{" "}
            {source.isError ? (
              "a campaign that was deleted"
            ) : (
              <Link
                to="/campaigns/$campaignId"
                params={{ campaignId: campaign.retry_of }}
                className="underline underline-offset-2 hover:text-ink"
              >
                <bdi>{source.data?.name ?? "another campaign"}</bdi>
              </Link>
            )}{" "}
            did not reach.
          </span>
        </p>
      )}
    </>
  );
}

/** Why it failed or stopped, and what to do about it. */
export function Reason({ campaign }: { campaign: Campaign }) {
  if (campaign.status_reason === null && campaign.status !== "failed") return null;
  return (
    <section
      aria-label="Reason"
      className={cn(
        "flex gap-3 rounded-2xl border border-current/25 px-5 py-4 text-sm",
        campaign.status === "failed" ? "bg-red-soft text-red" : "bg-orange-soft text-orange",
      )}
    >
      <TriangleAlert className="mt-0.5 size-4.5 shrink-0" aria-hidden />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p className="font-semibold">{reasonOf(campaign)}</p>
        <p className="mt-0.5 text-ink">{remedy(campaign)}</p>
        {needsOtherCallerId(campaign) && <OtherCallerId campaign={campaign} />}
        {isBroken(campaign) && <AfterFailures campaign={campaign} />}
        {isMissed(campaign) && <MissedStart campaign={campaign} />}
      </div>
    </section>
  );
}
