/** Calling those who were not reached again, as a new campaign that knows where it came from. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { toast } from "sonner";
import { answered, api, type Campaign, newIdempotencyKey } from "@/api/client";
import { sentence } from "@/ui/states";
import { counted } from "@/words/amounts";

/** Whether anybody of a campaign that has ended was not reached. */
export function hasFailedOnes(campaign: Campaign): boolean {
  const { failed, waiting } = campaign.progress;
  return (
    (campaign.status === "completed" && failed > 0) || (campaign.status === "failed" && failed + waiting > 0)
  );
}

const KEY = ["retry"];

export function useRetryCampaign() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const key = useRef(newIdempotencyKey());
  const retry = useMutation({
    mutationKey: KEY,
    mutationFn: (campaign: Campaign) =>
      answered(
        api.POST("/api/campaigns/{campaign_id}/retry", {
          params: { path: { campaign_id: campaign.id }, header: { "Idempotency-Key": key.current } },
          body: {},
        }),
      ),
    onSuccess: async (made) => {
      key.current = newIdempotencyKey();
      toast.success(`Calling ${counted(made.progress.total, "person", "people")} again.`);
      await client.invalidateQueries({ queryKey: ["campaigns"] });
      await navigate({ to: "/campaigns/$campaignId", params: { campaignId: made.id } });
    },
    onError: (reason) => toast.error(sentence(reason)),
  });
  return {
    isPending: retry.isPending,
    start: (campaign: Campaign) => {
      if (client.isMutating({ mutationKey: KEY }) === 0) retry.mutate(campaign); // two clicks are one
    },
  };
}
