/** When a running campaign will have ended, as a range: by the pace of its own calls, and by how many must be repeated. */

import type { Campaign, Schemas } from "@/api/client";

/** Milliseconds since 1970. */
export type Forecast = { from: number; to: number };

type Running = Pick<
  Campaign,
  "status" | "started_at" | "next_due_at" | "concurrency" | "max_attempts" | "retry_delay"
>;
type Results = Pick<Schemas["CampaignStats"], "progress" | "timeline" | "span">;

/** Fewer ended calls tell nothing. */
export const ENOUGH_CALLS = 20;
/** The pace is that of the latest spans: what was hours ago is no guide. */
const LATEST_SPANS = 30;
/** Instants that are looked at, at most. */
const STEPS = 4_000;

/** The results as they were at `now`. None before enough calls have ended, nor while nobody is called. */
export function forecast(campaign: Running, results: Results, now: number): Forecast | null {
  const { progress } = results;
  const started = campaign.started_at === null ? Number.NaN : Date.parse(campaign.started_at);
  const { not_placed: _, ...placed } = progress.dispositions;
  const ended = total(Object.values(placed));
  const isWaiting =
    progress.in_progress === 0 && campaign.next_due_at !== null && Date.parse(campaign.next_due_at) > now;
  if (campaign.status !== "processing" || ended < ENOUGH_CALLS || isWaiting) return null;
  if (progress.completed >= progress.total) return null;
  const pace = paceOf(results, started, now);
  if (pace === null) return null;

  const lines = progress.waiting > 0 ? progress.in_progress : Math.min(campaign.concurrency, ended);
  const unanswered = (placed.busy + placed.no_answer + placed.failed) / ended;
  const work = {
    ...leftOver(progress, campaign.max_attempts, unanswered),
    length: lines / pace.rate,
    rate: pace.rate,
    running: (now - started) / 1000,
    unanswered,
    delay: campaign.retry_delay,
  };
  // Calls differ in length, and what was counted is a sample: the smaller, the wider the range.
  const slack = Math.min(0.3, Math.max(0.04, 1.3 / Math.sqrt(pace.calls)));
  const doubt = Math.sqrt((unanswered * (1 - unanswered)) / ended);
  const soonest = secondsLeft({
    ...work,
    rate: work.rate * (1 + slack),
    length: work.length * 0.8,
    unanswered: Math.max(0, unanswered - doubt),
    rest: 1.2,
  });
  const latest = secondsLeft({
    ...work,
    rate: work.rate * (1 - slack),
    length: work.length * 2,
    unanswered: Math.min(1, unanswered + doubt),
    rest: 0.4,
  });
  return { from: now + 1000 * Math.min(soonest, latest), to: now + 1000 * latest };
}

/** Calls a second, and of how many: over the latest spans that follow one another, without a pause between. */
function paceOf(
  { timeline, span, progress }: Results,
  started: number,
  now: number,
): { rate: number; calls: number } | null {
  let calls = 0;
  let from = now;
  let isFirst = true;
  for (const [index, each] of [...timeline].reverse().entries()) {
    const at = Date.parse(each.at);
    isFirst = at + 1000 * span < from;
    if (index > 0 && isFirst) break;
    if (index === LATEST_SPANS) break;
    calls += each.placed;
    from = Math.max(at, started);
    isFirst = index + 1 === timeline.length;
  }
  // At its start a campaign fills its lines at once, which is no pace: half a filling too many.
  const paced = isFirst ? calls - progress.in_progress / 2 : calls;
  const seconds = (now - from) / 1000;
  return seconds > 0 && paced > 0 ? { rate: paced / seconds, calls } : null;
}

/** Who waits and who is on the line: those who are called for the first time, and those who are called again.
 *
 * Failed calls that no final contact explains are those of contacts who have more to come. Whoever was not called yet
 * comes first, so that a waiting contact was called before as long as there are enough of these.
 */
function leftOver(progress: Results["progress"], attempts: number, unanswered: number) {
  const { busy, no_answer, failed } = progress.dispositions;
  const weights = Array.from({ length: attempts - 1 }, (_, used) => unanswered ** used);
  const sum = total(weights);
  const used = total(weights.map((weight, index) => weight * (index + 1)));
  const unexplained = Math.max(0, busy + no_answer + failed - attempts * progress.failed);
  const before = used === 0 ? 0 : unexplained * (sum / used);
  const again = Math.min(progress.waiting, before);
  const liveAgain = Math.min(progress.in_progress, before - again);
  const byCall = (first: number, others: number) => [
    first,
    ...weights.map((weight) => (others * weight) / sum),
  ];
  return {
    waiting: byCall(progress.waiting - again, again),
    live: byCall(progress.in_progress - liveAgain, liveAgain),
  };
}

type Work = {
  /** How many wait for their first, second ... call, and how many are on the line in it. */
  waiting: readonly number[];
  live: readonly number[];
  /** Seconds of a call, and calls a second. */
  length: number;
  rate: number;
  /** Seconds since the start. */
  running: number;
  /** The share of calls after which another is due, `delay` seconds later, unless it was the last that is allowed. */
  unanswered: number;
  delay: number;
  /** As good as nobody: contacts are shares here, and a share never ends. */
  rest: number;
};

/** Seconds until everybody is done, if calls went as evenly as water. */
function secondsLeft({ waiting, live, length, rate, running, unanswered, delay, rest }: Work): number {
  const attempts = waiting.length;
  let left = total(waiting) + total(live);
  const calls = left / Math.max(1 - unanswered, 1 / attempts);
  const horizon = calls / rate + attempts * (length + delay) + 2 * length;
  const step = horizon / STEPS;

  // By the call that it is, from the first: who can be called, who can be when, and whose call ends when.
  const ready = waiting.map((amount, call) => (call === 0 ? amount : 0));
  const due = waiting.map(() => new Float64Array(STEPS + 1));
  const ending = waiting.map(() => new Float64Array(STEPS + 1));
  const spread = (into: Float64Array | undefined, amount: number, from: number, to: number) => {
    if (into === undefined || amount === 0) return;
    const first = Math.min(Math.max(1, Math.round(from / step)), STEPS);
    const last = Math.min(Math.max(first, Math.round(to / step)), STEPS);
    for (let at = first; at <= last; at++) into[at] = (into[at] ?? 0) + amount / (last - first + 1);
  };
  waiting.forEach((amount, call) => {
    // Whoever waits for another call failed within the delay that is just past, or since the start.
    if (call > 0) spread(due[call], amount, Math.max(0, delay + length - running), delay);
  });
  live.forEach((amount, call) => {
    spread(ending[call], amount, 0, length);
  });

  for (let at = 1; at <= STEPS; at++) {
    let lines = rate * step;
    for (let call = 0; call < attempts; call++) {
      const ends = ending[call]?.[at] ?? 0;
      const more = call + 1 < attempts ? ends * unanswered : 0;
      left -= ends - more;
      const waits = (ready[call] ?? 0) + (due[call]?.[at] ?? 0);
      const starts = Math.min(waits, lines); // who was called least comes first
      lines -= starts;
      ready[call] = waits - starts;
      const next = (at + 1) * step;
      spread(due[call + 1], more, Math.max(next, at * step + delay), Math.max(next, at * step + delay));
      spread(ending[call], starts, Math.max(next, at * step + length), Math.max(next, at * step + length));
    }
    if (left < rest) return at * step;
  }
  return horizon;
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, each) => sum + each, 0);
}
