/** Deciding about calls, one or many: once, however often it has to be sent. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import type { Decision } from "@/words/unresolved";

/** Calls in a request, as the API says. */
const MOST = 500;

export type Asked = { decision: Decision; calls: readonly Schemas["UnknownCall"][] };

export type Outcome = {
  decided: number;
  /** The campaigns that call people again. */
  campaigns: string[];
  refused: { call: Schemas["UnknownCall"]; reason: string; needsMoney: boolean }[];
};

export function useDecide() {
  const client = useQueryClient();
  const keys = useRef(new Map<string, string>());

  /** The same decision, sent again, has the same key. */
  function keyOf(body: Schemas["UnknownCallDecisions"]): string {
    const what = JSON.stringify(body);
    const key = keys.current.get(what) ?? newIdempotencyKey();
    keys.current.set(what, key);
    return key;
  }

  return useMutation({
    mutationFn: async ({ decision, calls, note }: Asked & { note: string }): Promise<Outcome> => {
      const outcome: Outcome = { decided: 0, campaigns: [], refused: [] };
      for (let from = 0; from < calls.length; from += MOST) {
        const part = calls.slice(from, from + MOST);
        const body = { decision, ids: part.map(({ id }) => id), ...(note && { note }) };
        const params = { header: { "Idempotency-Key": keyOf(body) } };
        const answer = await answered(api.POST("/api/unknown-calls/decisions", { body, params }));
        outcome.decided += answer.decided;
        outcome.campaigns.push(...answer.campaigns);
        for (const { id, problem } of answer.results) {
          const call = part.find((each) => each.id === id);
          if (call === undefined || problem === null) continue;
          outcome.refused.push({
            call,
            reason: problem.detail ?? problem.title,
            needsMoney: problem.code === "insufficient_funds",
          });
        }
      }
      return outcome;
    },
    onSuccess: () => keys.current.clear(), // whoever tries again after that means it
    onSettled: () =>
      Promise.all(
        ["unknown-calls", "campaigns", "wallet"].map((noun) =>
          client.invalidateQueries({ queryKey: [noun] }),
        ),
      ),
  });
}
