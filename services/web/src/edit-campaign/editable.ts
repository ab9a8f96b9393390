import type { Campaign } from "@/api/client";

/** Whether a campaign may be edited: nobody calls for it. */
export function isEditable({ status }: Pick<Campaign, "status">): boolean {
  return status === "scheduled" || status === "paused";
}
