/** A series in the form, and what of it is sent when it is changed. */

import type { Schemas } from "@/api/client";
import { callingValuesOf } from "@/create-campaign/calling-values";
import { blankDraft, type Draft, seriesBodyOf } from "@/create-campaign/form";
import { type Repeat, repeatOf } from "@/words/repeat";
import type { Occurrence, Series } from "@/words/series";

/** What the form is filled with. `from`: the first time that is changed, where it is not all of them; `left`: how many there are
 * from it on, where the rule says how often. */
export function draftOf(series: Series, from: Pick<Occurrence, "wall"> | null, left: number | null): Draft {
  const { definition, rule } = series;
  const repeat = repeatOf(rule, series.skip_if_running);
  return {
    ...blankDraft(),
    name: series.name,
    message: definition.welcome_message,
    language: definition.language,
    voice: definition.voice,
    callerId: definition.caller_id,
    concurrency: String(definition.concurrency),
    attempts: String(definition.max_attempts),
    retryDelay: String(Math.round(definition.retry_delay / 60)),
    grace: definition.misfire_grace === null ? "always" : String(definition.misfire_grace),
    ...callingValuesOf({ ...definition, expires_at: null, timezone: rule.timezone }),
    when: "later",
    date: (from?.wall ?? rule.starts).slice(0, 10),
    time: rule.starts.slice(11, 16),
    zone: rule.timezone,
    repeat: left === null ? repeat : { ...repeat, times: String(left + exceptionsFrom(from, repeat)) },
  };
}

/** Days that are left out count for how often, too. */
function exceptionsFrom(from: Pick<Occurrence, "wall"> | null, repeat: Repeat): number {
  return repeat.except.filter((day) => from !== null && day >= from.wall.slice(0, 10)).length;
}

const LISTS = [
  "phone_numbers",
  "contacts",
  "import_id",
  "default_country",
  "phone_column",
  "columns",
] as const;

/** What is different of two fillings of the form; nothing of the list where it is kept. Null: the rule is not complete. */
export function changesOf(before: Draft, after: Draft, keepsList: boolean): Schemas["SeriesPatch"] | null {
  const [old, wanted] = [seriesBodyOf(before), seriesBodyOf(after)];
  if (wanted === null) return null;
  const { rule, ...fields } = wanted;
  const changes = different(old ?? {}, fields);
  for (const name of LISTS) {
    const value = fields[name as keyof typeof fields];
    if (keepsList) delete changes[name];
    else if (value !== undefined) changes[name] = value;
  }
  const ruleChanges = different(old?.rule ?? {}, rule);
  return { ...changes, ...(Object.keys(ruleChanges).length > 0 && { rule: ruleChanges }) };
}

/** The members of an object that are not as they were. */
function different(before: object, after: object): Record<string, unknown> {
  const was = new Map(Object.entries(before).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => was.get(name) !== JSON.stringify(value)),
  );
}

const LABELS: Record<string, string> = {
  name: "the name",
  definition: "the message or how it calls",
  rule: "the times",
  skip_if_running: "what happens while one still calls",
  contacts: "the people",
};

/** What of a series somebody else has changed: "the times and the people". */
export function changedWords(before: Series, after: Series): string {
  const names = Object.keys(LABELS).filter(
    (name) => JSON.stringify(before[name as keyof Series]) !== JSON.stringify(after[name as keyof Series]),
  );
  return new Intl.ListFormat("en").format(names.map((name) => LABELS[name] ?? name));
}
