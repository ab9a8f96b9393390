import { describe, expect, it } from "vitest";
import type { Occurrence, Series } from "@/words/series";
import { changedWords, changesOf, draftOf } from "./series-draft";

const series = {
  name: "Reminder",
  rule: {
    rrule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    starts: "2026-05-18T09:30:00",
    timezone: "Europe/Berlin",
    exdates: ["2026-12-24"],
    ends: null,
  },
  skip_if_running: true,
  contacts: 3,
  definition: {
    welcome_message: "Hello.",
    language: "en-US",
    voice: "alice",
    caller_id: "+14155550100",
    concurrency: 10,
    max_attempts: 2,
    retry_delay: 1800,
    retry_delays: { busy: 300 },
    retry_backoff: 2,
    answering_machine: "hang_up",
    calls_per_second: 5,
    misfire_grace: 600,
    calling_window: {
      hours: [{ days: ["monday"], start: "10:00", end: "18:00" }],
      holidays: ["2030-12-25"],
    },
  },
} as unknown as Series;
const from = { wall: "2026-11-27T09:30:00" } as Occurrence;

describe("changing a series", () => {
  it("sends nothing of what stays", () => {
    const before = draftOf(series, null, null);
    expect(before).toMatchObject({ date: "2026-05-18", time: "09:30", repeat: { kind: "weekdays" } });
    expect(changesOf(before, before, true)).toEqual({});
  });

  it("sends what changed, of the rule as well", () => {
    const before = draftOf(series, null, null);
    const after = { ...before, message: "Good morning.", time: "10:00", numbers: "+12025550143" };
    expect(changesOf(before, after, true)).toEqual({
      welcome_message: "Good morning.",
      rule: { starts: "2026-05-18T10:00" },
    });
    expect(changesOf(before, after, false)).toMatchObject({ phone_numbers: "+12025550143" });
    expect(changesOf(before, { ...before, repeat: { ...before.repeat, kind: "weekly" } }, true)).toBeNull();
  });

  it("counts from the first time that is changed", () => {
    const before = draftOf(series, from, null);
    expect(changesOf(before, { ...before, time: "10:00" }, true)).toEqual({
      rule: { starts: "2026-11-27T10:00" },
    });
  });

  it("has what is left of how often", () => {
    const rule = { ...series.rule, rrule: "FREQ=DAILY;COUNT=50" };
    expect(draftOf({ ...series, rule }, from, 17).repeat).toMatchObject({ ends: "after", times: "18" });
  });

  it("says what somebody else changed", () => {
    expect(changedWords(series, { ...series, name: "Other", contacts: 4 })).toBe("the name and the people");
  });
});
