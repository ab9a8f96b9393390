/** What somebody fills in to create or edit a campaign: its rules, and what the API is sent. */

import { z } from "zod";
import type { Schemas } from "@/api/client";
import type { ImportReading } from "@/api/queries";
import { usualCountry } from "@/words/countries";
import { usualLanguage, voiceFor } from "@/words/languages";
import { browserZone } from "@/words/moments";
import { NEVER, type Repeat, repeatProblems, ruleOf } from "@/words/repeat";
import { readWallTime, scheduleProblem } from "@/words/wall-time";
import { currentName } from "@/words/zone-names";
import {
  blankCalling,
  type CallingValues,
  callingBodyOf,
  callingProblems,
  callingShape,
  endProblem,
} from "./calling-values";

// No code is made of schemas: the page's policy forbids it, and a browser reports the mere attempt.
z.config({ jitless: true });

/** A file that was uploaded, and how its columns are to be read where somebody said so. */
export type ChosenFile = {
  id: string;
  filename: string;
  size: number;
  phoneColumn: string | null;
  columns: Record<string, string | null>;
};

/** The fields as they are typed. */
export type Draft = CallingValues & {
  name: string;
  message: string;
  language: string;
  voice: string;
  /** What becomes of the list that there is; a new campaign's is always replaced: it has none. */
  list: "keep" | "add" | "replace";
  source: "typed" | "file";
  numbers: string;
  file: ChosenFile | null;
  country: string;
  /** The number that people see; empty: the account's own. */
  callerId: string;
  concurrency: string;
  attempts: string;
  /** Minutes. */
  retryDelay: string;
  when: "now" | "later";
  date: string;
  time: string;
  zone: string;
  /** Seconds by which it may start late when nothing ran at its time; "always": however late. */
  grace: string;
  /** Of a campaign that is scheduled. */
  repeat: Repeat;
};

/** The API's limits. */
export const MOST = { name: 200, message: 3000, concurrency: 10_000, attempts: 20, retryDelay: 30 * 24 * 60 };

export function blankDraft(locales: readonly string[] = navigator.languages): Draft {
  const language = usualLanguage(locales);
  return {
    name: "",
    message: "",
    language,
    voice: voiceFor(language, "alice"),
    list: "replace",
    source: "typed",
    numbers: "",
    file: null,
    country: usualCountry(locales),
    callerId: "",
    concurrency: "10",
    attempts: "1",
    retryDelay: "30",
    ...blankCalling(),
    when: "now",
    date: "",
    time: "",
    zone: currentName(browserZone()),
    grace: "3600",
    repeat: NEVER,
  };
}

function whole(least: number, most: number) {
  return z.string().refine((text) => readWhole(text, least, most) !== null, {
    error: `A whole number from ${least} to ${most}.`,
  });
}

const name = z
  .string()
  .trim()
  .min(1, "Give the campaign a name.")
  .max(MOST.name, `At most ${MOST.name} characters.`);

const start = {
  when: z.enum(["now", "later"]),
  date: z.string(),
  time: z.string(),
  zone: z.string().min(1, "Choose a time zone."),
};

/** The rules of all fields but one: a time that stays as it was may have passed. */
const unboundSchema = z
  .object({
    name,
    message: z
      .string()
      .trim()
      .min(1, "Write what people will hear.")
      .max(MOST.message, `At most ${MOST.message} characters.`),
    language: z.string(),
    voice: z.string(),
    list: z.enum(["keep", "add", "replace"]),
    source: z.enum(["typed", "file"]),
    numbers: z.string(),
    file: z.custom<ChosenFile | null>(),
    country: z.string(),
    callerId: z.string(),
    concurrency: whole(1, MOST.concurrency),
    attempts: whole(1, MOST.attempts),
    retryDelay: whole(0, MOST.retryDelay),
    ...callingShape,
    ...start,
    grace: z.string(),
    repeat: z.custom<Repeat>(),
  })
  .superRefine((draft, context) => {
    const report = (field: keyof Draft, message: string) =>
      context.addIssue({ code: "custom", path: [field], message });
    if (draft.list === "keep") return;
    if (draft.source === "typed" && entriesOf(draft.numbers).length === 0)
      report("numbers", "Add at least one phone number.");
    if (draft.source === "file" && draft.file === null) report("file", "Upload a file of phone numbers.");
    for (const { path, message } of callingProblems(draft))
      context.addIssue({ code: "custom", path, message });
    if (draft.when === "later")
      for (const { field, message } of repeatProblems(draft.repeat))
        context.addIssue({ code: "custom", path: ["repeat", field], message });
  });

export const draftSchema = unboundSchema.superRefine(requireTime).superRefine(requireEnd);

/** Where the account has no number of its own to show. */
export const draftSchemaWithCallerId = draftSchema.superRefine(requireCallerId);

/** The rules for an edit of a campaign: its time and its end have to be to come only where they are changed. */
export function editSchema(before: Draft, hasNoCallerId: boolean) {
  const timed = unboundSchema.superRefine((draft, context) => {
    if (!isSameStart(draft, before)) requireTime(draft, context);
    if (!isSameEnd(draft, before)) requireEnd(draft, context);
  });
  return hasNoCallerId ? timed.superRefine(requireCallerId) : timed;
}

/** The rules for what is new of a duplicate. */
export const startSchema = z.object({ name, ...start }).superRefine(requireTime);

/** The fields of a start, and a name. */
export type StartDraft = z.infer<typeof startSchema>;

type Start = Pick<Draft, "when" | "date" | "time" | "zone">;

function requireTime(draft: Start & { repeat?: Repeat }, context: z.RefinementCtx): void {
  const problem = draft.when === "later" ? startProblem({ repeat: NEVER, ...draft }, Date.now()) : null;
  if (problem) context.addIssue({ code: "custom", path: [problem.field], message: problem.message });
}

function requireEnd(draft: Draft, context: z.RefinementCtx): void {
  const problem = isRepeated(draft) ? null : endProblem(draft, Date.now());
  const path = problem?.field === "date" ? "endDate" : "endTime";
  if (problem) context.addIssue({ code: "custom", path: [path], message: problem.message });
}

function isSameEnd(one: Draft, other: Draft): boolean {
  const names = ["ends", "endDate", "endTime", "zone"] as const;
  return isSameStart(one, other) && names.every((name) => one[name] === other[name]);
}

function requireCallerId(draft: Pick<Draft, "callerId">, context: z.RefinementCtx): void {
  if (draft.callerId.trim() === "")
    context.addIssue({ code: "custom", path: ["callerId"], message: "Enter the number that people see." });
}

/** Whether two drafts start at the same time: a date that is typed beside "now" is not meant. */
export function isSameStart(one: Start, other: Start): boolean {
  return JSON.stringify(startOf(one)) === JSON.stringify(startOf(other));
}

/** Whether it is to be a series of campaigns. */
export function isRepeated(draft: Pick<Draft, "when" | "repeat">): boolean {
  return draft.when === "later" && draft.repeat.kind !== "never";
}

/** What is wrong with the time at which it starts. That from which a repetition counts may have passed, or be skipped by clocks. */
export function startProblem(draft: Pick<Draft, "when" | "repeat" | "date" | "time" | "zone">, now: number) {
  if (!isRepeated(draft) || draft.date === "" || draft.time === "") return scheduleProblem(draft, now);
  const isRead = readWallTime(draft).kind !== "incomplete" || draft.zone === "";
  return isRead ? null : scheduleProblem(draft, now);
}

/** The entries of a typed list, separated as the API separates them. */
export function entriesOf(numbers: string): string[] {
  return numbers
    .split(/[,;\r\n]+/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** How a file is read. */
export function readingOf(file: ChosenFile, country: string): ImportReading {
  return {
    id: file.id,
    phone_column: file.phoneColumn ?? undefined,
    columns: file.columns,
    default_country: country,
  };
}

/** What is sent to create the campaign. */
export function bodyOf(draft: Draft): Schemas["CampaignCreate"] {
  return { ...settingsOf(draft), ...startOf(draft), ...peopleOf(draft) };
}

/** What a campaign is, whomever it calls and whenever. An edit sends what is another here, so everything that is set in the form has
 * to be among it, and must not depend on what else is. */
export function settingsOf(draft: Draft) {
  return {
    name: draft.name.trim(),
    ...speechOf(draft, draft.message.trim()),
    ...callerOf(draft),
    concurrency: readWhole(draft.concurrency, 1, MOST.concurrency) ?? 10,
    max_attempts: readWhole(draft.attempts, 1, MOST.attempts) ?? 1,
    retry_delay: 60 * (readWhole(draft.retryDelay, 0, MOST.retryDelay) ?? 30),
    ...callingBodyOf(draft),
    misfire_grace: draft.grace === "always" ? null : Number(draft.grace),
  };
}

/** When it starts. */
export function startOf({ when, date, time, zone }: Start) {
  return when === "later"
    ? { is_scheduled: true, scheduled_time: `${date}T${time}`, timezone: zone }
    : { is_scheduled: false };
}

/** What is sent to create a series; null: its rule is not complete. A series ends by its rule, not at an instant. */
export function seriesBodyOf(draft: Draft): Schemas["SeriesCreate"] | null {
  const rule = ruleOf(draft.repeat, draft);
  if (rule === null) return null;
  const { is_scheduled: _, scheduled_time: __, timezone: ___, expires_at: ____, ...body } = bodyOf(draft);
  return { ...body, rule, skip_if_running: draft.repeat.skipIfRunning };
}

/** Stands for a caller ID that is not typed yet. Nothing is called by asking. */
const SOME_CALLER_ID = "+12025550100";

/** What the API is asked about a draft that is not complete: who is called is known before the message is, and the
 * message before the caller ID and the time. Null: nobody is listed yet. */
export function thoughtOf(draft: Draft, now: number): Schemas["CampaignPreflight"] | null {
  if (draft.list === "keep") return null;
  if (draft.source === "typed" ? entriesOf(draft.numbers).length === 0 : draft.file === null) return null;
  const hasTime = draft.when === "later" && scheduleProblem(draft, now) === null;
  const { name: _, ...body } = bodyOf({ ...draft, when: hasTime ? "later" : "now" });
  const message = isSayable(draft.message) ? body.welcome_message : "Hello.";
  return { ...body, welcome_message: message, caller_id: SOME_CALLER_ID };
}

/** Typed numbers that are looked at for the preview, which shows ten people. */
const PREVIEWED = 40;
/** Fields that a contact of a request may have. */
export const MOST_FIELDS = 50;

/** What is asked to hear the message as the first people would. `sample` are those of the file, or of the list that there is. */
export function previewOf(
  draft: Draft,
  sample: readonly Schemas["ImportContact"][] | undefined,
): Schemas["CampaignPreflight"] | null {
  if (!isSayable(draft.message)) return null;
  const speech = { ...speechOf(draft, draft.message.trim()), default_country: draft.country };
  if (draft.list === "keep")
    return sample && sample.length > 0 ? { ...speech, contacts: sample.map(narrow) } : null;
  if (draft.source === "typed") {
    const numbers = entriesOf(draft.numbers).slice(0, PREVIEWED);
    return numbers.length > 0 ? { ...speech, phone_numbers: numbers } : null;
  }
  if (draft.file === null || sample === undefined || sample.length === 0) return null;
  const isWide = sample.some(({ fields }) => Object.keys(fields).length > MOST_FIELDS);
  return isWide ? { ...speech, ...peopleOf(draft) } : { ...speech, contacts: [...sample] };
}

/** Somebody with no more fields than a request may have. */
function narrow(contact: Schemas["ImportContact"]): Schemas["ImportContact"] {
  return { ...contact, fields: Object.fromEntries(Object.entries(contact.fields).slice(0, MOST_FIELDS)) };
}

/** Whether a message has words, and no half placeholder: what is being typed is not asked about. */
export function isSayable(message: string): boolean {
  const words = message.replaceAll(/\{\{[^{}]*\}\}/g, " ");
  const hasWords = words.trim() !== "" || /\{\{[^{}|]+\|[^{}]*\S[^{}]*\}\}/.test(message);
  return hasWords && !/\{\{|\}\}/.test(words) && message.trim().length <= MOST.message;
}

export function speechOf(draft: Draft, message: string) {
  return { welcome_message: message, language: draft.language, voice: draft.voice };
}

/** The caller ID, where one is typed. */
export function callerOf(draft: Draft): { caller_id?: string } {
  const number = draft.callerId.trim();
  return number === "" ? {} : { caller_id: number };
}

export function peopleOf(draft: Draft) {
  if (draft.source === "typed" || draft.file === null)
    return { phone_numbers: draft.numbers, default_country: draft.country };
  const { id, phoneColumn, columns } = draft.file;
  return {
    import_id: id,
    default_country: draft.country,
    ...(phoneColumn !== null && { phone_column: phoneColumn }),
    ...(Object.keys(columns).length > 0 && { columns }),
  };
}

function readWhole(text: string, least: number, most: number): number | null {
  const number = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : null;
}
