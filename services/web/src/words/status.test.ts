import { describe, expect, it } from "vitest";
import type { Campaign } from "@/api/client";
import { isBroken, nextThing, remedy } from "./status";

const failed = { status: "failed" } as Campaign;

describe("the remedy", () => {
  it("fits the reason", () => {
    const reasons = {
      "The carrier refuses the caller id +15005550001 (21212: not valid). Use another number.": /caller ID/,
      "Three dialers in a row were lost while they started this campaign.": /whoever runs Belltower/,
      "The balance is too low.": /Top up the wallet/,
    };
    for (const [status_reason, advice] of Object.entries(reasons)) {
      expect(remedy({ ...failed, status_reason })).toMatch(advice);
    }
  });

  it("is none where nothing is wrong", () => {
    expect(remedy({ ...failed, status: "completed", status_reason: null })).toBeNull();
  });
});

it("says where a campaign waits for calling hours", () => {
  const place = { locale: "en-GB", zone: "UTC", now: Date.parse("2026-11-24T05:00:00Z") };
  const waiting_for = {
    reason: "calling_window" as const,
    until: "2026-11-24T07:00:00.000Z",
    timezone: "Europe/Berlin",
  };
  const campaign = { status: "processing", progress: { in_progress: 0 }, waiting_for } as Campaign;
  expect(nextThing(campaign, place)).toBe("Waiting until 08:00 in Berlin: nobody else may be called before.");
});

it("knows a campaign whose calls kept failing", () => {
  const reason = "Paused: 11 of the last 20 calls failed within 2 minutes; last error: sip:503.";
  expect(isBroken({ status: "paused", status_reason: reason })).toBe(true);
  expect(isBroken({ status: "processing", status_reason: reason })).toBe(false);
  expect(isBroken({ status: "paused", status_reason: "Missed by 2 h 10 min." })).toBe(false);
  expect(remedy({ ...failed, status: "paused", status_reason: reason })).toContain("after you resume it");
});
