/** What is done with many campaigns, in words. */

import type { Schemas } from "@/api/client";
import { count, counted } from "./amounts";

type Action = Schemas["BulkAction"];

export const BULK_WORD: Record<Action, string> = {
  start: "Start now",
  pause: "Pause",
  resume: "Resume",
  cancel: "Cancel",
  archive: "Archive",
  unarchive: "Take out of the archive",
  delete: "Delete",
};

const DONE: Record<Action, [string, string]> = {
  start: ["starts now", "start now"],
  pause: ["is paused", "are paused"],
  resume: ["goes on", "go on"],
  cancel: ["is cancelled", "are cancelled"],
  archive: ["is archived", "are archived"],
  unarchive: ["is on the list again", "are on the list again"],
  delete: ["is deleted", "are deleted"],
};

/** "Pause", or "Pause 2 of 5" where it means something for some of them only. */
export function bulkLabel(action: Action, fitting: number, all: number): string {
  return bulkPart(BULK_WORD[action], fitting, all);
}

/** The same for whatever is done with some of all. */
export function bulkPart(word: string, fitting: number, all: number): string {
  return fitting === all ? word : `${word} ${count(fitting)} of ${count(all)}`;
}

/** "3 campaigns are paused, 1 is not." */
export function bulkWords(action: Action, done: number, refused: number): string {
  const [one, many] = DONE[action];
  const said = `${counted(done, "campaign")} ${done === 1 ? one : many}`;
  if (refused === 0) return `${said}.`;
  if (done === 0)
    return `${counted(refused, "campaign was", "campaigns were")} left as ${refused === 1 ? "it was" : "they were"}.`;
  return `${said}, ${count(refused)} ${refused === 1 ? "is" : "are"} left as before.`;
}

/** The question before what cannot be undone, and what it means; null: it is not asked. `people`: who waits to be called. */
export function bulkQuestion(
  action: Action,
  campaigns: number,
  people: number,
): { title: string; text: string; yes: string; no: string } | null {
  const all = counted(campaigns, "campaign");
  const waiting = counted(people, "person", "people");
  switch (action) {
    case "start":
      return {
        title: `Start ${all} now?`,
        text: `${waiting} will be called now, whatever time was set.`,
        yes: "Start now",
        no: "Not now",
      };
    case "cancel":
      return {
        title: `Cancel ${all}?`,
        text: `${people > 0 ? `${waiting} not called yet will not be called. ` : ""}Calls that ring or are answered go on. It cannot be undone; a paused campaign can be resumed instead.`,
        yes: "Cancel for good",
        no: campaigns === 1 ? "Keep it" : "Keep them",
      };
    case "delete":
      return {
        title: `Delete ${all}?`,
        text: `${campaigns === 1 ? "It and its results disappear" : "They and their results disappear"}; one that is scheduled does not start. What calls cost stays in the wallet’s entries. It cannot be undone.`,
        yes: "Delete",
        no: campaigns === 1 ? "Keep it" : "Keep them",
      };
    default:
      return null;
  }
}
