/** What calls and contacts are called on a page. */

import type { Call, CallStatus } from "@/api/client";
import type { Disposition } from "@/api/queries";
import type { Tone } from "./status";

export const CALL_WORD: Record<CallStatus, string> = {
  dialling: "Dialling",
  queued: "Queued",
  ringing: "Ringing",
  in_progress: "Speaking",
  completed: "Answered",
  busy: "Busy",
  no_answer: "No answer",
  failed: "Failed",
  cancelled: "Cancelled",
  not_placed: "Not placed",
  unknown: "Unknown",
};

export const CALL_TONE: Record<CallStatus, Tone> = {
  dialling: "blue",
  queued: "blue",
  ringing: "blue",
  in_progress: "blue",
  completed: "green",
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
