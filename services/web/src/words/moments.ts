/** Instants and spans as a person says them: in the reader's order, clock (12 or 24 h) and zone, unless another is meant. */

import { LOCALE } from "./reader-locale";
import { currentName } from "./zone-names";

/** Where and when a reader is. */
export type Place = { locale: string | undefined; zone: string; now: number };

/** The reader's own way to write dates, zone and time. */
export function here(now: number = Date.now()): Place {
  return { locale: LOCALE, zone: browserZone(), now };
}

export function browserZone(): string {
  return currentName(Intl.DateTimeFormat().resolvedOptions().timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are costly to make and cheap to use. */
function format(locale: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = JSON.stringify([locale, options]);
  let found = formats.get(name);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale, options);
    formats.set(name, found);
  }
  return found;
}

/** "today, 09:30", "Tue 24 Nov, 09:30"; the year only when it is another one. `zone` may differ from the reader's. */
export function moment(instant: string | number, place: Place, zone: string = place.zone): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  const time = format(place.locale, { timeZone: zone, timeStyle: "short" }).format(at);
  const days = dayNumber(at, zone) - dayNumber(place.now, zone);
  if (days >= -1 && days <= 1) {
    const day = new Intl.RelativeTimeFormat(place.locale, { numeric: "auto" }).format(days, "day");
    return `${day}, ${time}`;
  }
  const sameYear = yearOf(at, zone) === yearOf(place.now, zone);
  const date = format(place.locale, {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(at);
  return `${date}, ${time}`;
}

/** An instant with everything: for titles and details. */
export function exactMoment(instant: string | number, place: Place, zone: string = place.zone): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  return format(place.locale, { timeZone: zone, dateStyle: "full", timeStyle: "long" }).format(at);
}

/** The whole day of an instant: "Friday, 27 November 2026". */
export function exactDay(instant: number, place: Place): string {
  return format(place.locale, { timeZone: place.zone, dateStyle: "full" }).format(instant);
}

/** The time of day: "09:30", "9:30 AM". */
export function timeOfDay(instant: string | number, place: Place): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  return format(place.locale, { timeZone: place.zone, timeStyle: "short" }).format(at);
}

/** The time of day with seconds. */
export function clockTime(instant: string | number, place: Place, zone: string = place.zone): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  return format(place.locale, { timeZone: zone, timeStyle: "medium" }).format(at);
}

/** The time of day with milliseconds, for what happens within one second. */
export function preciseTime(instant: string | number, place: Place, zone: string = place.zone): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  return format(place.locale, {
    timeZone: zone,
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  }).format(at);
}

/** "in 17 hours", "3 minutes ago": the largest unit that says enough. */
export function fromNow(instant: string | number, place: Place): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  const seconds = (at - place.now) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size * 0.95) ?? SECOND;
  const count = Math.round(seconds / size);
  return new Intl.RelativeTimeFormat(place.locale, { numeric: count === 0 ? "auto" : "always" }).format(
    count,
    unit,
  );
}

/** How long ago something was that has happened: never "in 4 seconds", whatever our clock says beside the server's. */
export function ago(instant: string | number, place: Place): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant);
  return fromNow(Math.min(at, place.now), place);
}

const SECOND = ["second", 1] as const;
const UNITS = [
  ["year", 31_556_952],
  ["month", 2_629_746],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  SECOND,
] as const;

/** A span of seconds: "45 s", "12 min", "1 h 20 min", "2 d 3 h". */
export function span(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** How late something started: "3 ms after due", "2.4 s after due". Seconds. */
export function lateness(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms after due`;
  if (seconds < 60) return `${seconds.toFixed(1)} s after due`;
  return `${span(seconds)} after due`;
}

/** A zone as a person knows it: "Kolkata", "New York". */
export function cityOf(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** A zone's offset at an instant: "GMT+5:30". */
export function offsetOf(zone: string, at: number): string {
  const parts = format("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** Whether two zones show the same wall time at an instant. */
export function showSameTime(zone: string, other: string, at: number): boolean {
  return offsetOf(zone, at) === offsetOf(other, at);
}

function dayNumber(at: number, zone: string): number {
  const [year, month, day] = numbers(at, zone);
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000);
}

function yearOf(at: number, zone: string): number {
  return numbers(at, zone)[0];
}

function numbers(at: number, zone: string): [number, number, number] {
  const parts = format("en-u-ca-gregory-nu-latn", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return [of("year"), of("month"), of("day")];
}
