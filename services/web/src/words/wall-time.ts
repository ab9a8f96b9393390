/** From the date and time that somebody picks to the instant that it is, by the API's rules: daylight saving skips some wall
 * times, which are refused, and doubles others, of which the first is meant. */

import { Temporal } from "temporal-polyfill";
import { cityOf, fromNow, here, moment, offsetOf, type Place, showSameTime, timeOfDay } from "./moments";

export type WallTime = { date: string; time: string; zone: string };

/** What a wall time is. `skipped` has the next one that exists, `doubled` the second instant. Milliseconds. */
export type Reading =
  | { kind: "incomplete" }
  | { kind: "skipped"; next: { date: string; time: string } }
  | { kind: "once"; at: number }
  | { kind: "doubled"; at: number; second: number };

/** How far ahead a campaign may be scheduled: ten years, as the API says. Milliseconds. */
const LATEST = 366 * 10 * 86_400_000;

export function readWallTime({ date, time, zone }: WallTime): Reading {
  const wall = plain(date, time);
  if (wall === null || zone === "") return { kind: "incomplete" };
  const first = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  const second = wall.toZonedDateTime(zone, { disambiguation: "later" });
  if (first.epochMilliseconds === second.epochMilliseconds)
    return { kind: "once", at: first.epochMilliseconds };
  if (first.toPlainDateTime().equals(wall))
    return { kind: "doubled", at: first.epochMilliseconds, second: second.epochMilliseconds };
  const change = first.getTimeZoneTransition("next") ?? second;
  return { kind: "skipped", next: parts(change.toPlainDateTime()) };
}

/** What is wrong with a chosen time, and at which field; null when a campaign can start then. */
export function scheduleProblem(
  chosen: WallTime,
  now: number,
): { field: "date" | "time"; message: string } | null {
  if (chosen.date === "" && chosen.time === "")
    return { field: "date", message: "Choose the date and the time at which it starts." };
  if (chosen.date === "") return { field: "date", message: "Choose the date, too." };
  if (chosen.time === "") return { field: "time", message: "Choose the time, too." };
  const reading = readWallTime(chosen);
  switch (reading.kind) {
    case "incomplete":
      return { field: "date", message: "This is not a date and a time. Choose them again." };
    case "skipped":
      return {
        field: "time",
        message: `Clocks in ${cityOf(chosen.zone)} go forward then and skip this time. The next one is ${asClocksShow(reading.next.time)}.`,
      };
    default:
      if (reading.at <= now) return { field: "time", message: "That moment has passed. Choose a later one." };
      if (reading.at - now > LATEST)
        return { field: "date", message: "That is more than ten years ahead. Choose an earlier date." };
      return null;
  }
}

/** "Tue 24 Nov, 09:30 in Kolkata, in 17 hours; your time 05:00". */
export function chosenMoment(at: number, zone: string, place: Place): string {
  const said = `${moment(at, place, zone)} in ${cityOf(zone)}, ${fromNow(at, place)}`;
  if (showSameTime(zone, place.zone, at)) return capital(said);
  const isSameDay = wallTimeAt(at, zone).date === wallTimeAt(at, place.zone).date;
  const own = moment(at, place);
  return `${capital(said)}; your time ${isSameDay ? own.slice(own.lastIndexOf(", ") + 2) : own}`;
}

/** Which of the two is meant when clocks go back and show a time twice. */
export function doubledWords(at: number, second: number, zone: string): string {
  return `Clocks go back and show this time twice. The first is meant (${offsetOf(zone, at)}), not the second (${offsetOf(zone, second)}).`;
}

/** The date and time that clocks in a zone show at an instant (milliseconds), to the minute. */
export function wallTimeAt(at: number, zone: string): { date: string; time: string } {
  return parts(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime());
}

/** Some times that people often mean: a full hour soon, and the next mornings at nine. */
export function suggestions(now: number, zone: string): { label: string; date: string; time: string }[] {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  const hour = local.add({ hours: 1 }).round({ smallestUnit: "minute", roundingIncrement: 5 });
  const tomorrow = local.toPlainDate().add({ days: 1 });
  const monday = local.toPlainDate().add({ days: 8 - local.dayOfWeek });
  return [
    { label: "In an hour", ...parts(hour.toPlainDateTime()) },
    { label: "Tomorrow at nine", date: tomorrow.toString(), time: "09:00" },
    ...(monday.equals(tomorrow) ? [] : [{ label: "Monday at nine", date: monday.toString(), time: "09:00" }]),
  ];
}

/** "03:00" as the reader writes it. */
function asClocksShow(time: string): string {
  return timeOfDay(`1970-01-01T${time}Z`, { ...here(), zone: "UTC" });
}

function plain(date: string, time: string): Temporal.PlainDateTime | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^\d\d:\d\d(:\d\d)?/.test(time)) return null;
  try {
    return Temporal.PlainDateTime.from(`${date}T${time}`);
  } catch {
    return null;
  }
}

function parts(wall: Temporal.PlainDateTime): { date: string; time: string } {
  return {
    date: wall.toPlainDate().toString(),
    time: wall.toPlainTime().toString({ smallestUnit: "minute" }),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
