/** What can be done with a series: pause, resume, leave one of its times out, delete. */

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { ApiProblem, answered, api, newIdempotencyKey } from "@/api/client";
import { seriesQuery } from "@/api/queries";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import type { Series } from "@/words/series";

/** Reads anew what a change of a series may have changed: itself, its campaigns, the calendar. */
export function refreshSeries(client: QueryClient): Promise<unknown> {
  return Promise.all(
    ["series", "calendar", "campaigns"].map((noun) => client.invalidateQueries({ queryKey: [noun] })),
  );
}

function paramsOf(id: string) {
  return { path: { series_id: id }, header: { "Idempotency-Key": newIdempotencyKey() } };
}

export function usePauseSeries() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, status }: Series) =>
      status === "paused"
        ? answered(api.POST("/api/series/{series_id}/resume", { params: paramsOf(id) }))
        : answered(api.POST("/api/series/{series_id}/pause", { params: paramsOf(id) })),
    onSuccess: (moved) => {
      client.setQueryData(seriesQuery(moved.id).queryKey, moved);
      const next = moved.next_occurrence;
      toast.success(
        moved.status === "paused"
          ? `${quoted(moved.name)} is paused: nothing of it starts until you resume it.`
          : `${quoted(moved.name)} goes on.`,
        next ? { description: `Its next time is ${moment(next.at, here())}.` } : {},
      );
      return refreshSeries(client);
    },
    onError: (reason) => toast.error(moneyOr(reason)),
  });
}

/** Leaves one time out. `name` is that of the series. */
export function useSkipOccurrence(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ seriesId, at }: { seriesId: string; name: string; at: string }) =>
      answered(api.POST("/api/series/{series_id}/skip", { params: paramsOf(seriesId), body: { at } })),
    onSuccess: (_, { name, at }) => {
      toast.success(`${quoted(name)} is left out ${moment(at, here())}.`, {
        description: "Its other times stay as they are.",
      });
      onDone();
      return refreshSeries(client);
    },
  });
}

/** `onDone` leads away from its page, which would ask for what is no more. */
export function useDeleteSeries(onDone: () => Promise<void>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id }: Series) => {
      try {
        await answered(api.DELETE("/api/series/{series_id}", { params: { path: { series_id: id } } }));
      } catch (reason) {
        if (!(reason instanceof ApiProblem && reason.status === 404)) throw reason; // somebody was quicker
      }
    },
    onSuccess: async (_, { id, name }) => {
      toast.success(`${quoted(name)} is deleted: nothing of it starts any more.`);
      await onDone();
      client.removeQueries({ queryKey: ["series", id] });
      return refreshSeries(client);
    },
  });
}

/** What is wrong; where the wallet is why, what to do. */
export function moneyOr(reason: unknown): string {
  if (reason instanceof ApiProblem && reason.code === "insufficient_funds")
    return "The wallet has too little for it. Top it up first.";
  return reason instanceof ApiProblem ? reason.message : "Something went wrong on this page. Load it again.";
}
