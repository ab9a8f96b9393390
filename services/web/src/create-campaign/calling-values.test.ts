import { describe, expect, it } from "vitest";
import type { Campaign } from "@/api/client";
import { DAYS, weekOf } from "@/words/calling-hours";
import {
  blankCalling,
  callingBodyOf,
  callingProblems,
  callingSummary,
  callingValuesOf,
  endOf,
  endProblem,
} from "./calling-values";

const NOW = Date.parse("2026-11-24T00:00:00Z");
const place = { locale: "en-GB", zone: "Europe/Berlin", now: NOW };
const rest = {
  concurrency: "10",
  attempts: "3",
  retryDelay: "30",
  when: "now" as const,
  date: "",
  time: "",
  zone: "Europe/Berlin",
};
const blank = { ...blankCalling(), ...rest };
const narrow = { week: weekOf(DAYS, [{ start: "10:00", end: "18:00" }]), holidays: [] };
const paths = (given: Partial<typeof blank>) =>
  callingProblems({ ...blank, ...given }).map(({ path }) => path.join("."));

describe("what is sent", () => {
  it("is as in a new campaign where nothing is chosen", () => {
    expect(callingBodyOf(blank, NOW)).toEqual({
      retry_delays: {},
      retry_backoff: 1,
      answering_machine: "treat_as_answered",
      calls_per_second: null,
      calling_window: null,
      expires_at: null,
    });
  });

  it("has everything that is chosen, and comes back as it was typed", () => {
    const chosen = {
      ...blank,
      retryAfter: {
        ...blank.retryAfter,
        busy: { kind: "own" as const, minutes: "5" },
        failed: { kind: "never" as const, minutes: "" },
      },
      backoff: "2",
      answeringMachine: "hang_up" as const,
      callsPerSecond: "5",
      ownHours: narrow,
      ends: "at" as const,
      endDate: "2026-11-25",
      endTime: "18:00",
    };
    const body = callingBodyOf(chosen, NOW);
    expect(body).toEqual({
      retry_delays: { busy: 300, no_answer: 1800, voicemail: 1800, failed: null },
      retry_backoff: 2,
      answering_machine: "hang_up",
      calls_per_second: 5,
      calling_window: { hours: [{ days: [...DAYS], start: "10:00", end: "18:00" }], holidays: [] },
      expires_at: "2026-11-25T18:00",
      timezone: "Europe/Berlin",
    });
    const campaign = {
      ...body,
      retry_delay: 1800,
      expires_at: "2026-11-25T17:00:00.000Z",
    } as unknown as Campaign;
    expect({ ...callingValuesOf(campaign), ...rest }).toEqual(chosen);
  });

  it("leaves out what is half typed", () => {
    const half = { ...blank, ends: "at" as const, ownHours: { week: weekOf([], []), holidays: [] } };
    expect(callingBodyOf(half, NOW)).toMatchObject({ expires_at: null, calling_window: null });
  });
});

it("names what is wrong, at its place", () => {
  expect(paths({})).toEqual([]);
  const busy = { ...blank.retryAfter, busy: { kind: "own" as const, minutes: "x" } };
  expect(paths({ retryAfter: busy })).toEqual(["retryAfter.busy.minutes"]);
  expect(paths({ retryAfter: busy, attempts: "1" })).toEqual([]);
  expect(paths({ ownHours: { week: weekOf([], []), holidays: [] } })).toEqual(["ownHours"]);
});

it("names what is wrong with the end", () => {
  const end = (given: object) => endProblem({ ...blank, ends: "at", ...given }, NOW)?.field;
  expect(endProblem(blank, NOW)).toBeNull();
  expect(end({})).toBe("date");
  expect(end({ endDate: "2026-11-23", endTime: "10:00" })).toBe("time");
  const later = { when: "later", date: "2026-11-25", time: "10:00" };
  expect(end({ endDate: "2026-11-25", endTime: "10:00", ...later })).toBe("time");
  expect(endOf({ ...blank, ends: "at", endDate: "2026-11-25", endTime: "10:00" }, NOW)).toBe(
    Date.parse("2026-11-25T09:00:00Z"),
  );
});

it("is summed up in a line", () => {
  expect(callingSummary({ ...blank, attempts: "1" }, place)).toBe(
    "Rings once; answering machines count as answered",
  );
  const chosen = { ...blank, answeringMachine: "hang_up" as const, ownHours: narrow };
  expect(callingSummary(chosen, place)).toBe(
    "Rings up to 3 times, after 30 min; leaves no message on machines; only every day 10:00 to 18:00",
  );
});
