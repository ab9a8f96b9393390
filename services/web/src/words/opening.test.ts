import { expect, it } from "vitest";
import { decisionLines, openingWords, waitsUntil } from "./opening";

const place = { locale: "en-GB", zone: "Asia/Kolkata", now: Date.parse("2026-11-24T05:00:00Z") };

it("says when hours open, there, with the day where it is another", () => {
  expect(openingWords("2026-11-24T07:00:00.000Z", "Europe/Berlin", place)).toBe("08:00 in Berlin");
  expect(openingWords("2026-11-25T07:00:00.000Z", "Europe/Berlin", place)).toBe("tomorrow, 08:00 in Berlin");
  expect(openingWords("2026-11-24T13:00:00.000Z", "America/New_York", place)).toBe("08:00 in New York");
  expect(waitsUntil({ waiting_for: null }, place)).toBeNull();
});

it("says why a call was inside its hours", () => {
  const decision = {
    windows: ["account" as const],
    timezone_source: "number" as const,
    local_times: [{ timezone: "America/New_York", at: "2026-11-24T09:30:04-05:00" }],
    closes_at: "2026-11-25T02:00:00.000Z",
  };
  expect(decisionLines(decision, place)).toEqual([
    "09:30 in New York",
    "Inside the account’s hours, which close at 21:00.",
    "Known from the number.",
  ]);
  const later = { ...place, now: Date.parse("2026-11-25T03:00:00Z") };
  expect(decisionLines(decision, later)[1]).toContain("closed at 21:00");
  const anywhere = { ...decision, local_times: [], closes_at: null, timezone_source: "account" as const };
  expect(decisionLines(anywhere, place)[0]).toBe("At any time");
});
