/** A campaign in the form: what it is filled in with, what of it was changed, and what becomes of that when somebody else was
 * quicker. */

import type { Campaign, Schemas } from "@/api/client";
import { callingValuesOf } from "@/create-campaign/calling-values";
import { type Draft, isSameStart, peopleOf, settingsOf, startOf } from "@/create-campaign/form";
import { usualCountry } from "@/words/countries";
import { NEVER } from "@/words/repeat";
import { wallTimeAt } from "@/words/wall-time";

/** The form for a campaign as it is. A time that has passed is none any more: it starts when it is resumed. */
export function draftOf(campaign: Campaign, now: number = Date.now()): Draft {
  const at = campaign.scheduled_time === null ? Number.NaN : Date.parse(campaign.scheduled_time);
  const isToCome = campaign.started_at === null && at > now;
  return {
    name: campaign.name,
    message: campaign.welcome_message,
    language: campaign.language,
    voice: campaign.voice,
    list: "keep",
    source: "typed",
    numbers: "",
    file: null,
    country: usualCountry(navigator.languages),
    callerId: campaign.caller_id,
    concurrency: String(campaign.concurrency),
    attempts: String(campaign.max_attempts),
    retryDelay: String(Math.round(campaign.retry_delay / 60)),
    when: isToCome ? "later" : "now",
    ...(isToCome ? wallTimeAt(at, campaign.timezone) : { date: "", time: "" }),
    zone: campaign.timezone,
    grace: campaign.misfire_grace === null ? "always" : String(campaign.misfire_grace),
    ...callingValuesOf(campaign),
    repeat: NEVER,
  };
}

/** What is sent: what is another than it was, and what becomes of the list. What the form cannot show, such as the seconds of a
 * time, stays as it is until somebody changes what it is part of. */
export function patchOf(before: Draft, draft: Draft): Schemas["CampaignEdit"] {
  const was: Record<string, unknown> = settingsOf(before);
  const wanted: Record<string, unknown> = settingsOf(draft);
  const names = [...new Set([...Object.keys(was), ...Object.keys(wanted)])].filter(
    (name) => name !== "timezone" && name !== "expires_at",
  );
  const changed = names.filter((name) => !isSame(was[name], wanted[name]));
  return {
    ...Object.fromEntries(changed.map((name) => [name, sent(wanted[name])])),
    ...(!isSame(endOf(before), endOf(draft)) && endOf(draft)),
    ...(!isSameStart(before, draft) && { scheduled_time: null, ...startOf(draft) }),
    ...(draft.list !== "keep" && { contacts: { [draft.list]: peopleOf(draft) } }),
  };
}

/** What is there no more is null, and so is an object without anything in it: in a merge patch that would change nothing. */
function sent(value: unknown): unknown {
  return isSame(value ?? {}, {}) ? null : value;
}

/** When it ends, as wall time of a zone: in another zone the same time is another end. */
function endOf({
  ends,
  endDate,
  endTime,
  zone,
}: Draft): Pick<Schemas["CampaignEdit"], "expires_at" | "timezone"> {
  return ends === "at" ? { expires_at: `${endDate}T${endTime}`, timezone: zone } : { expires_at: null };
}

/** Whether anything would be changed. */
export function isChanged(before: Draft, draft: Draft): boolean {
  return Object.keys(patchOf(before, draft)).length > 0;
}

/** Fields that say one thing together. */
const TOGETHER: readonly (readonly (keyof Draft)[])[] = [
  ["when", "date", "time", "zone", "ends", "endDate", "endTime"],
  ["language", "voice"],
  ["list", "source", "numbers", "file", "country"],
];

/** What somebody typed for one state of a campaign, for the state that it has meanwhile. */
export type Rebased = {
  draft: Draft;
  /** What others changed, and nobody here: it is as they want it. */
  taken: (keyof Draft)[];
  /** What both changed: it is as it was typed here. */
  contested: (keyof Draft)[];
};

export function rebased(before: Draft, newer: Draft, typed: Draft): Rebased {
  const result: Rebased = { draft: { ...typed }, taken: [], contested: [] };
  const seen = new Set<keyof Draft>();
  for (const name of Object.keys(newer) as (keyof Draft)[]) {
    if (seen.has(name)) continue;
    const group = TOGETHER.find((names) => names.includes(name)) ?? [name];
    for (const each of group) seen.add(each);
    const differ = (one: Draft, other: Draft) => group.some((each) => !isSame(one[each], other[each]));
    if (!differ(before, newer) || !differ(typed, newer)) continue;
    if (differ(before, typed)) result.contested.push(name);
    else {
      Object.assign(result.draft, Object.fromEntries(group.map((each) => [each, newer[each]])));
      result.taken.push(name);
    }
  }
  return result;
}

/** A draft with one thing as another draft has it. */
export function withTheirs(draft: Draft, theirs: Draft, name: keyof Draft): Draft {
  const group = TOGETHER.find((names) => names.includes(name)) ?? [name];
  return { ...draft, ...Object.fromEntries(group.map((each) => [each, theirs[each]])) };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
