/** What the API says against a campaign, in words for whoever fills in the form, and at which of its fields. */

import { ApiProblem, type Schemas } from "@/api/client";

export type FormField =
  | "name"
  | "message"
  | "language"
  | "voice"
  | "numbers"
  | "file"
  | "country"
  | "callerId"
  | "concurrency"
  | "attempts"
  | "retryDelay"
  | "retryAfter"
  | "backoff"
  | "answeringMachine"
  | "callsPerSecond"
  | "ownHours"
  | "endTime"
  | "date"
  | "time"
  | "zone"
  | "grace";

/** `field` is null for what concerns the whole. */
export type Said = { field: FormField | null; message: string };

/** The API's fields: where they stand in the form, and what they are called there. */
const FIELDS: Record<string, { field: FormField; label: string }> = {
  name: { field: "name", label: "The name" },
  welcome_message: { field: "message", label: "The message" },
  language: { field: "language", label: "The language" },
  voice: { field: "voice", label: "The voice" },
  phone_numbers: { field: "numbers", label: "The phone numbers" },
  contacts: { field: "numbers", label: "The phone numbers" },
  import_id: { field: "file", label: "The file" },
  file: { field: "file", label: "The file" },
  phone: { field: "numbers", label: "The number" },
  phone_column: { field: "file", label: "The column of numbers" },
  columns: { field: "file", label: "The columns" },
  default_country: { field: "country", label: "The country" },
  caller_id: { field: "callerId", label: "The caller ID" },
  concurrency: { field: "concurrency", label: "The number of calls at once" },
  max_attempts: { field: "attempts", label: "The number of attempts" },
  retry_delay: { field: "retryDelay", label: "The wait between attempts" },
  retry_delays: { field: "retryAfter", label: "A wait between attempts" },
  retry_backoff: { field: "backoff", label: "What the waits are multiplied by" },
  answering_machine: { field: "answeringMachine", label: "What machines hear" },
  calls_per_second: { field: "callsPerSecond", label: "The number of new calls a second" },
  calling_window: { field: "ownHours", label: "The hours" },
  expires_at: { field: "endTime", label: "The end" },
  scheduled_time: { field: "time", label: "The time" },
  timezone: { field: "zone", label: "The time zone" },
  is_scheduled: { field: "time", label: "The time" },
  misfire_grace: { field: "grace", label: "How late it may start" },
  starts: { field: "time", label: "The time" },
};

/** Sentences for what the API words for programs. */
const SENTENCES: Record<string, Partial<Said> & { message: string }> = {
  scheduled_time_missing: { field: "date", message: "Choose the date and the time at which it starts." },
  scheduled_time_in_past: { message: "That moment has passed. Choose a later one." },
  scheduled_time_too_far: {
    field: "date",
    message: "That is more than ten years ahead. Choose an earlier date.",
  },
  invalid_scheduled_time: { field: "date", message: "This is not a date and a time. Choose them again." },
  invalid_timezone: { message: "This time zone is not known here. Choose another." },
  invalid_country: { message: "This country is not known here. Choose another." },
  invalid_caller_id: { message: "This is not a telephone number. Write it with its + and country code." },
  unknown_column: { message: "The file has no such column. Choose the columns again." },
};

/** What is wrong, for each field that is; a problem that is about no field is said for the whole. */
export function problemsSaid(reason: unknown): Said[] {
  if (!(reason instanceof ApiProblem))
    return [
      { field: null, message: "Something went wrong on this page. Try again; nothing you typed is lost." },
    ];
  if (reason.fields.length > 0) return reason.fields.map(fieldSaid);
  switch (reason.code) {
    case "insufficient_funds":
      return [{ field: null, message: "The wallet has too little for it. Top it up first." }];
    case "unauthorised":
      return [{ field: null, message: "Your session had ended. Sign in, then press the button again." }];
    case "not_found":
      return [{ field: "file", message: "The file is not kept any more: upload it again." }];
    case "request_in_flight":
      return [{ field: null, message: "Your first attempt is still under way. Try again in a moment." }];
    default:
      return [{ field: null, message: reason.message }];
  }
}

/** The same for a change of a campaign that there is. `hasFile`: it takes people from a file. */
export function changeProblemsSaid(reason: unknown, hasFile = false): Said[] {
  const isGone = reason instanceof ApiProblem && reason.status === 404 && !hasFile;
  return isGone ? [{ field: null, message: "Somebody has deleted this campaign." }] : problemsSaid(reason);
}

function fieldSaid({ pointer, code, detail: text }: Schemas["FieldError"]): Said {
  const [, first = "", way = "", entry] = pointer.replace(/^\/rule\//, "/").split("/");
  const isOfEdit = first === "contacts" && (way === "add" || way === "replace");
  const name = isOfEdit ? (entry ?? "contacts") : first;
  const detail = isOfEdit ? text.replace(/^contacts[./](add|replace)[./]/, "") : text;
  const known = FIELDS[name];
  const sentence = SENTENCES[code];
  if (sentence) return { field: sentence.field ?? known?.field ?? null, message: sentence.message };
  if (known === undefined) return { field: null, message: detail };
  return { field: known.field, message: inWords(detail, name, known.label) };
}

/** The API's sentence with the label in place of its own name for the field. */
function inWords(detail: string, name: string, label: string): string {
  const starts = detail.startsWith(`${name} `) || detail.startsWith(`${name}[`);
  if (!starts) return detail.replace(" Send numbers such as", " Write numbers such as");
  const rest = detail.slice(name.length).replace(/^\[[^\]]*\](\.\w+)?/, "");
  return `${label}${rest}`;
}
