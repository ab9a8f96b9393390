/** Putting campaigns that are over out of the way, and back. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { answered, api, type Campaign, newIdempotencyKey } from "@/api/client";
import { merge } from "@/api/live";
import { sentence } from "@/ui/states";
import { quoted } from "@/words/quoted";

/** Milliseconds to change one's mind. */
const UNDO = 8_000;

/** Whether lists may leave a campaign out: nothing of it is to come. */
export function isArchivable({
  status,
  archived_at: archived,
}: Pick<Campaign, "status" | "archived_at">): boolean {
  return archived === null && (status === "completed" || status === "failed" || status === "cancelled");
}

type Asked = { campaign: Campaign; isArchived: boolean };

export function useArchiveCampaign() {
  const client = useQueryClient();
  const archiving = useMutation({
    mutationFn: ({ campaign, isArchived }: Asked) => {
      const header = { "Idempotency-Key": newIdempotencyKey() };
      const params = { params: { path: { campaign_id: campaign.id }, header } };
      return answered(
        isArchived
          ? api.POST("/api/campaigns/{campaign_id}/archive", params)
          : api.POST("/api/campaigns/{campaign_id}/unarchive", params),
      );
    },
    onSuccess: (campaign, { isArchived }) => {
      merge(client, campaign);
      void client.invalidateQueries({ queryKey: ["campaigns"] });
      toast(`${quoted(campaign.name)} is ${isArchived ? "archived" : "on the list again"}.`, {
        duration: UNDO,
        action: { label: "Undo", onClick: () => archiving.mutate({ campaign, isArchived: !isArchived }) },
      });
    },
    onError: (reason) => toast.error(sentence(reason)),
  });
  return archiving;
}
