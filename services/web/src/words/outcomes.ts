/** What calls and contacts are called on a page. */

import type { Call, CallStatus, Schemas } from "@/api/client";
import type { ContactStatus, Disposition } from "@/api/queries";
import { moment, type Place } from "./moments";
import type { Tone } from "./status";

export const CALL_WORD: Record<CallStatus | Disposition, string> = {
  dialling: "Dialling",
  queued: "Queued",
  ringing: "Ringing",
  in_progress: "Speaking",
  completed: "Answered",
  voicemail: "Answering machine",
  busy: "Busy",
  no_answer: "No answer",
  failed: "Failed",
  cancelled: "Cancelled",
  not_placed: "Not placed",
  unknown: "Unknown",
};

export const CALL_TONE: Record<CallStatus | Disposition, Tone> = {
  dialling: "blue",
  queued: "blue",
  ringing: "blue",
  in_progress: "blue",
  completed: "green",
  voicemail: "purple",
  busy: "yellow",
  no_answer: "orange",
  failed: "red",
  cancelled: "grey",
  not_placed: "grey",
  unknown: "purple",
};

/** How a call that came to its end may have ended, as one filters by it. */
export const DISPOSITIONS: readonly Disposition[] = [
  "completed",
  "busy",
  "no_answer",
  "failed",
  "voicemail",
  "cancelled",
  "not_placed",
  "unknown",
];

/** Whether a call goes on. */
export function isLive(call: Call): boolean {
  return (
    call.status === "dialling" ||
    call.status === "queued" ||
    call.status === "ringing" ||
    call.status === "in_progress"
  );
}

export const CONTACT_WORD: Record<ContactStatus, string> = {
  waiting: "Waiting",
  calling: "On the line",
  reached: "Reached",
  unreached: "Not reached",
  skipped: "Skipped",
  expired: "Expired",
  unknown: "Unknown",
};

export const CONTACT_TONE: Record<ContactStatus, Tone> = {
  waiting: "yellow",
  calling: "blue",
  reached: "green",
  unreached: "orange",
  skipped: "grey",
  expired: "grey",
  unknown: "purple",
};

export const CONTACT_STATUSES = Object.keys(CONTACT_WORD) as ContactStatus[];

type Report = Schemas["CallReport"];

/** Who said it. */
export const SOURCE_WORD: Record<Report["source"], string> = {
  callback: "Told by the carrier",
  poll: "The carrier, when asked",
  response: "The carrier's answer to our request",
  reconciler: "Our own conclusion",
};

/** What came of a report, where it did not simply move the call on. */
export const EFFECT_WORD: Record<Report["effect"], string | null> = {
  move: null,
  stale: "Late: the call was further already.",
  contradiction: "It had ended otherwise: the call keeps its status, and the ledger was corrected.",
};

/** Who or what answered, where the carrier looked. */
export function answererOf(answeredBy: string): string {
  if (answeredBy === "human") return "A person";
  if (answeredBy.startsWith("machine")) return "An answering machine";
  if (answeredBy === "fax") return "A fax";
  return answeredBy;
}

const REASON: Record<string, string> = {
  do_not_call: "On the do-not-call list",
  frequency_cap: "Called often enough",
  number_busy: "On another call of yours at that moment",
  reached_before: "The carrier reported in time that an earlier call had reached them",
  removed: "Taken off the list",
};

/** Why somebody waits, was skipped or not reached: "do_not_call" as a person says it. */
export function reasonWord(reason: string): string {
  const known = REASON[reason];
  if (known !== undefined) return known;
  const words = /^[a-z_]+$/.test(reason) ? reason.replaceAll("_", " ") : reason;
  return (words[0] ?? "").toUpperCase() + words.slice(1);
}

/** What there is to say about somebody on a list: why they wait or were left out, and from when they may be called. */
export function contactNote(
  { reason, status, attempts, next_attempt_at: next }: Schemas["Contact"],
  place: Place,
): string {
  const said = reason === null ? "" : reasonWord(reason);
  const isToCome = status === "waiting" && next !== null && Date.parse(next) > place.now;
  if (!isToCome || /: opens /.test(said)) return said;
  if (reason === "frequency_cap") return `${said}; may be called again from ${moment(next, place)}`;
  if (attempts === 0) return said;
  return said === "" ? `Again ${moment(next, place)}` : `${said}, again ${moment(next, place)}`;
}
