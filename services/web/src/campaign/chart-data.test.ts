import { describe, expect, it } from "vitest";
import { outcomesOf, spansOf } from "./chart-data";

const told = (at: string, placed: number, answered: number) => ({
  at,
  placed,
  answered,
  talk_seconds: 0,
  cost: "0",
});

describe("outcomes", () => {
  it("are the usual ones, and those that happened", () => {
    const none = {
      completed: 0,
      voicemail: 0,
      busy: 0,
      no_answer: 0,
      failed: 0,
      cancelled: 0,
      not_placed: 0,
      unknown: 0,
    };
    expect(outcomesOf(none).map(({ outcome }) => outcome)).toEqual([
      "completed",
      "busy",
      "no_answer",
      "failed",
    ]);
    expect(outcomesOf({ ...none, unknown: 2 }).at(-1)).toEqual({ outcome: "unknown", number: 2 });
  });
});

describe("spans of calls", () => {
  it("have no gap where nobody was called", () => {
    const timeline = [told("2030-05-17T07:30:00Z", 10, 8), told("2030-05-17T07:33:00Z", 5, 5)];
    expect(spansOf({ timeline, span: 60 }).map(({ answered, unanswered }) => [answered, unanswered])).toEqual(
      [
        [8, 2],
        [0, 0],
        [0, 0],
        [5, 0],
      ],
    );
  });

  it("are none before the first call", () => {
    expect(spansOf({ timeline: [], span: 60 })).toEqual([]);
  });
});
