/** Days and slots of the calendar, without a calendar: steps, titles, and the instant that a click means. */

import { Temporal } from "temporal-polyfill";
import type { Place } from "@/words/moments";
import type { View } from "./calendar-search";

/** How many days the agenda shows. */
export const AGENDA = 28;
/** Minutes of a slot of the grid. */
export const SLOT = 30;

const MINUTE = 60_000;

export type Direction = -1 | 1;

/** The day that it is, where the reader is. */
export function today(place: Place): string {
  return dayOf(place.now, place);
}

/** The day that the view after, or before, the one of a day is about. */
export function step(view: View, day: string, direction: Direction): string {
  const by = {
    month: { months: direction },
    week: { days: 7 * direction },
    day: { days: direction },
    agenda: { days: AGENDA * direction },
  }[view];
  return Temporal.PlainDate.from(day).add(by).toString();
}

/** What a view is about: "November 2026", "23 – 29 Nov 2026", "Thursday 26 November 2026". */
export function title(view: View, day: string, locale: string | undefined, firstDay: number): string {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  if (view === "month") return format({ month: "long", year: "numeric" }).format(utc(day));
  if (view === "day") {
    return format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(utc(day));
  }
  const first = view === "week" ? startOfWeek(day, firstDay) : day;
  const last = Temporal.PlainDate.from(first)
    .add({ days: view === "week" ? 6 : AGENDA - 1 })
    .toString();
  return format({ day: "numeric", month: "short", year: "numeric" }).formatRange(utc(first), utc(last));
}

/** The first day of a day's week; `firstDay` is 0 for Sunday. */
export function startOfWeek(day: string, firstDay: number): string {
  const date = Temporal.PlainDate.from(day);
  return date.subtract({ days: (date.dayOfWeek - firstDay + 7) % 7 }).toString();
}

type WeekInfo = { firstDay: number };
type KnowsWeeks = { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };

/** The day that weeks begin with where a language is spoken, 0 for Sunday; Monday where the browser does not know. */
export function firstDayOfWeek(locale: string): number {
  const knows = new Intl.Locale(locale) as KnowsWeeks;
  return ((knows.getWeekInfo?.() ?? knows.weekInfo)?.firstDay ?? 1) % 7;
}

/** A place of the grid: half an hour, or a whole day of the month. Milliseconds. */
export type Slot = { at: number; isDay: boolean };

/** The instant at which a campaign is to start whose slot was chosen; null: it has passed. */
export function startIn(slot: Slot, place: Place): number | null {
  if (!slot.isDay) {
    if (slot.at >= place.now) return slot.at;
    return slot.at + SLOT * MINUTE > place.now ? roundedUp(place, 5) : null;
  }
  const zoned = zonedAt(slot.at, place);
  const day = zoned.toPlainDate().toString();
  if (day < today(place)) return null;
  return day === today(place) ? roundedUp(place, 60) : zoned.with({ hour: 9 }).epochMilliseconds;
}

/** Where the keyboard's mark starts: the next slot to come, or the morning of the day that is shown. */
export function firstSlot(view: View, day: string, place: Place): Slot {
  const isDay = view === "month";
  if (day === today(place) && !isDay) return { at: roundedUp(place, SLOT), isDay };
  return { at: instant(day, isDay ? 0 : 9, place), isDay };
}

/** The slot beside another; null for keys that do not move. Days are of the reader's zone, however long they are. */
export function nextSlot(slot: Slot, key: string, place: Place): Slot | null {
  const rows = slot.isDay ? { days: 7 } : { minutes: SLOT };
  const steps: Record<string, Temporal.Duration> = {
    ArrowLeft: Temporal.Duration.from({ days: -1 }),
    ArrowRight: Temporal.Duration.from({ days: 1 }),
    ArrowUp: Temporal.Duration.from(rows).negated(),
    ArrowDown: Temporal.Duration.from(rows),
  };
  const by = steps[key];
  return by === undefined ? null : { ...slot, at: zonedAt(slot.at, place).add(by).epochMilliseconds };
}

/** The reader's day of an instant. */
export function dayOf(at: number, place: Place): string {
  return zonedAt(at, place).toPlainDate().toString();
}

function instant(day: string, hour: number, place: Place): number {
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: place.zone, plainTime: { hour } })
    .epochMilliseconds;
}

/** The next instant whose clock shows whole hours, or a multiple of some minutes: zones are not always whole hours apart. */
function roundedUp(place: Place, minutes: number): number {
  const zoned = zonedAt(place.now + 1, place);
  const rounded =
    minutes === 60
      ? zoned.round({ smallestUnit: "hour", roundingMode: "ceil" })
      : zoned.round({ smallestUnit: "minute", roundingIncrement: minutes, roundingMode: "ceil" });
  return rounded.epochMilliseconds;
}

function zonedAt(at: number, place: Place) {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(place.zone);
}

function utc(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
