/** Calling those who were not reached again, as a new campaign that knows where it came from. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { toast } from "sonner";
import { answered, api, type Campaign, newIdempotencyKey } from "@/api/client";
import { counted } from "@/words/amounts";
import { useSayRefused } from "./say-refused";

/** Whether anybody of a campaign that has ended was not reached. */
export function hasFailedOnes(campaign: Campaign): boolean {
  const { failed, waiting } = campaign.progress;
  return (
    (campaign.status === "completed" && failed > 0) || (campaign.status === "failed" && failed + waiting > 0)
  );
}

/** Whether the carrier refused the number that people would see: calling again needs another one. */
export function needsOtherCallerId({ status, status_reason: reason }: Campaign): boolean {
  return status === "failed" && /caller id/i.test(reason ?? "");
}

type Retry = { campaign: Campaign; callerId?: string };

const KEY = ["retry"];

export function useRetryCampaign() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const sayRefused = useSayRefused();
  const attempt = useRef<{ what: string; key: string } | null>(null);

  /** The same retry, sent again, has the same key. */
  function keyOf({ campaign, callerId }: Retry): string {
    const what = JSON.stringify([campaign.id, callerId]);
    if (attempt.current?.what !== what) attempt.current = { what, key: newIdempotencyKey() };
    return attempt.current.key;
  }

  const retry = useMutation({
    mutationKey: KEY,
    mutationFn: (given: Retry) =>
      answered(
        api.POST("/api/campaigns/{campaign_id}/retry", {
          params: { path: { campaign_id: given.campaign.id }, header: { "Idempotency-Key": keyOf(given) } },
          body: given.callerId === undefined ? {} : { caller_id: given.callerId },
        }),
      ),
    onSuccess: async (made) => {
      attempt.current = null;
      toast.success(`Calling ${counted(made.progress.total, "person", "people")} again.`);
      await client.invalidateQueries({ queryKey: ["campaigns"] });
      await navigate({ to: "/campaigns/$campaignId", params: { campaignId: made.id } });
    },
    onError: (reason, { callerId }) => callerId === undefined && sayRefused(reason), // who typed one reads it there
  });
  return {
    isPending: retry.isPending,
    start: (given: Retry) => {
      if (client.isMutating({ mutationKey: KEY }) === 0) retry.mutate(given); // two clicks are one
    },
    error: retry.error,
  };
}
