/** What the charts draw, from what the API says. */

import type { Schemas } from "@/api/client";
import type { Disposition } from "@/api/queries";
import { DISPOSITIONS } from "@/words/outcomes";

export type Outcome = { outcome: Disposition; number: number };

/** The usual outcomes always, so that nothing jumps when the first call ends like that; the rare ones when there are any. */
export function outcomesOf(dispositions: Schemas["Dispositions"]): Outcome[] {
  const isUsual = (outcome: Disposition) => DISPOSITIONS.indexOf(outcome) < 4;
  return DISPOSITIONS.map((outcome) => ({ outcome, number: dispositions[outcome] })).filter(
    ({ outcome, number }) => isUsual(outcome) || number > 0,
  );
}

export type SpanOfCalls = { at: number; answered: number; unanswered: number };

/** Every span from the first call to the last, those without a call as well. `at` is in milliseconds. */
export function spansOf({
  timeline,
  span,
}: Pick<Schemas["CampaignStats"], "timeline" | "span">): SpanOfCalls[] {
  const told = new Map(timeline.map((each) => [Date.parse(each.at), each]));
  const first = Math.min(...told.keys());
  const last = Math.max(...told.keys());
  const spans: SpanOfCalls[] = [];
  for (let at = first; at <= last; at += 1000 * span) {
    const { placed = 0, answered = 0 } = told.get(at) ?? {};
    spans.push({ at, answered, unanswered: placed - answered });
  }
  return spans;
}
