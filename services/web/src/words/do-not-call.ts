/** Why a number is never called, and what became of numbers that were added, in words. */

import type { Schemas } from "@/api/client";
import { counted } from "./amounts";
import type { Tone } from "./status";

type Entry = Schemas["DoNotCallEntry"];

/** Characters of a number that is searched for. */
const LONGEST = 64;

export const REASON_WORD: Record<Entry["reason"], string> = {
  key_press: "Pressed 9",
  asked: "Added",
  imported: "From a file",
};

export const REASON_TONE: Record<Entry["reason"], Tone> = {
  key_press: "orange",
  asked: "grey",
  imported: "blue",
};

/** What of a number is searched for, or null where it is none: the API takes the first digits of a number, as it is dialled abroad
 * or at home. While only a sign of that is typed, nothing is searched for. */
export function sought(typed: string): string | null {
  const number = typed.replaceAll(/[\s()./-]/g, "");
  if (/^(\+|00)?$/.test(number)) return "";
  return /^(\+|00)?\p{Nd}{1,15}$/u.test(number) && typed.length <= LONGEST ? typed.trim() : null;
}

/** What an entry says beside its reason where its call cannot be looked at. */
export function remark(entry: Entry): string {
  if (entry.note !== null) return entry.note;
  return entry.call_id === null || entry.campaign_name !== null
    ? ""
    : "In a test call, or in a campaign that was deleted";
}

/** What became of numbers that were added: a headline, and what else there is to know. */
export function addedWords(result: Schemas["DoNotCallBatchResult"]): { title: string; details: string } {
  const { added, already_listed: listed, rejected } = result;
  const title =
    added === 0
      ? "Nothing was new: the list has them all"
      : `${counted(added, "number is", "numbers are")} not called any more`;
  const details = [
    added > 0 && listed > 0 && `${counted(listed, "was", "were")} on the list already.`,
    rejected.count > 0 && `${counted(rejected.count, "entry was", "entries were")} left out.`,
  ];
  return { title, details: details.filter(Boolean).join(" ") };
}
