import { describe, expect, it } from "vitest";
import { forecast } from "./forecast";

const START = Date.parse("2030-05-17T07:30:20Z");

type Shape = {
  contacts: number;
  lines: number;
  /** Seconds of a call; `random` is evenly spread from 0 to 1. */
  length: (random: () => number) => number;
  /** The share of calls that nobody answers. */
  unanswered: number;
  attempts?: number;
  delay?: number;
};

/** Numbers that look random, and are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Made = { contact: number; from: number; to: number; ok: boolean; last: boolean };

/** Every call of a run of a campaign, in seconds from its start. */
function run({ contacts, lines, length, unanswered, attempts = 1, delay = 0 }: Shape, seed: number): Made[] {
  const random = seeded(seed);
  const free = Array.from({ length: lines }, () => 0);
  let queue = Array.from({ length: contacts }, (_, contact) => ({ contact, due: 0, attempt: 1 }));
  const made: Made[] = [];
  while (queue.length > 0) {
    free.sort((a, b) => a - b);
    const line = free[0] ?? 0;
    const index = queue.findIndex((each) => each.due <= line);
    const next = queue[Math.max(index, 0)];
    if (next === undefined) break;
    const from = Math.max(line, next.due);
    const to = from + length(random);
    const ok = random() >= unanswered;
    const last = ok || next.attempt === attempts;
    free[0] = to;
    made.push({ contact: next.contact, from, to, ok, last });
    queue = queue.filter((each) => each !== next);
    if (!last) {
      const again = { contact: next.contact, due: to + delay, attempt: next.attempt + 1 };
      const place = queue.findIndex((each) => each.due > again.due);
      queue.splice(place < 0 ? queue.length : place, 0, again);
    }
  }
  return made;
}

/** What the API says about a run at a moment of it. */
function at(made: Made[], shape: Shape, moment: number) {
  const begun = made.filter((call) => call.from <= moment);
  const ended = begun.filter((call) => call.to <= moment);
  const successful = ended.filter((call) => call.ok).length;
  const failed = ended.filter((call) => call.last && !call.ok).length;
  const live = begun.length - ended.length;
  const spans = new Map<number, number>();
  for (const call of begun) {
    const span = Math.floor((START + 1000 * call.from) / 60_000) * 60_000;
    spans.set(span, (spans.get(span) ?? 0) + 1);
  }
  const none = { voicemail: 0, busy: 0, failed: 0, cancelled: 0, not_placed: 0, unknown: 0 };
  return {
    campaign: {
      status: "processing" as const,
      started_at: new Date(START).toISOString(),
      next_due_at: null,
      concurrency: shape.lines,
      max_attempts: shape.attempts ?? 1,
      retry_delay: shape.delay ?? 0,
    },
    results: {
      span: 60,
      timeline: [...spans]
        .sort(([a], [b]) => a - b)
        .map(([span, placed]) => ({
          at: new Date(span).toISOString(),
          placed,
          answered: 0,
          talk_seconds: 0,
          cost: "0",
        })),
      progress: {
        total: shape.contacts,
        completed: successful + failed,
        in_progress: live,
        waiting: shape.contacts - successful - failed - live,
        successful,
        failed,
        skipped: 0,
        expired: 0,
        unknown: 0,
        undecided: 0,
        dispositions: { ...none, completed: successful, no_answer: ended.length - successful },
      },
    },
    now: START + 1000 * moment,
  };
}

const SHAPES: Record<string, Shape> = {
  "calls of one length": { contacts: 400, lines: 10, length: () => 20, unanswered: 0.2 },
  "calls that differ": { contacts: 400, lines: 10, length: (random) => 3 + 27 * random(), unanswered: 0.3 },
  "few long calls among many short ones": {
    contacts: 600,
    lines: 12,
    length: (random) => (random() < 0.1 ? 30 + 30 * random() : 4 + 6 * random()),
    unanswered: 0.3,
  },
  "many lines": { contacts: 3000, lines: 200, length: (random) => 5 + 25 * random(), unanswered: 0.1 },
  "as many lines as a third of the people": {
    contacts: 150,
    lines: 50,
    length: (random) => 10 + 20 * random(),
    unanswered: 0.2,
  },
  "one line": { contacts: 60, lines: 1, length: (random) => 2 + 8 * random(), unanswered: 0.2 },
  "another call soon": {
    contacts: 400,
    lines: 10,
    length: (random) => 5 + 20 * random(),
    unanswered: 0.4,
    attempts: 3,
    delay: 15,
  },
  "another call at once": {
    contacts: 300,
    lines: 8,
    length: (random) => 5 + 10 * random(),
    unanswered: 0.5,
    attempts: 2,
    delay: 0,
  },
  "another call after some minutes": {
    contacts: 500,
    lines: 10,
    length: (random) => 5 + 20 * random(),
    unanswered: 0.3,
    attempts: 2,
    delay: 240,
  },
  "another call when all have been called once": {
    contacts: 500,
    lines: 20,
    length: (random) => 5 + 20 * random(),
    unanswered: 0.4,
    attempts: 2,
    delay: 1800,
  },
};

describe("a forecast at half-way", () => {
  for (const [name, shape] of Object.entries(SHAPES)) {
    it(`is right for ${name}`, () => {
      for (let seed = 1; seed <= 10; seed++) {
        const made = run(shape, seed);
        const end = Math.max(...made.map((call) => call.to));
        const finals = made.filter((call) => call.last).sort((a, b) => a.to - b.to);
        const halfOfThem = finals[Math.floor(finals.length / 2)]?.to ?? 0;
        for (const moment of [halfOfThem, end / 2]) {
          const { campaign, results, now } = at(made, shape, moment);
          if (results.progress.in_progress === 0) continue; // it waits for a retry, and says so
          const found = forecast(campaign, results, now);
          expect(found).not.toBeNull();
          if (found === null) continue;
          const truth = START + 1000 * end;
          const middle = (found.from + found.to) / 2;
          const off = Math.abs(middle - truth) / (truth - now);
          const holds = found.from <= truth && truth <= found.to;
          expect(found.from).toBeGreaterThanOrEqual(now);
          expect(holds || off <= 0.25, `seed ${seed}: off by ${off}`).toBe(true);
          expect((found.to - found.from) / (truth - now)).toBeLessThan(1.2); // a range that says something
        }
      }
    });
  }
});

describe("no forecast", () => {
  const shape: Shape = { contacts: 100, lines: 5, length: () => 10, unanswered: 0 };
  const made = run(shape, 1);
  const { campaign, results, now } = at(made, shape, 101);

  it("is made before twenty calls have ended", () => {
    const early = at(made, shape, 35);
    expect(early.results.progress.completed).toBe(15);
    expect(forecast(early.campaign, early.results, early.now)).toBeNull();
    expect(forecast(campaign, results, now)).not.toBeNull();
  });

  it("is made of a campaign that does not run", () => {
    for (const status of ["paused", "completed", "cancelled", "failed", "scheduled", "pending"] as const) {
      expect(forecast({ ...campaign, status }, results, now)).toBeNull();
    }
  });

  it("is made while it waits to call again", () => {
    const progress = { ...results.progress, in_progress: 0 };
    const next_due_at = new Date(now + 60_000).toISOString();
    expect(forecast({ ...campaign, next_due_at }, { ...results, progress }, now)).toBeNull();
  });
});

describe("the pace", () => {
  it("is that of the calls, not of a pause before them", () => {
    const shape: Shape = { contacts: 400, lines: 10, length: (random) => 5 + 20 * random(), unanswered: 0 };
    const made = run(shape, 3);
    const end = Math.max(...made.map((call) => call.to));
    const { campaign, results, now } = at(made, shape, end / 2);
    const hour = 3_600_000;
    const first = {
      at: new Date(START - hour).toISOString(),
      placed: 3,
      answered: 0,
      talk_seconds: 0,
      cost: "0",
    };
    const paused = { ...results, timeline: [first, ...results.timeline] };
    const found = forecast({ ...campaign, started_at: first.at }, paused, now);
    const truth = START + 1000 * end;
    expect(found).not.toBeNull();
    if (found !== null) {
      expect(Math.abs((found.from + found.to) / 2 - truth)).toBeLessThan(0.25 * (truth - now));
    }
  });
});
