import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import {
  clockWords,
  eventWords,
  instantOf,
  nextTime,
  type Occurrence,
  offsetWords,
  sentenceOf,
  wallWords,
} from "./series";

const place = { locale: "en-GB", zone: "Europe/Berlin", now: Date.parse("2026-11-26T08:00:00Z") };
const one = (given: Partial<Occurrence>): Occurrence => ({
  at: "2026-11-27T08:30:00Z",
  wall: "2026-11-27T09:30:00",
  utc_offset: "+01:00",
  moved: null,
  campaign_id: null,
  status: null,
  is_exception: false,
  scheduled_time: null,
  ...given,
});

it("says a rule as a sentence, and a time on the series' clocks", () => {
  expect(sentenceOf("every weekday at 09:30, Europe/Berlin")).toBe("Every weekday at 09:30, Europe/Berlin.");
  expect(wallWords("2026-11-27T09:30:00", place)).toBe("Fri, 27 Nov 2026, 09:30");
  expect([offsetWords("+01:00"), offsetWords("-00:00")]).toEqual(["UTC+01:00", "UTC"]);
});

it("says when it calls next, or why not", () => {
  expect(nextTime({ status: "active", next_occurrence: one({}) }, place)).toBe("tomorrow, 09:30");
  expect(nextTime({ status: "paused", next_occurrence: null }, place)).toMatch("resumed");
  expect(nextTime({ status: "ended", next_occurrence: null }, place)).toBe("No other time is to come");
});

describe("clocks", () => {
  it("that skip or change a time are told of", () => {
    const moved = "02:30 does not exist in Europe/Berlin on 2027-03-28; 03:00 instead.";
    expect(clockWords(one({ moved }), one({}), "Europe/Berlin")).toBe(moved);
    expect(clockWords(one({ utc_offset: "+02:00" }), one({}), "Europe/Berlin")).toMatch("gone forward");
    expect(
      clockWords(one({ utc_offset: "-05:00" }), one({ utc_offset: "-04:00" }), "America/New_York"),
    ).toMatch("New York have gone back");
    expect(clockWords(one({}), one({}), "Europe/Berlin")).toBeNull();
    expect(clockWords(one({}), undefined, "Europe/Berlin")).toBeNull();
  });

  it("say at which instant an occurrence is by its rule", () => {
    expect(instantOf("2026-11-27T09:30:00", "Europe/Berlin")).toBe("2026-11-27T08:30:00.000Z");
    expect(instantOf("2027-03-28T02:30:00", "Europe/Berlin")).toBe("2027-03-28T01:00:00.000Z");
    expect(instantOf("2026-10-25T02:30:00", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
    expect(instantOf("", "Europe/Berlin")).toBeNull();
  });
});

it("tells the history", () => {
  const said = (given: Partial<Schemas["SeriesEvent"]>) => {
    const some = {
      at: "2026-11-26T08:00:00Z",
      kind: "skipped",
      actor: "scheduler",
      reason: null,
      occurrences: 1,
    };
    return eventWords(
      { occurrence: "2026-11-27T08:30:00Z", ...some, ...given } as Schemas["SeriesEvent"],
      place,
    );
  };
  const down = "Belltower did not run at their time.";
  expect(said({})).toBe("tomorrow, 09:30 was left out.");
  expect(said({ kind: "missed", occurrences: 3, reason: down })).toBe(
    `3 times from tomorrow, 09:30 on did not take place: ${down}`,
  );
  expect(said({ kind: "held", reason: "Too little." })).toBe("tomorrow, 09:30 was held back: Too little.");
  expect(said({ kind: "changed", occurrence: null, occurrences: 0 })).toBe("The series was changed.");
});
