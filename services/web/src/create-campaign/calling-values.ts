/** How a campaign calls, as it is filled in: again after whom, what machines hear, how fast, within which hours, until when. */

import { z } from "zod";
import type { Campaign, Schemas } from "@/api/client";
import { hoursSent, readHours, type Week, weekProblem, weekWords } from "@/words/calling-hours";
import { moment, type Place } from "@/words/moments";
import { RETRIED, type Retried, type RetryRules, retrySummary } from "@/words/retries";
import { readWallTime, scheduleProblem, wallTimeAt } from "@/words/wall-time";

export type AnsweringMachine = Campaign["answering_machine"];

/** After calls of one kind: as after the others, after minutes of its own, or no other call. */
export type RetryAfter = { kind: "usual" | "own" | "never"; minutes: string };

/** Hours that narrow the account's. */
export type OwnHours = { week: Week; holidays: string[] };

/** The fields as they are typed: a part of a draft. */
export type CallingValues = {
  retryAfter: Record<Retried, RetryAfter>;
  /** What each wait is multiplied by. */
  backoff: string;
  answeringMachine: AnsweringMachine;
  /** Empty: as fast as the account may. */
  callsPerSecond: string;
  /** Null: the account's alone. */
  ownHours: OwnHours | null;
  ends: "never" | "at";
  endDate: string;
  endTime: string;
};

/** What of the rest of a draft the rules above depend on. */
type Rest = {
  concurrency: string;
  attempts: string;
  retryDelay: string;
  when: "now" | "later";
  date: string;
  time: string;
  zone: string;
};

/** The API's limits: calls in a second, minutes. */
export const FASTEST = 10_000;
export const LONGEST_WAIT = 30 * 24 * 60;

const USUAL: RetryAfter = { kind: "usual", minutes: "" };

export function blankCalling(): CallingValues {
  return {
    retryAfter: { busy: USUAL, no_answer: USUAL, voicemail: USUAL, failed: USUAL },
    backoff: "1",
    answeringMachine: "treat_as_answered",
    callsPerSecond: "",
    ownHours: null,
    ends: "never",
    endDate: "",
    endTime: "",
  };
}

const retryAfter = z.object({ kind: z.enum(["usual", "own", "never"]), minutes: z.string() });

/** The part of a draft's schema. What depends on other fields is in `callingProblems`. */
export const callingShape = {
  retryAfter: z.object({
    busy: retryAfter,
    no_answer: retryAfter,
    voicemail: retryAfter,
    failed: retryAfter,
  }),
  backoff: z.string(),
  answeringMachine: z.enum(["treat_as_answered", "leave_message", "hang_up"]),
  callsPerSecond: z.string().refine((text) => text.trim() === "" || wholeIn(text, FASTEST) !== null, {
    error: `A whole number from 1 to ${FASTEST}, or nothing.`,
  }),
  ownHours: z.custom<OwnHours | null>(),
  ends: z.enum(["never", "at"]),
  endDate: z.string(),
  endTime: z.string(),
};

/** What is wrong with fields that depend on each other, each with its place in the draft. The end is for `endProblem`. */
export function callingProblems(
  draft: CallingValues & Rest,
): { path: (keyof CallingValues | Retried | "minutes")[]; message: string }[] {
  const found: ReturnType<typeof callingProblems> = [];
  if (wholeIn(draft.attempts, 1_000) !== 1)
    for (const ended of RETRIED) {
      const { kind, minutes } = draft.retryAfter[ended];
      if (kind === "own" && secondsOf(minutes) === null)
        found.push({
          path: ["retryAfter", ended, "minutes"],
          message: `Minutes, from 0 to ${LONGEST_WAIT}.`,
        });
    }
  const wrong = draft.ownHours && weekProblem(draft.ownHours.week);
  if (wrong) found.push({ path: ["ownHours"], message: wrong.message });
  return found;
}

/** What is wrong with the end; null: nothing, or there is none. */
export function endProblem(
  draft: CallingValues & Rest,
  now: number,
): { field: "date" | "time"; message: string } | null {
  if (draft.ends === "never") return null;
  const end = { date: draft.endDate, time: draft.endTime, zone: draft.zone };
  if (end.date === "" && end.time === "")
    return { field: "date", message: "Choose the date and the time at which it ends." };
  const wrong = scheduleProblem(end, now);
  if (wrong) return wrong;
  const start = draft.when === "later" ? instantOf(draft) : null;
  if (start !== null && (instantOf(end) ?? 0) <= start)
    return { field: "time", message: "It would end before it starts. Choose a later end." };
  return null;
}

/** The instant at which it ends (milliseconds); null: none, or none that can be. */
export function endOf(draft: CallingValues & Rest, now: number): number | null {
  if (draft.ends === "never" || endProblem(draft, now) !== null) return null;
  return instantOf({ date: draft.endDate, time: draft.endTime, zone: draft.zone });
}

/** What is sent of it. What is not complete yet is left as in a new campaign. */
export function callingBodyOf(draft: CallingValues & Rest, now: number = Date.now()) {
  const { ownHours } = draft;
  const window: Schemas["CallingWindow"] | null =
    ownHours === null || weekProblem(ownHours.week) !== null
      ? null
      : { hours: hoursSent(ownHours.week), holidays: ownHours.holidays };
  const hasEnd = endOf(draft, now) !== null;
  return {
    retry_delays: delaysOf(draft),
    retry_backoff: Number(draft.backoff),
    answering_machine: draft.answeringMachine,
    calls_per_second: wholeIn(draft.callsPerSecond, FASTEST),
    calling_window: window,
    expires_at: hasEnd ? `${draft.endDate}T${draft.endTime}` : null,
    ...(hasEnd && { timezone: draft.zone }),
  };
}

/** The fields of a campaign that is there. */
export function callingValuesOf(
  campaign: Pick<
    Campaign,
    | "retry_delay"
    | "retry_delays"
    | "retry_backoff"
    | "answering_machine"
    | "calls_per_second"
    | "calling_window"
    | "expires_at"
    | "timezone"
  >,
): CallingValues {
  const ends = campaign.expires_at === null ? null : Date.parse(campaign.expires_at);
  const end = ends === null ? { date: "", time: "" } : wallTimeAt(ends, campaign.timezone);
  const after = (ended: Retried): RetryAfter => {
    const delay = campaign.retry_delays[ended];
    if (delay === undefined || delay === campaign.retry_delay) return USUAL;
    return delay === null ? { kind: "never", minutes: "" } : { kind: "own", minutes: String(delay / 60) };
  };
  return {
    retryAfter: {
      busy: after("busy"),
      no_answer: after("no_answer"),
      voicemail: after("voicemail"),
      failed: after("failed"),
    },
    backoff: String(campaign.retry_backoff),
    answeringMachine: campaign.answering_machine,
    callsPerSecond: campaign.calls_per_second === null ? "" : String(campaign.calls_per_second),
    ownHours: campaign.calling_window && {
      week: readHours(campaign.calling_window.hours),
      holidays: [...(campaign.calling_window.holidays ?? [])],
    },
    ends: ends === null ? "never" : "at",
    endDate: end.date,
    endTime: end.time,
  };
}

/** The rules by which people are rung again, as far as they are typed. */
export function retryRulesOf(draft: CallingValues & Rest): RetryRules {
  return {
    attempts: wholeIn(draft.attempts, 1_000) ?? 1,
    delay: secondsOf(draft.retryDelay) ?? 0,
    delays: delaysOf(draft),
    backoff: Number(draft.backoff),
    hangsUp: draft.answeringMachine === "hang_up",
  };
}

const MACHINE_SUMMARY: Record<AnsweringMachine, string> = {
  treat_as_answered: "answering machines count as answered",
  leave_message: "leaves the message on machines",
  hang_up: "leaves no message on machines",
};

/** All of it in a line: "Rings up to 3 times, after 30 min; leaves no message on machines; only every day 10:00 to 18:00". */
export function callingSummary(draft: CallingValues & Rest, place: Place): string {
  const end = endOf(draft, place.now);
  return [
    retrySummary(retryRulesOf(draft)),
    MACHINE_SUMMARY[draft.answeringMachine],
    draft.ownHours ? `only ${weekWords(draft.ownHours.week, place)}` : "",
    end === null ? "" : `until ${moment(end, place, draft.zone)}`,
  ]
    .filter(Boolean)
    .join("; ");
}

/** None where all are alike; else all four, so that an edit, which is merged into what was, says each of them. */
function delaysOf({ retryAfter: after, retryDelay }: CallingValues & Rest): RetryRules["delays"] {
  if (RETRIED.every((ended) => after[ended].kind === "usual")) return {};
  const usual = secondsOf(retryDelay) ?? 0;
  const delay = ({ kind, minutes }: RetryAfter) =>
    kind === "never" ? null : kind === "own" ? (secondsOf(minutes) ?? usual) : usual;
  return Object.fromEntries(RETRIED.map((ended) => [ended, delay(after[ended])]));
}

function instantOf(wall: { date: string; time: string; zone: string }): number | null {
  const reading = readWallTime(wall);
  return "at" in reading ? reading.at : null;
}

/** Minutes as seconds; null: they are none. */
function secondsOf(minutes: string): number | null {
  const text = minutes.trim().replace(",", ".");
  const number = /^\d{1,6}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
  return number <= LONGEST_WAIT ? Math.round(60 * number) : null;
}

function wholeIn(text: string, most: number): number | null {
  const number = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= 1 && number <= most ? number : null;
}
