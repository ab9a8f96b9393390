/** What an edit of a campaign would change and what it came to, in words. */

import type { Schemas } from "@/api/client";
import type { Draft } from "@/create-campaign/form";
import { count, counted } from "./amounts";
import { languageName, voiceName } from "./languages";
import { graceWords } from "./misfire";
import { cityOf } from "./moments";

type Patch = Schemas["CampaignEdit"];
type Edited = Schemas["CampaignEdited"];

/** The API's fields, as a person calls them. */
const WORDS: Record<string, string> = {
  welcome_message: "message",
  caller_id: "caller ID",
  concurrency: "calls at once",
  calls_per_second: "calls per second",
  max_attempts: "attempts",
  retry_delay: "wait between attempts",
  retry_delays: "waits between attempts",
  retry_backoff: "growing waits",
  answering_machine: "answering machines",
  misfire_grace: "what happens when its start is missed",
  is_scheduled: "time",
  scheduled_time: "time",
  timezone: "time",
  calling_window: "calling hours",
  expires_at: "end",
  contacts: "list",
};

/** The form's fields, where they are called something else. */
const FIELD_WORDS: Record<string, string> = {
  callerId: "caller ID",
  concurrency: "calls at once",
  retryDelay: "wait between attempts",
  retryAfter: "waits between attempts",
  backoff: "growing waits",
  answeringMachine: "answering machines",
  callsPerSecond: "calls per second",
  ownHours: "calling hours",
  when: "time",
  grace: "what happens when its start is missed",
  list: "list",
};

/** "the message, the time and the list". */
export function namesOf(fields: readonly string[], articles = true): string {
  const names = [
    ...new Set(fields.map((each) => WORDS[each] ?? FIELD_WORDS[each] ?? each.replaceAll("_", " "))),
  ];
  return listed(names.map((name) => (articles && !/^what /.test(name) ? `the ${name}` : name)));
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** What becomes of the people on the list. */
export function listWords(
  list: "keep" | "add" | "replace",
  { total, waiting }: { total: number; waiting: number },
): string {
  const called = total - waiting;
  switch (list) {
    case "keep":
      return waiting === total
        ? `${counted(total, "person is", "people are")} on the list.`
        : `${counted(total, "person is", "people are")} on the list, ${count(waiting)} of them still to be called.`;
    case "add":
      return `They come at the end of the list of ${count(total)}. Whoever is on it already stays as they are.`;
    case "replace":
      return called === 0
        ? `The new list takes the place of the ${counted(total, "person", "people")} on it.`
        : `The new list takes the place of those still to be called. Who was called, ${count(called)} of ${count(total)}, keeps their result.`;
  }
}

/** What a press of the button would do. Null: nothing is changed. `people`: how many could be called of those that are typed. */
export function patchWords(patch: Patch, people: number | undefined): string | null {
  const { contacts, ...fields } = patch;
  const names = Object.keys(fields);
  const said: string[] = [];
  if (names.length > 0) said.push(`changes ${namesOf(names)}`);
  const some = people === undefined ? "people" : counted(people, "person", "people");
  if (contacts?.add) said.push(`adds ${some} to the list`);
  if (contacts?.replace) said.push(`replaces the list${people === undefined ? "" : ` by ${some}`}`);
  if (said.length === 0) return null;
  const text = listed(said);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What came of an edit: each in a sentence. Empty: it was so before. */
export function editedWords({ changed, list_edited: list, duplicates }: Edited): string[] {
  const fields = changed.filter((each) => each !== "contacts");
  return [
    fields.length > 0 && `Changed: ${namesOf(fields, false)}.`,
    list.added > 0 && `${counted(list.added, "person was", "people were")} added.`,
    list.removed > 0 && `${counted(list.removed, "person was", "people were")} removed.`,
    list.skipped > 0 &&
      `${counted(list.skipped, "person", "people")} called before ${list.skipped === 1 ? "gets" : "get"} no other call.`,
    duplicates > 0 && `${counted(duplicates, "entry", "entries")} named a number that was there already.`,
  ].filter((each) => each !== false);
}

/** Whether there is more to say than that it is saved: entries left out, numbers kept, placeholders that somebody lacks. */
export function hasRemarks({ rejected, list_edited: { kept }, warnings }: Edited): boolean {
  return rejected.count > 0 || kept.count > 0 || warnings.length > 0;
}

/** What somebody else made of a field, to choose by. */
export function valueWords(theirs: Draft, name: keyof Draft): string {
  switch (name) {
    case "when":
      return theirs.when === "now"
        ? "when it is resumed"
        : `${theirs.date}, ${theirs.time} in ${cityOf(theirs.zone)}`;
    case "language":
      return `${languageName(theirs.language)}, ${voiceName(theirs.voice)}`;
    case "message":
    case "name":
      return `“${theirs[name]}”`;
    case "retryDelay":
      return `${theirs.retryDelay} min`;
    case "grace":
      return graceWords(theirs.grace);
    default:
      return String(theirs[name] ?? "");
  }
}
