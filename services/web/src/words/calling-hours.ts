/** Calling hours as a person says and sets them: "Monday to Friday 08:00 to 21:00", a week of seven days. */

import type { Schemas } from "@/api/client";
import { cityOf, exactDay, type Place, timeOfDay } from "./moments";

type Window = Schemas["CallingWindow"];
type OpenHours = Schemas["OpenHours"];

/** In the order of the week. */
export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Day = (typeof DAYS)[number];

/** Hours of a day, as clocks show them: "08:00". An end at or before the start is on the following day; "00:00" is midnight. */
export type Hours = { start: string; end: string };

/** The hours of each day; a day without any is closed. */
export type Week = Record<Day, Hours[]>;

/** What an account begins with where calls are real. */
export const USUAL_HOURS: Hours = { start: "08:00", end: "21:00" };
const WHOLE_DAY: Hours = { start: "00:00", end: "00:00" };

export function nameOfDay(day: Day): string {
  return day.charAt(0).toUpperCase() + day.slice(1);
}

/** A week that is alike on all days that are named, and closed on the others. */
export function weekOf(days: readonly Day[], hours: readonly Hours[]): Week {
  const of = (day: Day) => (days.includes(day) ? hours.map((each) => ({ ...each })) : []);
  return Object.fromEntries(DAYS.map((day) => [day, of(day)])) as Week;
}

/** The API's hours as a week; null is every hour of every day. */
export function readHours(hours: readonly OpenHours[] | null | undefined): Week {
  if (!hours) return weekOf(DAYS, [WHOLE_DAY]);
  const week = weekOf([], []);
  for (const { days, start, end } of hours)
    for (const day of days) week[day].push({ start, end: end === "24:00" ? "00:00" : end });
  for (const day of DAYS) week[day].sort(byStart);
  return week;
}

/** A week as the API takes it: days that are alike together; null where it is every hour of every day. */
export function hoursSent(week: Week): OpenHours[] | null {
  const alike = new Map<string, OpenHours>();
  for (const day of DAYS)
    for (const { start, end } of [...week[day]].sort(byStart)) {
      const name = `${start} ${end}`;
      const held = alike.get(name);
      if (held) held.days.push(day);
      else alike.set(name, { days: [day], start, end: end === "00:00" ? "24:00" : end });
    }
  const [only] = alike.values();
  const isAlways =
    alike.size === 1 && only?.days.length === 7 && only.start === "00:00" && only.end === "24:00";
  return isAlways ? null : [...alike.values()];
}

/** What is wrong with a week, for the day that it is about, or for the whole. */
export function weekProblem(week: Week): { day: Day | null; message: string } | null {
  for (const day of DAYS) {
    if (week[day].some(({ start, end }) => start === "" || end === ""))
      return { day, message: `Say from when to when people may be called on ${nameOfDay(day)}.` };
    if (overlap(week[day]))
      return { day, message: `Hours of ${nameOfDay(day)} overlap. Make them one, or change one.` };
  }
  if (DAYS.every((day) => week[day].length === 0))
    return { day: null, message: "Nobody could ever be called: open at least one day." };
  return null;
}

/** Whether hours go on after midnight. */
export function isOvernight({ start, end }: Hours): boolean {
  return start !== "" && end !== "" && end !== "00:00" && end <= start;
}

/** "Monday to Friday 08:00 to 21:00, Saturday 10:00 to 18:00"; "at any time" where nothing is closed. */
export function weekWords(week: Week, place: Place): string {
  const said: string[] = [];
  let index = 0;
  while (index < DAYS.length) {
    const hours = week[dayAt(index)];
    let last = index;
    while (last + 1 < DAYS.length && isSame(week[dayAt(last + 1)], hours)) last += 1;
    if (hours.length > 0)
      said.push(
        `${daysWords(index, last)} ${hours.map((each) => hoursWords(each, place)).join(" and ")}`.trim(),
      );
    index = last + 1;
  }
  if (said.length === 0) return "never";
  const [only] = said;
  if (said.length === 1 && only === "every day all day") return "at any time";
  return said.join(", ");
}

/** "10:00 to 18:00", "22:00 to 02:00 the next day", "all day". */
export function hoursWords(hours: Hours, place: Place): string {
  if (hours.start === "00:00" && hours.end === "00:00") return "all day";
  const end = hours.end === "00:00" ? "midnight" : clock(hours.end, place);
  return `${clock(hours.start, place)} to ${end}${isOvernight(hours) ? " the next day" : ""}`;
}

/** A window in a line: "Monday to Friday 08:00 to 21:00; not on 2 holidays". */
export function windowWords(window: Window | null | undefined, place: Place): string {
  if (!window) return "at any time";
  const week = weekWords(readHours(window.hours), place);
  const holidays = window.holidays?.length ?? 0;
  if (holidays === 0) return week;
  return `${week}; not on ${holidaysWords(holidays)}`;
}

function holidaysWords(number: number): string {
  return number === 1 ? "one holiday" : `${number} holidays`;
}

/** The hours of a whole account in a sentence. */
export function callingHoursWords(hours: Schemas["CallingHours"], place: Place): string {
  if (hours.calling_window === null) return "People may be called at any time of any day.";
  const { hours: open, holidays = [] } = hours.calling_window;
  const not = holidays.length === 0 ? "" : `, but not on ${holidaysWords(holidays.length)}`;
  return `People may be called ${weekWords(readHours(open), place)}, on their own clocks${not}. ${unknownWords(hours.unknown_zone)}`;
}

/** What becomes of numbers that do not tell what time it is there. */
export function unknownWords(unknown: string): string {
  if (unknown === "closed") return "Numbers that do not tell where they are, are not called.";
  if (unknown === "open") return "Numbers that do not tell where they are, are called at any time.";
  return `Numbers that do not tell where they are, are taken to be in ${cityOf(unknown)}.`;
}

/** A holiday as a person writes it: "Wednesday, 25 December 2030". */
export function holidayWords(date: string, place: Place): string {
  return exactDay(Date.parse(`${date}T12:00:00Z`), { ...place, zone: "UTC" });
}

/** "08:00" as the reader's clocks show it. */
export function clock(time: string, place: Place): string {
  return timeOfDay(`1970-01-01T${time}:00Z`, { ...place, zone: "UTC" });
}

function daysWords(first: number, last: number): string {
  if (first === 0 && last === 6) return "every day";
  const names = [nameOfDay(dayAt(first)), nameOfDay(dayAt(last))];
  return first === last ? (names[0] ?? "") : names.join(last === first + 1 ? " and " : " to ");
}

function dayAt(index: number): Day {
  return DAYS[index] ?? "monday";
}

function isSame(some: readonly Hours[], others: readonly Hours[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

/** Within one day; what goes on after midnight may meet the following day's hours, and is one with them. */
function overlap(hours: readonly Hours[]): boolean {
  const sorted = [...hours].sort(byStart);
  return sorted.some((each, index) => {
    const next = sorted[index + 1];
    return next !== undefined && (each.end <= each.start || next.start < each.end);
  });
}

function byStart(one: Hours, other: Hours): number {
  return one.start.localeCompare(other.start);
}
