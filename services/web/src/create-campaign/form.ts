/** What somebody fills in to create a campaign: its rules, and what the API is sent. */

import { z } from "zod";
import type { Schemas } from "@/api/client";
import type { ImportReading } from "@/api/queries";
import { usualCountry } from "@/words/countries";
import { usualLanguage, voiceFor } from "@/words/languages";
import { browserZone } from "@/words/moments";
import { NEVER, type Repeat, repeatProblems, ruleOf } from "@/words/repeat";
import { readWallTime, scheduleProblem } from "@/words/wall-time";
import { currentName } from "@/words/zone-names";

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
export type Draft = {
  name: string;
  message: string;
  language: string;
  voice: string;
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
    source: "typed",
    numbers: "",
    file: null,
    country: usualCountry(locales),
    callerId: "",
    concurrency: "10",
    attempts: "1",
    retryDelay: "30",
    when: "now",
    date: "",
    time: "",
    zone: currentName(browserZone()),
    repeat: NEVER,
  };
}

function whole(least: number, most: number) {
  return z.string().refine((text) => readWhole(text, least, most) !== null, {
    error: `A whole number from ${least} to ${most}.`,
  });
}

export const draftSchema = z
  .object({
    name: z
      .string()
      .trim()
      .min(1, "Give the campaign a name.")
      .max(MOST.name, `At most ${MOST.name} characters.`),
    message: z
      .string()
      .trim()
      .min(1, "Write what people will hear.")
      .max(MOST.message, `At most ${MOST.message} characters.`),
    language: z.string(),
    voice: z.string(),
    source: z.enum(["typed", "file"]),
    numbers: z.string(),
    file: z.custom<ChosenFile | null>(),
    country: z.string(),
    callerId: z.string(),
    concurrency: whole(1, MOST.concurrency),
    attempts: whole(1, MOST.attempts),
    retryDelay: whole(0, MOST.retryDelay),
    when: z.enum(["now", "later"]),
    date: z.string(),
    time: z.string(),
    zone: z.string().min(1, "Choose a time zone."),
    repeat: z.custom<Repeat>(),
  })
  .superRefine((draft, context) => {
    const report = (field: keyof Draft, message: string) =>
      context.addIssue({ code: "custom", path: [field], message });
    if (draft.source === "typed" && entriesOf(draft.numbers).length === 0)
      report("numbers", "Add at least one phone number.");
    if (draft.source === "file" && draft.file === null) report("file", "Upload a file of phone numbers.");
    if (draft.when === "later") {
      const problem = startProblem(draft, Date.now());
      if (problem) report(problem.field, problem.message);
      for (const { field, message } of repeatProblems(draft.repeat))
        context.addIssue({ code: "custom", path: ["repeat", field], message });
    }
  });

/** Where the account has no number of its own to show. */
export const draftSchemaWithCallerId = draftSchema.superRefine((draft, context) => {
  if (draft.callerId.trim() === "")
    context.addIssue({ code: "custom", path: ["callerId"], message: "Enter the number that people see." });
});

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
  return {
    name: draft.name.trim(),
    ...speechOf(draft, draft.message.trim()),
    ...callerOf(draft),
    ...peopleOf(draft),
    concurrency: readWhole(draft.concurrency, 1, MOST.concurrency) ?? 10,
    max_attempts: readWhole(draft.attempts, 1, MOST.attempts) ?? 1,
    retry_delay: 60 * (readWhole(draft.retryDelay, 0, MOST.retryDelay) ?? 30),
    ...(draft.when === "later"
      ? { is_scheduled: true, scheduled_time: `${draft.date}T${draft.time}`, timezone: draft.zone }
      : { is_scheduled: false }),
  };
}

/** What is sent to create a series; null: its rule is not complete. */
export function seriesBodyOf(draft: Draft): Schemas["SeriesCreate"] | null {
  const rule = ruleOf(draft.repeat, draft);
  if (rule === null) return null;
  const { is_scheduled: _, scheduled_time: __, timezone: ___, ...body } = bodyOf(draft);
  return { ...body, rule, skip_if_running: draft.repeat.skipIfRunning };
}

/** Stands for a caller ID that is not typed yet. Nothing is called by asking. */
const SOME_CALLER_ID = "+12025550100";

/** What the API is asked about a draft that is not complete: who is called is known before the message is, and the
 * message before the caller ID and the time. Null: nobody is listed yet. */
export function thoughtOf(draft: Draft, now: number): Schemas["CampaignPreflight"] | null {
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

/** What is asked to hear the message as the first people would. `sample` are those of the file. */
export function previewOf(
  draft: Draft,
  sample: readonly Schemas["ImportContact"][] | undefined,
): Schemas["CampaignPreflight"] | null {
  if (!isSayable(draft.message)) return null;
  const speech = { ...speechOf(draft, draft.message.trim()), default_country: draft.country };
  if (draft.source === "typed") {
    const numbers = entriesOf(draft.numbers).slice(0, PREVIEWED);
    return numbers.length > 0 ? { ...speech, phone_numbers: numbers } : null;
  }
  if (draft.file === null || sample === undefined || sample.length === 0) return null;
  const isWide = sample.some(({ fields }) => Object.keys(fields).length > MOST_FIELDS);
  return isWide ? { ...speech, ...peopleOf(draft) } : { ...speech, contacts: [...sample] };
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

function peopleOf(draft: Draft) {
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
