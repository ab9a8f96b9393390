/** The limits of an account's calls as they are set: values of the form, what is wrong with them, and what is sent. */

import type { Schemas } from "@/api/client";
import { counted, percent } from "@/words/amounts";

type CallLimits = Schemas["CallLimits"];

export type CallerIdValues = { callerId: string; atOnce: string; perSecond: string };
export type Unit = "minutes" | "hours" | "days";

export type LimitsValues = {
  /** Empty: no limit. */
  atOnce: string;
  perSecond: string;
  callerIds: CallerIdValues[];
  isCapped: boolean;
  capCalls: string;
  capPeriod: string;
  capUnit: Unit;
  hasBreaker: boolean;
  breakerCalls: string;
  /** Seconds. */
  breakerWithin: string;
  /** Percent. */
  breakerShare: string;
};

/** Messages by the place of what is wrong: "atOnce", "callerIds.0.callerId". */
export type LimitsProblems = Partial<Record<string, string>>;

const SECONDS: Record<Unit, number> = { minutes: 60, hours: 3_600, days: 86_400 };
/** What the API begins with. */
const BREAKER = { window_calls: 20, within: 120, failed_share: 0.5 };
const CAP = { calls: 3, period: 7 * 86_400 };
const MOST = { atOnce: 100_000, perSecond: 10_000, calls: 1_000, period: 366 * 86_400, within: 86_400 };

export function valuesOfLimits(limits: CallLimits): LimitsValues {
  const cap = limits.frequency_cap ?? CAP;
  const breaker = { ...BREAKER, ...limits.circuit_breaker };
  const unit: Unit = cap.period % 86_400 === 0 ? "days" : cap.period % 3_600 === 0 ? "hours" : "minutes";
  return {
    atOnce: shown(limits.max_concurrent_calls),
    perSecond: shown(limits.calls_per_second),
    callerIds: limits.caller_ids.map((each) => ({
      callerId: each.caller_id,
      atOnce: shown(each.max_concurrent_calls),
      perSecond: shown(each.calls_per_second),
    })),
    isCapped: limits.frequency_cap !== null,
    capCalls: String(cap.calls),
    capPeriod: String(Number((cap.period / SECONDS[unit]).toFixed(4))),
    capUnit: unit,
    hasBreaker: limits.circuit_breaker !== null,
    breakerCalls: String(breaker.window_calls),
    breakerWithin: String(breaker.within),
    breakerShare: String(Number((100 * breaker.failed_share).toFixed(4))),
  };
}

export function limitsProblems(values: LimitsValues): LimitsProblems {
  const found: LimitsProblems = {};
  const check = (place: string, text: string, most: number, isNeeded: boolean) => {
    if (text.trim() === "" ? isNeeded : whole(text, most) === null)
      found[place] = `A whole number from 1 to ${most}${isNeeded ? "." : ", or nothing."}`;
  };
  check("atOnce", values.atOnce, MOST.atOnce, false);
  check("perSecond", values.perSecond, MOST.perSecond, false);
  values.callerIds.forEach((each, index) => {
    check(`callerIds.${index}.atOnce`, each.atOnce, MOST.atOnce, false);
    check(`callerIds.${index}.perSecond`, each.perSecond, MOST.perSecond, false);
    if (each.callerId.trim() === "") found[`callerIds.${index}.callerId`] = "Write the number.";
  });
  if (values.isCapped) {
    check("capCalls", values.capCalls, MOST.calls, true);
    const seconds = periodOf(values);
    if (seconds === null) found.capPeriod = "From a minute to 366 days.";
  }
  if (values.hasBreaker) {
    check("breakerCalls", values.breakerCalls, MOST.calls, true);
    check("breakerWithin", values.breakerWithin, MOST.within, true);
    if (shareOf(values) === null) found.breakerShare = "More than 0, and at most 100.";
  }
  return found;
}

/** What is sent. What is wrong has to be found before. */
export function limitsOf(values: LimitsValues): CallLimits {
  return {
    max_concurrent_calls: whole(values.atOnce, MOST.atOnce),
    calls_per_second: whole(values.perSecond, MOST.perSecond),
    caller_ids: values.callerIds.map((each) => ({
      caller_id: each.callerId.trim(),
      max_concurrent_calls: whole(each.atOnce, MOST.atOnce),
      calls_per_second: whole(each.perSecond, MOST.perSecond),
    })),
    frequency_cap: values.isCapped
      ? { calls: whole(values.capCalls, MOST.calls) ?? CAP.calls, period: periodOf(values) ?? CAP.period }
      : null,
    circuit_breaker: values.hasBreaker
      ? {
          window_calls: whole(values.breakerCalls, MOST.calls) ?? BREAKER.window_calls,
          within: whole(values.breakerWithin, MOST.within) ?? BREAKER.within,
          failed_share: shareOf(values) ?? BREAKER.failed_share,
        }
      : null,
  };
}

/** Where in the form the API found something. */
export function placeOf(pointer: string): string {
  const names: Record<string, string> = {
    max_concurrent_calls: "atOnce",
    calls_per_second: "perSecond",
    caller_ids: "callerIds",
    caller_id: "callerId",
    frequency_cap: "cap",
    circuit_breaker: "breaker",
    window_calls: "breakerCalls",
    within: "breakerWithin",
    failed_share: "breakerShare",
    calls: "capCalls",
    period: "capPeriod",
  };
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => names[part] ?? part);
  return parts.length === 2 && (parts[0] === "cap" || parts[0] === "breaker")
    ? (parts[1] ?? "")
    : parts.join(".");
}

/** The API's sentence without its own name for the field: it stands at the field. */
export function unnamed(detail: string): string {
  return detail.replace(/^[a-z_]+(\[\d+\])?(\.[a-z_]+)* /, "This ");
}

/** The limits in sentences. */
export function limitsWords(limits: CallLimits): string[] {
  const { max_concurrent_calls: atOnce, calls_per_second: rate, frequency_cap: cap } = limits;
  const pace =
    atOnce == null && rate == null
      ? "All campaigns together call as fast as each of them may."
      : `All campaigns together: ${[
          atOnce == null ? "" : `at most ${counted(atOnce, "call")} at once`,
          rate == null ? "" : `at most ${counted(rate, "new call")} a second`,
        ]
          .filter(Boolean)
          .join(", ")}.`;
  return [
    pace,
    cap === null
      ? "A number is called as often as campaigns do."
      : `A number is called at most ${counted(cap.calls, "time")} in any ${spanInFull(cap.period)}, whatever the campaign.`,
    breakerWords(limits.circuit_breaker),
  ];
}

export function breakerWords(given: CallLimits["circuit_breaker"]): string {
  if (given === null) return "A campaign goes on, however many of its calls fail.";
  const { window_calls, within, failed_share } = { ...BREAKER, ...given };
  return `A campaign is paused when at least ${percent(failed_share)} of its last ${counted(window_calls, "call")} within ${spanInFull(within)} failed.`;
}

function shown(number: number | null | undefined): string {
  return number == null ? "" : String(number);
}

function periodOf({ capPeriod, capUnit }: LimitsValues): number | null {
  const seconds = Math.round(decimal(capPeriod) * SECONDS[capUnit]);
  return seconds >= 1 && seconds <= MOST.period ? seconds : null;
}

function shareOf({ breakerShare }: LimitsValues): number | null {
  const share = decimal(breakerShare) / 100;
  return share > 0 && share <= 1 ? share : null;
}

function decimal(text: string): number {
  const plain = text.trim().replace(",", ".");
  return /^\d{1,9}(\.\d{1,6})?$/.test(plain) ? Number(plain) : Number.NaN;
}

function whole(text: string, most: number): number | null {
  const number = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= 1 && number <= most ? number : null;
}

/** Seconds as a person says them in a sentence: "7 days", "90 minutes". */
function spanInFull(seconds: number): string {
  if (seconds === 86_400) return "24 hours";
  if (seconds % 86_400 === 0) return counted(seconds / 86_400, "day");
  if (seconds % 3_600 === 0) return counted(seconds / 3_600, "hour");
  return seconds % 60 === 0 ? counted(seconds / 60, "minute") : counted(seconds, "second");
}
