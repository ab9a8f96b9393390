import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Campaign } from "@/api/client";
import { draftSchema, editSchema } from "@/create-campaign/form";
import { draftOf, isChanged, patchOf, rebased, withTheirs } from "./edit";

const NOW = Date.parse("2026-11-24T00:00:00Z");
const campaign = {
  name: "Notice",
  status: "scheduled",
  welcome_message: "Hello {{name}}.",
  language: "xx-YY",
  voice: "Somebody",
  caller_id: "+12025550100",
  concurrency: 4,
  max_attempts: 2,
  retry_delay: 90,
  misfire_grace: null,
  scheduled_time: "2030-01-02T08:30:25Z",
  timezone: "Asia/Kolkata",
  started_at: null,
  retry_delays: { busy: 300, no_answer: 90, voicemail: 90, failed: null },
  retry_backoff: 1,
  answering_machine: "treat_as_answered",
  calls_per_second: null,
  calling_window: null,
  expires_at: "2030-01-02T12:30:00Z",
} as unknown as Campaign;
const before = draftOf(campaign, NOW);

beforeAll(() => void vi.useFakeTimers({ now: NOW }));
afterAll(() => void vi.useRealTimers());

describe("draftOf", () => {
  it("shows the time as clocks in the campaign's zone do", () => {
    expect(before).toMatchObject({ when: "later", date: "2030-01-02", time: "14:00", zone: "Asia/Kolkata" });
    expect(before).toMatchObject({ grace: "always", list: "keep" });
  });

  it("has no time where that has passed, or the campaign has begun", () => {
    expect(draftOf({ ...campaign, scheduled_time: "2026-11-23T00:00:00Z" }, NOW).when).toBe("now");
    expect(draftOf({ ...campaign, started_at: "2026-11-23T00:00:00Z" }, NOW).when).toBe("now");
  });
});

describe("patchOf", () => {
  it("has nothing of what was not changed, seconds and languages that the form does not know among it", () => {
    expect(patchOf(before, before)).toEqual({});
    expect(isChanged(before, { ...before, numbers: "+1", date: "2030-01-02" })).toBe(false);
  });

  it("has what was changed, and null for what is to be as in a new campaign", () => {
    expect(patchOf(before, { ...before, message: " Bye. ", callerId: " " })).toEqual({
      welcome_message: "Bye.",
      caller_id: null,
    });
    expect(patchOf(before, { ...before, grace: "0" })).toEqual({ misfire_grace: 0 });
  });

  it("has a time with its zone, or takes it away", () => {
    expect(patchOf(before, { ...before, zone: "Europe/Berlin" })).toEqual({
      is_scheduled: true,
      scheduled_time: "2030-01-02T14:00",
      expires_at: "2030-01-02T18:00",
      timezone: "Europe/Berlin",
    });
    expect(patchOf(before, { ...before, when: "now" })).toEqual({
      is_scheduled: false,
      scheduled_time: null,
    });
  });

  it("has an end with its zone, or takes it away and leaves the zone alone", () => {
    expect(patchOf(before, { ...before, endTime: "19:00" })).toEqual({
      expires_at: "2030-01-02T19:00",
      timezone: "Asia/Kolkata",
    });
    expect(patchOf(before, { ...before, ends: "never" })).toEqual({ expires_at: null });
  });

  it("says with null that all waits are alike: an empty object would change nothing", () => {
    const usual = { kind: "usual", minutes: "" } as const;
    const alike = { busy: usual, no_answer: usual, voicemail: usual, failed: usual };
    expect(patchOf(before, { ...before, retryAfter: alike })).toEqual({ retry_delays: null });
  });

  it("has the list only where something becomes of it", () => {
    const people = { phone_numbers: "+12025550143", default_country: before.country };
    const typed = { ...before, numbers: "+12025550143" };
    expect(patchOf(before, { ...typed, list: "add" })).toEqual({ contacts: { add: people } });
    expect(patchOf(before, { ...typed, list: "replace" })).toEqual({ contacts: { replace: people } });
  });
});

describe("editSchema", () => {
  const wrong = (draft: typeof before, base = before) =>
    editSchema(base, false)
      .safeParse(draft)
      .error?.issues.map(({ path }) => path[0]) ?? [];

  it("wants numbers and a time to come only of what is changed", () => {
    expect(wrong(before)).toEqual([]);
    expect(wrong({ ...before, list: "add" })).toEqual(["numbers"]);
    const past = { ...before, date: "2020-01-02" };
    expect(wrong(past)).toEqual(["time"]);
    expect(wrong(past, past)).toEqual([]);
    expect(draftSchema.safeParse({ ...past, list: "keep" }).success).toBe(false);
  });
});

describe("rebased", () => {
  const newer = { ...before, message: "Theirs.", concurrency: "9", time: "15:00" };

  it("keeps what was typed, and takes over what others changed beside it", () => {
    const typed = { ...before, message: "Ours.", name: "Another" };
    const { draft, taken, contested } = rebased(before, newer, typed);
    expect(draft).toEqual({ ...newer, message: "Ours.", name: "Another" });
    expect(taken).toEqual(["concurrency", "when"]);
    expect(contested).toEqual(["message"]);
    expect(withTheirs(draft, newer, "message")).toEqual({ ...newer, name: "Another" });
  });

  it("never mixes two times", () => {
    const { draft, contested } = rebased(before, newer, { ...before, date: "2030-01-05" });
    expect(draft).toMatchObject({ date: "2030-01-05", time: "14:00" });
    expect(contested).toEqual(["when"]);
  });

  it("has no quarrel about what both want", () => {
    expect(rebased(before, newer, newer)).toEqual({ draft: newer, taken: [], contested: [] });
  });
});
