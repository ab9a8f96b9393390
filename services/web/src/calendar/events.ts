/** Campaigns as what a calendar shows: each at the moment that it was, or is, to start. */

import type { EventInput } from "@fullcalendar/react";
import type { Campaign } from "@/api/client";
import { STATUS_TONE } from "@/words/status";

/** When a campaign was to start: at its scheduled time, or when it was created. */
export function dueAt(campaign: Campaign): string {
  return campaign.scheduled_time ?? campaign.created_at;
}

/** The campaigns of some lists, each once, in the order of their start. */
export function together(...lists: readonly (readonly Campaign[])[]): Campaign[] {
  const found = new Map<string, Campaign>();
  for (const campaign of lists.flat()) {
    const held = found.get(campaign.id);
    if (held === undefined || held.version < campaign.version) found.set(campaign.id, campaign);
  }
  return [...found.values()].sort(
    (one, other) => Date.parse(dueAt(one)) - Date.parse(dueAt(other)) || one.name.localeCompare(other.name),
  );
}

/** A campaign in its status' tone, as a link to its page. */
export function eventOf(campaign: Campaign): EventInput {
  const tone = STATUS_TONE[campaign.status];
  return {
    id: campaign.id,
    title: campaign.name,
    start: dueAt(campaign),
    url: `/campaigns/${campaign.id}`,
    color: `var(--${tone}-soft)`,
    contrastColor: `var(--${tone})`,
    extendedProps: { campaign },
  };
}
