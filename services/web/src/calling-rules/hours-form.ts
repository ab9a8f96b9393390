/** The calling hours of an account as they are set: values of the form, and what is sent. */

import type { Schemas } from "@/api/client";
import {
  DAYS,
  hoursSent,
  readHours,
  USUAL_HOURS,
  type Week,
  weekOf,
  weekProblem,
} from "@/words/calling-hours";

export type HoursValues = {
  when: "any" | "within";
  week: Week;
  holidays: string[];
  unknown: "closed" | "open" | "zone";
  /** IANA. */
  zone: string;
};

/** `zone` is what is offered where none is set. */
export function valuesOfHours(
  { calling_window, unknown_zone }: Schemas["CallingHours"],
  zone: string,
): HoursValues {
  const isZone = unknown_zone !== "closed" && unknown_zone !== "open";
  return {
    when: calling_window === null ? "any" : "within",
    week: calling_window === null ? weekOf(DAYS, [USUAL_HOURS]) : readHours(calling_window.hours),
    holidays: [...(calling_window?.holidays ?? [])],
    unknown: isZone ? "zone" : unknown_zone,
    zone: isZone ? unknown_zone : zone,
  };
}

/** What is sent; null while something is wrong with it. */
export function hoursOf({
  when,
  week,
  holidays,
  unknown,
  zone,
}: HoursValues): Schemas["CallingHours"] | null {
  const unknown_zone = unknown === "zone" ? zone : unknown;
  if (when === "any") return { calling_window: null, unknown_zone };
  if (weekProblem(week) !== null) return null;
  return { calling_window: { hours: hoursSent(week), holidays }, unknown_zone };
}
