/** Campaigns as what a calendar shows: each at the moment that it was, or is, to start. */

import type { EventInput } from "@fullcalendar/react";
import type { Campaign, Schemas } from "@/api/client";
import { STATUS_TONE } from "@/words/status";
import { wallTimeAt } from "@/words/wall-time";

/** An occurrence of a series that is still to become a campaign. */
export type ToCome = Schemas["CalendarEntry"] & { kind: "occurrence"; series_id: string };

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

/** The occurrences of a calendar that are to come, without those whose campaigns are there. A campaign is told of the moment that it
 * is made; the calendar is read anew a little later. */
export function toCome(entries: readonly Schemas["CalendarEntry"][], made: readonly Campaign[]): ToCome[] {
  const known = new Set(made.map(({ series_id, occurrence }) => `${series_id} ${occurrence?.slice(0, 16)}`));
  return entries.filter((entry): entry is ToCome => {
    if (entry.kind !== "occurrence" || entry.series_id === null) return false;
    const { date, time } = wallTimeAt(Date.parse(entry.at), entry.timezone);
    return !known.has(`${entry.series_id} ${date}T${time}`);
  });
}

/** Whether a campaign may be given another time by moving it on the calendar. */
export function isMovable(campaign: Campaign): boolean {
  return campaign.status === "scheduled";
}

/** A campaign in its status' tone, as a link to its page. One that waits for its time can be dragged to another. */
export function eventOf(campaign: Campaign): EventInput {
  const tone = STATUS_TONE[campaign.status];
  return {
    id: campaign.id,
    title: campaign.name,
    start: dueAt(campaign),
    url: `/campaigns/${campaign.id}`,
    color: `var(--${tone}-soft)`,
    contrastColor: `var(--${tone})`,
    startEditable: isMovable(campaign),
    extendedProps: { campaign },
  };
}

/** An occurrence that is still to be made: lighter than what is made, and a link to its series. */
export function eventToCome(entry: ToCome): EventInput {
  return {
    id: `${entry.series_id} ${entry.at}`,
    title: entry.name,
    start: entry.at,
    url: `/series/${entry.series_id}`,
    color: "var(--surface)",
    contrastColor: "var(--purple)",
    startEditable: false,
    extendedProps: { entry },
  };
}
