/** How often a campaign is repeated: what a person chooses, and the rule of RFC 5545 that it is. */

import { Temporal } from "temporal-polyfill";
import type { Schemas } from "@/api/client";
import { LOCALE } from "./reader-locale";

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const KINDS = ["never", "daily", "weekdays", "weekly", "monthly", "yearly", "other"] as const;
/** `other` is a rule that a program wrote and that these choices cannot say: it is kept as it is. */
export type RepeatKind = (typeof KINDS)[number];

/** What is chosen, as it is typed. */
export type Repeat = {
  kind: RepeatKind;
  /** Every so many days, weeks, months or years. */
  every: string;
  /** Of a week. */
  days: Weekday[];
  monthly: "day" | "weekday";
  /** The day of a month: "1" to "31", or "-1", the last. */
  monthday: string;
  /** The first to the fourth weekday of a month, "1" to "4", or the last: "-1". */
  ordinal: string;
  weekday: Weekday;
  ends: "never" | "on" | "after";
  /** The last day that may be. */
  until: string;
  /** How many times. */
  times: string;
  /** Days that are left out. */
  except: string[];
  skipIfRunning: boolean;
  /** Of the kind `other`. */
  rrule: string;
};

/** The API's limits. */
export const MOST_EVERY = 366;
export const MOST_TIMES = 1_000;

export const NEVER: Repeat = {
  kind: "never",
  every: "1",
  days: [],
  monthly: "day",
  monthday: "1",
  ordinal: "1",
  weekday: "MO",
  ends: "never",
  until: "",
  times: "10",
  except: [],
  skipIfRunning: true,
  rrule: "",
};

const ORDINALS: Record<string, string> = {
  "1": "first",
  "2": "second",
  "3": "third",
  "4": "fourth",
  "-1": "last",
};
export const ORDINAL_CHOICES = Object.entries(ORDINALS)
  .map(([value, label]) => ({ value, label }))
  .sort((one, other) => ((Number(one.value) + 9) % 9) - ((Number(other.value) + 9) % 9));

/** What a rule counts in: "day", "week" ... */
export const UNIT: Partial<Record<RepeatKind, string>> = {
  daily: "day",
  weekly: "week",
  monthly: "month",
  yearly: "year",
};

/** The name of a weekday, by its letters: "Monday", "Mon". 2024 began on a Monday. */
export function weekdayName(day: Weekday, style: "long" | "short" = "long"): string {
  const at = Date.UTC(2024, 0, 1 + WEEKDAYS.indexOf(day));
  return new Intl.DateTimeFormat(LOCALE, { weekday: style, timeZone: "UTC" }).format(at);
}

/** The weekday of a date; null where there is none. */
export function weekdayOf(date: string): Weekday | null {
  const day = plain(date);
  return day === null ? null : (WEEKDAYS[day.dayOfWeek - 1] ?? null);
}

/** A choice of a kind that fits the day on which it starts. */
export function startingOn(repeat: Repeat, kind: RepeatKind, date: string): Repeat {
  const day = plain(date);
  const weekday = weekdayOf(date);
  if (day === null || weekday === null) return { ...repeat, kind };
  return {
    ...repeat,
    kind,
    ...(kind === "weekly" && repeat.days.length === 0 && { days: [weekday] }),
    ...(kind === "monthly" &&
      repeat.kind !== "monthly" && {
        monthday: String(day.day),
        ordinal: day.day > 28 ? "-1" : String(Math.ceil(day.day / 7)),
        weekday,
      }),
  };
}

/** The rule that a choice is; null: it is none, or not complete. */
export function rruleOf(repeat: Repeat): string | null {
  const parts = frequency(repeat);
  if (parts === null || repeatProblems(repeat).length > 0) return null;
  const every = repeat.kind !== "weekdays" && repeat.kind !== "other" ? Number(repeat.every) : 1;
  return [
    ...parts,
    ...(every > 1 ? [`INTERVAL=${every}`] : []),
    ...(repeat.ends === "after" ? [`COUNT=${Number(repeat.times)}`] : []),
  ].join(";");
}

function frequency(repeat: Repeat): string[] | null {
  switch (repeat.kind) {
    case "never":
      return null;
    case "daily":
      return ["FREQ=DAILY"];
    case "weekdays":
      return ["FREQ=WEEKLY", "BYDAY=MO,TU,WE,TH,FR"];
    case "weekly":
      return ["FREQ=WEEKLY", `BYDAY=${WEEKDAYS.filter((day) => repeat.days.includes(day)).join(",")}`];
    case "monthly":
      return repeat.monthly === "day"
        ? ["FREQ=MONTHLY", `BYMONTHDAY=${repeat.monthday}`]
        : ["FREQ=MONTHLY", `BYDAY=${repeat.ordinal}${repeat.weekday}`];
    case "yearly":
      return ["FREQ=YEARLY"];
    case "other":
      return [repeat.rrule];
  }
}

export type RepeatField = "every" | "days" | "until" | "times" | "except";

/** What is wrong with a choice, and where. */
export function repeatProblems(repeat: Repeat): { field: RepeatField; message: string }[] {
  if (repeat.kind === "never") return [];
  const found: { field: RepeatField; message: string }[] = [];
  if (!isWhole(repeat.every, MOST_EVERY))
    found.push({ field: "every", message: `A whole number from 1 to ${MOST_EVERY}.` });
  if (repeat.kind === "weekly" && repeat.days.length === 0)
    found.push({ field: "days", message: "Choose at least one day of the week." });
  if (repeat.ends === "on" && plain(repeat.until) === null)
    found.push({ field: "until", message: "Choose the last day." });
  if (repeat.ends === "after" && !isWhole(repeat.times, MOST_TIMES))
    found.push({ field: "times", message: `A whole number from 1 to ${MOST_TIMES.toLocaleString(LOCALE)}.` });
  return found;
}

/** When it starts, on the clocks of a place. */
export type Start = { date: string; time: string; zone: string };

/** The rule as the API takes it; null: it is not complete yet. */
export function ruleOf(repeat: Repeat, { date, time, zone }: Start): Schemas["RuleFields"] | null {
  const rrule = rruleOf(repeat);
  if (rrule === null || plain(date) === null || !/^\d\d:\d\d/.test(time) || zone === "") return null;
  return {
    rrule,
    starts: `${date}T${time}`,
    timezone: zone,
    exdates: [...repeat.except].sort(),
    ends: repeat.ends === "on" ? `${repeat.until}T23:59` : null,
  };
}

/** What somebody would have chosen to get a rule. */
export function repeatOf(rule: Schemas["SeriesRule"], skipIfRunning: boolean): Repeat {
  const parts = new Map(rule.rrule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const times = parts.get("COUNT");
  const general: Repeat = {
    ...NEVER,
    every: parts.get("INTERVAL") ?? "1",
    ends: times !== undefined ? "after" : rule.ends !== null ? "on" : "never",
    until: rule.ends?.slice(0, 10) ?? "",
    times: times ?? NEVER.times,
    except: [...rule.exdates],
    skipIfRunning,
  };
  parts.delete("COUNT");
  const rest = [...parts].map(([name, value]) => `${name}=${value}`).join(";");
  const kept: Repeat = { ...general, kind: "other", every: "1", rrule: rest };
  for (const name of ["INTERVAL", "WKST"])
    if (name === "INTERVAL" || parts.get(name) === "MO") parts.delete(name);
  const [frequency, days, monthday] = ["FREQ", "BYDAY", "BYMONTHDAY"].map((name) => parts.get(name));
  const others = [...parts.keys()].filter((name) => !["FREQ", "BYDAY", "BYMONTHDAY"].includes(name));
  // A last instant to the minute is more than these choices can say.
  if (
    others.length > 0 ||
    (rule.ends !== null && (times !== undefined || !isWholeDay(rule.ends, rule.starts)))
  )
    return kept;
  if (frequency === "DAILY" && !days && !monthday) return { ...general, kind: "daily" };
  if (frequency === "YEARLY" && !days && !monthday) return { ...general, kind: "yearly" };
  if (frequency === "WEEKLY" && !monthday) {
    const chosen = WEEKDAYS.filter((day) =>
      (days ?? weekdayOf(rule.starts.slice(0, 10)) ?? "").split(",").includes(day),
    );
    if (general.every === "1" && chosen.join() === "MO,TU,WE,TH,FR") return { ...general, kind: "weekdays" };
    return { ...general, kind: "weekly", days: chosen };
  }
  if (frequency === "MONTHLY") {
    const day = monthday ?? (days ? undefined : String(Number(rule.starts.slice(8, 10))));
    if (!days && day !== undefined && /^(-1|[1-9]\d?)$/.test(day))
      return { ...general, kind: "monthly", monthday: day };
    const [, ordinal, letters] = /^\+?(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)$/.exec(days ?? "") ?? [];
    const weekday = WEEKDAYS.find((each) => each === letters);
    if (ordinal !== undefined && weekday && !monthday)
      return { ...general, kind: "monthly", monthly: "weekday", ordinal, weekday };
  }
  return kept;
}

/** Whether what may be last leaves out nothing of its day. */
function isWholeDay(ends: string, starts: string): boolean {
  return ends.slice(11, 16) >= starts.slice(11, 16);
}

function isWhole(text: string, most: number): boolean {
  return /^\d{1,4}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;
}

function plain(date: string): Temporal.PlainDate | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return null;
  try {
    return Temporal.PlainDate.from(date);
  } catch {
    return null;
  }
}
