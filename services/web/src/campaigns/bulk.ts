/** One action for many campaigns, and what came of each. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, api, type Campaign, newIdempotencyKey, type Schemas } from "@/api/client";
import { forget, merge } from "@/api/live";
import { isArchivable } from "./archive-campaign";
import { movesOf } from "./move-campaign";

export type BulkAction = Schemas["BulkAction"];

/** Campaigns in a request, as the API says. */
const MOST = 100;

/** In the order in which they are offered. */
export const ACTIONS: readonly BulkAction[] = [
  "start",
  "pause",
  "resume",
  "cancel",
  "archive",
  "unarchive",
  "delete",
];

/** Whether an action means something for a campaign as it stands. */
export function fits(campaign: Campaign, action: BulkAction): boolean {
  switch (action) {
    case "archive":
      return isArchivable(campaign);
    case "unarchive":
      return campaign.archived_at !== null;
    case "delete":
      return campaign.status !== "pending" && campaign.status !== "processing";
    default:
      return movesOf(campaign).includes(action);
  }
}

export type Refusal = { campaign: Campaign; reason: string; needsMoney: boolean };
export type BulkOutcome = { action: BulkAction; done: Campaign[]; refused: Refusal[]; dialling: number };

type Asked = { action: BulkAction; campaigns: readonly Campaign[] };

export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ action, campaigns }: Asked): Promise<BulkOutcome> => {
      const outcome: BulkOutcome = { action, done: [], refused: [], dialling: 0 };
      for (let from = 0; from < campaigns.length; from += MOST) {
        const part = campaigns.slice(from, from + MOST);
        const body = { action, ids: part.map(({ id }) => id) };
        const params = { header: { "Idempotency-Key": newIdempotencyKey() } };
        const { results } = await answered(api.POST("/api/campaigns/bulk", { body, params }));
        for (const { id, campaign: now, problem, dialling } of results) {
          const campaign = part.find((each) => each.id === id);
          if (campaign === undefined) continue;
          outcome.dialling += dialling;
          if (problem !== null)
            outcome.refused.push({
              campaign,
              reason: problem.detail ?? problem.title,
              needsMoney: problem.code === "insufficient_funds",
            });
          else {
            outcome.done.push(campaign);
            if (now !== null) merge(client, now);
            else forget(client, id);
          }
        }
      }
      return outcome;
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}
