/** Deleting with a way back: the campaign disappears at once, and is deleted when the time to undo has passed. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { toast } from "sonner";
import { ApiProblem, answered, api, type Campaign } from "@/api/client";
import { createStore } from "@/api/store";
import { sentence } from "@/ui/states";
import { quoted } from "@/words/quoted";

/** Milliseconds to change one's mind. */
const UNDO = 8_000;

/** What deletes each of those that wait. */
const waiting = new Set<() => Promise<void>>();

/** Deletes what waits to be deleted: whoever leaves meant it. */
export async function deleteNow(): Promise<void> {
  await Promise.all([...waiting].map((remove) => remove()));
}

addEventListener("pagehide", () => void deleteNow());

/** The campaigns that are about to be deleted; lists leave them out. */
export const leaving = createStore<ReadonlySet<string>>(new Set());

export function useDeleteCampaign(): (campaign: Campaign) => void {
  const client = useQueryClient();
  return useCallback(
    (campaign) => {
      if (leaving.get().has(campaign.id)) return;
      leaving.set(new Set([...leaving.get(), campaign.id]));
      const forgetIt = () => {
        clearTimeout(timer);
        waiting.delete(remove);
      };
      const remove = async () => {
        forgetIt();
        try {
          const params = { path: { campaign_id: campaign.id } };
          const request = api.DELETE("/api/campaigns/{campaign_id}", { params, keepalive: true });
          await answered(request).catch(unlessGone);
          await client.invalidateQueries({ queryKey: ["campaigns"] });
        } catch (reason) {
          toast.error(`${quoted(campaign.name)} was not deleted. ${sentence(reason)}`);
        } finally {
          stay(campaign.id);
        }
      };
      const timer = setTimeout(() => void remove(), UNDO);
      waiting.add(remove);
      toast(`${quoted(campaign.name)} is deleted.`, {
        duration: UNDO,
        action: {
          label: "Undo",
          onClick: () => {
            forgetIt();
            stay(campaign.id);
          },
        },
      });
    },
    [client],
  );
}

/** Somebody else may have deleted it meanwhile. */
function unlessGone(reason: unknown): void {
  if (!(reason instanceof ApiProblem && reason.status === 404)) throw reason;
}

function stay(id: string): void {
  leaving.set(new Set([...leaving.get()].filter((each) => each !== id)));
}
