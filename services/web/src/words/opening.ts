/** When calling hours open for somebody, and what waits for that. */

import type { Campaign, Schemas } from "@/api/client";
import { cityOf, exactDay, moment, type Place, timeOfDay } from "./moments";
import { currentName } from "./zone-names";

/** "08:00 in Berlin"; with its day where that is not today there: "tomorrow, 08:00 in Berlin". */
export function openingWords(at: string, zone: string, place: Place): string {
  const there = { ...place, zone };
  const isToday = exactDay(Date.parse(at), there) === exactDay(place.now, there);
  return `${isToday ? timeOfDay(at, there) : moment(at, place, zone)} in ${cityOf(currentName(zone))}`;
}

/** What a campaign that runs waits for: "08:00 in Berlin"; null: nothing. */
export function waitsUntil(
  { waiting_for: wait }: Pick<Campaign, "waiting_for">,
  place: Place,
): string | null {
  return wait && openingWords(wait.until, wait.timezone, place);
}

type Decision = Schemas["WindowDecision"];

const KNOWN_FROM: Record<Decision["timezone_source"], string> = {
  contact: "Known from the list.",
  number: "Known from the number.",
  account: "Nobody knows where: the account’s rule for such numbers decided.",
};

/** Why a call was inside its hours: "09:30 in New York", "Inside the account's hours, until 21:00.", "Known from the number." */
export function decisionLines(decision: Decision, place: Place): string[] {
  const { windows, local_times: times, closes_at: closes, timezone_source: source } = decision;
  const [first] = times;
  const shown = times.slice(0, MOST).map(({ at, timezone }) => clockThere(at, timezone, place));
  const more = times.length - shown.length;
  const whose = windows.includes("campaign")
    ? windows.includes("account")
      ? "the account’s hours and the campaign’s own"
      : "the campaign’s own hours"
    : "the account’s hours";
  const until =
    closes && first
      ? `, which ${Date.parse(closes) > place.now ? "close" : "closed"} at ${timeOfDay(closes, { ...place, zone: first.timezone })}`
      : "";
  return [
    shown.length === 0 ? "At any time" : shown.join(", ") + (more > 0 ? ` and ${more} more zones` : ""),
    `Inside ${whose}${until}.`,
    KNOWN_FROM[source],
  ];
}

/** Zones that are said one by one: a toll-free number may be in many. */
const MOST = 3;

function clockThere(at: string, zone: string, place: Place): string {
  return `${timeOfDay(at, { ...place, zone })} in ${cityOf(currentName(zone))}`;
}
