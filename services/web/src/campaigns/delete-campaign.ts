/** Deleting with a way back: the campaign disappears at once, and is deleted when the time to undo has passed. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { toast } from "sonner";
import { answered, api, type Campaign } from "@/api/client";
import { createStore } from "@/api/store";
import { sentence } from "@/ui/states";

/** Milliseconds to change one's mind. */
const UNDO = 8_000;

/** The campaigns that are about to be deleted; lists leave them out. */
export const leaving = createStore<ReadonlySet<string>>(new Set());

export function useDeleteCampaign(): (campaign: Campaign) => void {
  const client = useQueryClient();
  return useCallback(
    (campaign) => {
      leaving.set(new Set([...leaving.get(), campaign.id]));
      const remove = async (keepalive: boolean) => {
        removeEventListener("pagehide", atOnce);
        clearTimeout(timer);
        try {
          const params = { path: { campaign_id: campaign.id } };
          await answered(api.DELETE("/api/campaigns/{campaign_id}", { params, keepalive }));
          await client.invalidateQueries({ queryKey: ["campaigns"] });
        } catch (reason) {
          toast.error(`“${campaign.name}” was not deleted. ${sentence(reason)}`);
        } finally {
          stay(campaign.id);
        }
      };
      const atOnce = () => void remove(true); // whoever leaves the page meant it
      const timer = setTimeout(() => void remove(false), UNDO);
      addEventListener("pagehide", atOnce);
      toast(`“${campaign.name}” is deleted.`, {
        duration: UNDO,
        action: {
          label: "Undo",
          onClick: () => {
            clearTimeout(timer);
            removeEventListener("pagehide", atOnce);
            stay(campaign.id);
          },
        },
      });
    },
    [client],
  );
}

function stay(id: string): void {
  leaving.set(new Set([...leaving.get()].filter((each) => each !== id)));
}
