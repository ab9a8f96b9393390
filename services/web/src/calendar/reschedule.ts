/** Giving a scheduled campaign another time, and taking that back. */

import type { QueryClient } from "@tanstack/react-query";
import { ApiProblem, answered, answeredWithTag, api, type Campaign } from "@/api/client";
import { merge } from "@/api/live";
import { meantTime } from "./meant-time";

/** Moves a campaign to an instant (milliseconds), if it is still as it was seen. */
export async function reschedule(client: QueryClient, seen: Campaign, at: number): Promise<Campaign> {
  const path = { campaign_id: seen.id };
  const { data: now, etag } = await answeredWithTag(
    api.GET("/api/campaigns/{campaign_id}", { params: { path } }),
  );
  merge(client, now);
  if (now.scheduled_time !== seen.scheduled_time || now.status !== seen.status) throw changedMeanwhile();
  try {
    const moved = await answered(
      api.PATCH("/api/campaigns/{campaign_id}", {
        params: { path, header: { "If-Match": etag } },
        body: { scheduled_time: meantTime(at, now.timezone) },
      }),
    );
    merge(client, moved);
    return moved;
  } catch (reason) {
    throw reason instanceof ApiProblem && reason.status === 412 ? changedMeanwhile() : reason;
  }
}

function changedMeanwhile(): ApiProblem {
  return new ApiProblem({
    code: "precondition_failed",
    detail: "Somebody changed it meanwhile; it is shown as it is now. Look again, then move it.",
  });
}
