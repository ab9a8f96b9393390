/** Having a campaign do something: pause, resume, start now, cancel. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { answered, api, type Campaign, newIdempotencyKey, type Schemas } from "@/api/client";
import { merge } from "@/api/live";
import { counted } from "@/words/amounts";
import { isMissed } from "@/words/misfire";
import { quoted } from "@/words/quoted";
import { useSayRefused } from "./say-refused";

export type Move = "pause" | "resume" | "start" | "cancel";

/** What a person may have a campaign do, by where it stands. */
export function movesOf(campaign: Pick<Campaign, "status" | "status_reason">): readonly Move[] {
  switch (campaign.status) {
    case "scheduled":
      return ["start", "pause", "cancel"];
    case "pending":
    case "processing":
      return ["pause", "cancel"];
    case "paused":
      return isMissed(campaign) ? ["start", "cancel"] : ["resume", "cancel"]; // to resume it would start it, too
    default:
      return [];
  }
}

/** `thenEdit`: it is paused to be edited. */
type Asked = { campaign: Campaign; move: Move; thenEdit?: boolean };
type Moved = Campaign | Schemas["CampaignStopping"];

const KEY = ["move"];

export function useMoveCampaign() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const sayRefused = useSayRefused();
  const moving = useMutation({
    mutationKey: KEY,
    mutationFn: ({ campaign, move }: Asked): Promise<Moved> => {
      const path = { campaign_id: campaign.id };
      const params = { params: { path, header: { "Idempotency-Key": newIdempotencyKey() } } };
      switch (move) {
        case "pause":
          return answered(api.POST("/api/campaigns/{campaign_id}/pause", params));
        case "resume":
          return answered(api.POST("/api/campaigns/{campaign_id}/resume", params));
        case "start":
          return answered(api.POST("/api/campaigns/{campaign_id}/start", params));
        case "cancel":
          return answered(api.POST("/api/campaigns/{campaign_id}/cancel", params));
      }
    },
    onSuccess: (moved, { move, thenEdit }) => {
      merge(client, moved);
      if (thenEdit)
        void navigate({ to: ".", search: (held) => ({ ...held, edit: moved.id }), resetScroll: false });
      const placing = "dialling" in moved ? moved.dialling : 0;
      toast.success(moveWords(moved.name, move), {
        ...(placing > 0 && {
          description: `${counted(placing, "call")} passed before and ${placing === 1 ? "is" : "are"} still being placed.`,
        }),
      });
    },
    onError: sayRefused,
  });
  return {
    isPending: moving.isPending,
    start: (asked: Asked) => {
      if (client.isMutating({ mutationKey: KEY }) === 0) moving.mutate(asked); // two clicks are one
    },
  };
}

function moveWords(name: string, move: Move): string {
  switch (move) {
    case "pause":
      return `${quoted(name)} is paused: nobody else is called until you resume it.`;
    case "resume":
      return `${quoted(name)} goes on.`;
    case "start":
      return `${quoted(name)} starts now.`;
    case "cancel":
      return `${quoted(name)} is cancelled: nobody else is called.`;
  }
}
