/** Recurring campaigns in words: where they stand, what became of them, and their times. */

import type { Schemas } from "@/api/client";
import { counted } from "./amounts";
import { cityOf, moment, type Place, timeOfDay } from "./moments";
import type { Tone } from "./status";
import { readWallTime } from "./wall-time";

export type Series = Schemas["Series"];
export type Occurrence = Schemas["SeriesOccurrence"];
type Status = Schemas["SeriesStatus"];

export const SERIES_TONE: Record<Status, Tone> = { active: "green", paused: "orange", ended: "grey" };

/** The API's words for a rule as a sentence: "Every weekday at 09:30, Europe/Berlin." */
export function sentenceOf(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** When it calls next, or why it does not. */
export function nextTime(series: Pick<Series, "status" | "next_occurrence">, place: Place): string {
  if (series.status === "paused") return "Nothing starts until it is resumed";
  const next = series.next_occurrence;
  return next === null || series.status === "ended" ? "No other time is to come" : moment(next.at, place);
}

/** An occurrence's time on the clocks of its series: "Fri, 27 Nov 2026, 09:30". `wall` is "2026-11-27T09:30:00". */
export function wallWords(wall: string, place: Place): string {
  const at = Date.parse(`${wall}Z`);
  const day = new Intl.DateTimeFormat(place.locale, {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  }).format(at);
  return `${day}, ${timeOfDay(at, { ...place, zone: "UTC" })}`;
}

/** "UTC+01:00"; "UTC" where there is no difference. */
export function offsetWords(offset: string): string {
  return /^[+-]00:00$/.test(offset) ? "UTC" : `UTC${offset}`;
}

/** The instant of an occurrence, by what clocks of its series were meant to show: "2026-11-27T09:30:00". Where they skip that, the
 * next time that there is. Null: it is no time. */
export function instantOf(wall: string, zone: string): string | null {
  const [date = "", time = ""] = wall.split("T");
  const read = readWallTime({ date, time, zone });
  const meant = read.kind === "skipped" ? readWallTime({ ...read.next, zone }) : read;
  return "at" in meant ? new Date(meant.at).toISOString() : null;
}

/** What is unusual about an occurrence's time of day: clocks that skip it, or that changed since the one before. */
export function clockWords(one: Occurrence, before: Occurrence | undefined, zone: string): string | null {
  if (one.moved !== null) return one.moved;
  if (before === undefined || before.utc_offset === one.utc_offset) return null;
  const goForward = minutesOf(one.utc_offset) > minutesOf(before.utc_offset);
  return `Clocks in ${cityOf(zone)} have gone ${goForward ? "forward" : "back"}: the time of day stays.`;
}

/** What an entry of a series' history is called, and says. */
export function eventWords(event: Schemas["SeriesEvent"], place: Place): string {
  const at = event.occurrence === null ? "" : moment(event.occurrence, place);
  const because = event.reason ? `: ${event.reason}` : ".";
  switch (event.kind) {
    case "created":
      return "The series was created.";
    case "changed":
      return event.occurrence === null ? "The series was changed." : `Changed from ${at} on${because}`;
    case "paused":
      return event.reason ? `Paused: ${event.reason}` : "Paused: nothing starts until it is resumed.";
    case "resumed":
      return "Resumed.";
    case "ended":
      return event.reason ? `Ended: ${event.reason}` : "Ended.";
    case "skipped":
      return `${at} was left out${because}`;
    case "missed":
      return event.occurrences > 1
        ? `${counted(event.occurrences, "time")} from ${at} on did not take place${because}`
        : `${at} did not take place${because}`;
    case "held":
      return `${at} was held back${because}`;
  }
}

export const EVENT_WORD: Record<Schemas["SeriesEventKind"], { word: string; tone: Tone }> = {
  created: { word: "Created", tone: "purple" },
  changed: { word: "Changed", tone: "blue" },
  paused: { word: "Paused", tone: "orange" },
  resumed: { word: "Resumed", tone: "green" },
  ended: { word: "Ended", tone: "grey" },
  skipped: { word: "Skipped", tone: "yellow" },
  missed: { word: "Missed", tone: "red" },
  held: { word: "Held", tone: "orange" },
};

function minutesOf(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  return (sign === "-" ? -1 : 1) * (60 * Number(hours ?? 0) + Number(minutes ?? 0));
}
