/** Calls of which nobody knows what became: what is known of each, and what somebody may decide, as a person says it. */

import type { Schemas } from "@/api/client";
import { count, counted, money } from "./amounts";
import { clockTime, type Place, span } from "./moments";
import { CALL_WORD } from "./outcomes";

type UnknownCall = Schemas["UnknownCall"];
type Look = Schemas["CarrierLook"];

export type Decision = Schemas["Decision"];

export const DECISION_WORD: Record<Decision, string> = { redial: "Redialled", give_up: "Given up" };

/** "3 calls need a decision". */
export function needDecision(calls: number): string {
  return calls === 1 ? "1 call needs a decision" : `${count(calls)} calls need a decision`;
}

/** The question before a decision, and what it means. `held`: what the calls have set aside, in this currency. */
export function decisionQuestion(
  decision: Decision,
  calls: number,
  held: string,
): { title: string; text: string; consequence: string; yes: string; no: string } {
  const people = counted(calls, "person", "people");
  const one = calls === 1;
  const freed = `The ${held} set aside for the ${one ? "call is" : "calls are"} free again; should the carrier report on ${one ? "it" : "one"} after all, it is charged then.`;
  if (decision === "redial")
    return {
      title: `Redial ${people}?`,
      text: `${one ? "This person" : "They"} may have been rung already: the carrier cannot say.`,
      consequence: `A new campaign, linked to ${one ? "the call’s own" : "each campaign that the calls are of"}, calls ${one ? "them" : "these people"} now, by the same rules. ${freed}`,
      yes: "Redial",
      no: "Decide later",
    };
  return {
    title: `Give up ${counted(calls, "call")}?`,
    text: `Nobody calls ${one ? "this person" : "these people"} again for ${one ? "its campaign" : "these campaigns"}.`,
    consequence: freed,
    yes: "Give up",
    no: "Decide later",
  };
}

/** What came of it: "2 people are called again, 1 call was left as it was." */
export function decidedWords(decision: Decision, decided: number, refused: number): string {
  const one = decided === 1;
  const done =
    decision === "redial"
      ? `${counted(decided, "person", "people")} ${one ? "is" : "are"} called again`
      : `${counted(decided, "call")} given up`;
  if (refused === 0) return `${done}.`;
  const left = `${counted(refused, "call was", "calls were")} left as ${refused === 1 ? "it was" : "they were"}`;
  return decided === 0 ? `${left}.` : `${done}, ${left}.`;
}

/** What the calls have set aside together; they are all of one account, and so of one currency. */
export function heldBy(calls: readonly Pick<UnknownCall, "hold" | "currency">[]): string {
  const places = 1_000_000; // the API's six decimals, so that nothing is lost in adding up
  const sum = calls.reduce((all, { hold }) => all + Math.round(Number(hold) * places), 0);
  return money((sum / places).toFixed(6), calls[0]?.currency ?? "USD");
}

/** What came of our request to the carrier. */
export function requestWords({ request, carrier_call_id: id }: Schemas["UnknownCallDetail"]): string {
  if (id !== null) return "The carrier took it, and gave the call a name.";
  if (request.ended_at === null) return "Whatever sent it was cut off before an answer came.";
  if (request.result === null) return "The answer did not say whether the call was placed.";
  return `It cannot be said whether the call was placed: ${request.result}.`;
}

/** What was found when the call was looked for. */
export function lookWords({ asked, result, calls }: Look): string {
  if (result === "carrier_unavailable") return "The carrier did not answer";
  if (asked === "nothing") return "Not looked for: it was placed with another carrier";
  if (asked === "call") return "The carrier does not know the call any more";
  const free = calls?.filter(({ taken }) => !taken).length ?? 0;
  if (free === 0) return "The carrier lists no such call";
  if (free === 1) return "The carrier lists a call that may be this one";
  return `The carrier lists ${count(free)} calls that could be this one`;
}

/** What more there is to say about a look, a line each. */
export function lookNotes(look: Look, place: Place): string[] {
  const twins = look.other_calls_in_doubt ?? 0;
  return [
    ...(look.error === null ? [] : [look.error]),
    ...(look.calls ?? []).map((call) => {
      const talked = call.duration === null ? "" : `, ${span(call.duration)}`;
      const other = call.taken ? ": another call of yours" : "";
      return `${CALL_WORD[call.status]}${talked}, created ${clockTime(call.created_at, place)}${other}`;
    }),
    ...(twins > 0
      ? [`${counted(twins, "other call", "other calls")} of yours to this number in doubt as well`]
      : []),
    ...(look.times > 1 ? [`Seen ${count(look.times)} times until ${clockTime(look.last_at, place)}`] : []),
    ...(look.result === "unknown" ? ["By then the call was over in any case, so the search ended."] : []),
  ];
}

/** What came of a decision, beyond itself. */
export function aftermath({ status, decision }: UnknownCall): string | null {
  const said =
    status === "unknown" ? null : `The carrier reported since: ${CALL_WORD[status].toLowerCase()}.`;
  if (decision?.decision === "give_up") return said ?? "Nobody calls them again.";
  switch (decision?.contact_status) {
    case "skipped":
      return status === "completed"
        ? "The first call had reached them, so they are not called again."
        : (said ?? "Left out when called again.");
    case "reached":
      return said === null ? "Reached when called again." : `${said} Reached again, too.`;
    case "unreached":
      return said ?? "Not reached when called again.";
    case "waiting":
    case "calling":
      return said ?? "Being called again.";
    case "unknown":
      return said ?? "The second call is unresolved, too.";
    case "expired":
      return said ?? "Not called again in time.";
    default:
      return said;
  }
}
