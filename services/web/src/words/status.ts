/** What a campaign's status is called, what it means for a person, and the tone that it is shown in. */

import type { Campaign, CampaignStatus } from "@/api/client";
import { isMissed } from "./misfire";
import { moment, type Place } from "./moments";
import { waitsUntil } from "./opening";

export type Tone = "green" | "blue" | "yellow" | "purple" | "red" | "grey" | "orange";

export const STATUS_TONE: Record<CampaignStatus, Tone> = {
  completed: "green",
  processing: "blue",
  pending: "yellow",
  scheduled: "purple",
  failed: "red",
  cancelled: "grey",
  paused: "orange",
};

export const STATUSES: readonly CampaignStatus[] = [
  "scheduled",
  "pending",
  "processing",
  "paused",
  "completed",
  "failed",
  "cancelled",
];

/** What will happen next to a campaign, or how it ended, in a sentence. */
export function nextThing(campaign: Campaign, place: Place): string {
  const { progress, next_due_at: next } = campaign;
  switch (campaign.status) {
    case "scheduled":
      return `Starts ${moment(campaign.scheduled_time ?? campaign.created_at, place)}.`;
    case "pending":
      return "Due now: the calls are about to begin.";
    case "processing":
      if (progress.in_progress > 0) return "People are being called.";
      if (campaign.waiting_for)
        return `Waiting until ${waitsUntil(campaign, place)}: nobody else may be called before.`;
      return next === null || Date.parse(next) <= place.now
        ? "People are being called."
        : `Waits to call again: the next call is due ${moment(next, place)}.`;
    case "completed":
      return campaign.completed_at ? `Finished ${moment(campaign.completed_at, place)}.` : "Finished.";
    case "failed":
      return "It could not go on.";
    case "paused":
      if (isMissed(campaign)) return "Nobody is called until you decide.";
      return progress.in_progress > 0
        ? "Nobody else is called until you resume it; calls on the line go on."
        : "Nobody is called until you resume it.";
    case "cancelled":
      return "Nobody else will be called.";
  }
}

/** Whether it was paused because its calls kept failing. */
export function isBroken({ status, status_reason }: Pick<Campaign, "status" | "status_reason">): boolean {
  return status === "paused" && /^Paused: \d+ of the last \d+ calls? failed/.test(status_reason ?? "");
}

/** Why it failed or stopped. Of a start that was missed without what to do about it: there are buttons for that. */
export function reasonOf(campaign: Campaign): string {
  const reason = campaign.status_reason ?? "It could not go on.";
  return isMissed(campaign) ? `${reason.split(". ", 1)[0]}.` : reason;
}

/** What a person can do about a campaign that failed or stopped, beside the reason that the API gives. */
export function remedy(campaign: Campaign): string | null {
  const reason = campaign.status_reason ?? "";
  if (campaign.status !== "failed" && campaign.status !== "paused") return null;
  if (isBroken(campaign)) return "Only calls that are placed after you resume it are counted then.";
  if (isMissed(campaign))
    return "Belltower was down at its time, so nobody was called. Start it now, or give it another time.";
  if (campaign.status === "paused")
    return /balance|funds|money/i.test(reason)
      ? "Top up the wallet, then resume it."
      : "Resume it to go on with those who were not reached yet.";
  if (/balance|funds|money/i.test(reason)) return "Top up the wallet, then call the rest again.";
  if (/caller id/i.test(reason)) return "Call again with a caller ID that your carrier lets you show.";
  if (/dialer/i.test(reason)) return "Nothing is wrong with your list. Ask whoever runs Belltower.";
  if (/number|contact/i.test(reason)) return "Look at the rejected numbers, then create the campaign again.";
  return "Call the ones who were not reached again, as a new campaign.";
}
