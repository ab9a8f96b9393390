/** The series that a campaign is one time of: which, when that calls, and the way to change this one or all of them. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PencilLine, Repeat } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Campaign } from "@/api/client";
import { seriesQuery } from "@/api/queries";
import { DialogNotLoaded } from "@/layout/dialog-not-loaded";
import { Badge } from "@/ui/badge";
import { Loading } from "@/ui/states";

const EditScope = lazy(() => import("@/series/edit-scope").catch(() => ({ default: DialogNotLoaded })));

export function OfSeries({ campaign, seriesId }: { campaign: Campaign; seriesId: string }) {
  const series = useQuery(seriesQuery(seriesId));
  const [isAsked, setAsked] = useState(false);
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <p className="flex min-w-0 items-start gap-1.5">
        <Repeat className="mt-0.5 size-4 shrink-0" aria-hidden />
        <span className="min-w-0">
          Part of{" "}
          {series.isError ? (
            "a series that was deleted"
          ) : (
            <Link
              to="/series/$seriesId"
              params={{ seriesId }}
              className="underline underline-offset-2 hover:text-ink"
            >
              <bdi>{series.data?.name ?? "a series"}</bdi>
            </Link>
          )}
          {series.data && `, ${series.data.words}`}.
        </span>
      </p>
      {campaign.is_exception && (
        <Badge tone="blue">
          <PencilLine aria-hidden />
          Changed by itself
        </Badge>
      )}
      {series.data && series.data.status !== "ended" && (
        <button
          type="button"
          onClick={() => setAsked(true)}
          className="font-medium text-ink underline underline-offset-2"
        >
          Change this one or the series
        </button>
      )}
      {isAsked && series.data && (
        <Suspense fallback={<Loading />}>
          <EditScope campaign={campaign} series={series.data} onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </div>
  );
}
