/** Who is rung again, and after how long, as a person says it. The rules are the API's: one budget of attempts, a delay for each
 * way a call may end, which may grow, and never beyond a week. */

import type { Campaign } from "@/api/client";
import { span } from "./moments";

/** How a call may end that is followed by another. */
export const RETRIED = ["busy", "no_answer", "voicemail", "failed"] as const;
export type Retried = (typeof RETRIED)[number];

export type RetryRules = {
  attempts: number;
  /** Seconds. */
  delay: number;
  /** Seconds where they are others; null: no other call. */
  delays: Partial<Record<Retried, number | null>>;
  backoff: number;
  /** Whether somebody looks for machines, and hangs up on them: only then are they rung again. */
  hangsUp: boolean;
};

/** Seconds beyond which no delay grows. */
const LONGEST_GROWN = 7 * 86_400;
/** Waits that are said one by one. */
const SAID = 4;

export const AFTER_WORD: Record<Retried, string> = {
  busy: "Busy",
  no_answer: "No answer",
  voicemail: "Answering machine",
  failed: "Call failed",
};

/** What a campaign does when a machine answers. */
export const MACHINE_WORD: Record<Campaign["answering_machine"], string> = {
  treat_as_answered: "Nobody looks: a machine that answers hears the message, and counts as reached",
  leave_message: "The message is left after the beep, and they count as reached",
  hang_up: "Machines are hung up on, and called again",
};

/** The rules of a campaign that is there. */
export function rulesOf(campaign: Campaign): RetryRules {
  return {
    attempts: campaign.max_attempts,
    delay: campaign.retry_delay,
    delays: campaign.retry_delays,
    backoff: campaign.retry_backoff,
    hangsUp: campaign.answering_machine === "hang_up",
  };
}

/** The ways of ending that a campaign with such rules may see. */
export function retriedBy({ hangsUp }: Pick<RetryRules, "hangsUp">): readonly Retried[] {
  return hangsUp ? RETRIED : RETRIED.filter((each) => each !== "voicemail");
}

/** Seconds before each further attempt when every call ends like this; empty: there is none. */
export function waitsAfter(ended: Retried, rules: RetryRules): number[] {
  const own = rules.delays[ended];
  const delay = own === undefined ? rules.delay : own;
  if (delay === null) return [];
  const longest = Math.max(delay, LONGEST_GROWN);
  return Array.from({ length: Math.max(rules.attempts - 1, 0) }, (_, index) =>
    Math.min(delay * rules.backoff ** index, longest),
  );
}

/** "after 5, 10 and 20 min", "at once", "not at all". */
export function waitsWords(waits: readonly number[]): string {
  if (waits.length === 0) return "not at all";
  if (waits.every((wait) => wait === waits[0])) {
    const each = waits.length > 1 ? ", each time" : "";
    return waits[0] === 0 ? `at once${each}` : `after ${span(waits[0] ?? 0)}${each}`;
  }
  const said = waits.slice(0, SAID).map(span);
  if (waits.length > SAID) return `after ${said.join(", ")} and so on, up to ${span(waits.at(-1) ?? 0)}`;
  return `after ${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}

/** What becomes of somebody whose calls all end alike: "Busy: after 5 min, 10 min and 20 min"; those that are alike together. */
export function retryLines(rules: RetryRules): string[] {
  if (rules.attempts <= 1) return [];
  const alike = new Map<string, Retried[]>();
  for (const ended of retriedBy(rules)) {
    const words = waitsWords(waitsAfter(ended, rules));
    alike.set(words, [...(alike.get(words) ?? []), ended]);
  }
  if (alike.size === 1) return [`Whoever is not reached: ${[...alike.keys()][0]}`];
  return [...alike].map(([words, ended]) => `${ended.map((each) => AFTER_WORD[each]).join(", ")}: ${words}`);
}

/** In a few words: "rings once", "rings up to 3 times, after 30 min". */
export function retrySummary(rules: RetryRules): string {
  if (rules.attempts <= 1) return "Rings once";
  const all = retriedBy(rules).map((ended) => waitsAfter(ended, rules)[0] ?? null);
  const given = [...new Set(all)].filter((wait) => wait !== null);
  if (given.length === 0) return "Rings once";
  const least = Math.min(...given);
  const most = Math.max(...given);
  const first =
    least !== most
      ? `after ${span(least)} to ${span(most)}`
      : least === 0
        ? "at once"
        : `after ${span(least)}`;
  const growing = rules.backoff > 1 && rules.attempts > 2 && most > 0 ? ", then longer" : "";
  return `Rings up to ${rules.attempts} times, ${first}${growing}`;
}
