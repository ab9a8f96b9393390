import { expect, it } from "vitest";
import { type RetryRules, retryLines, retrySummary, waitsAfter, waitsWords } from "./retries";

const rules: RetryRules = {
  attempts: 4,
  delay: 1800,
  delays: { busy: 300, voicemail: 14_400, failed: null },
  backoff: 2,
  hangsUp: true,
};

it("waits as the API does", () => {
  expect(waitsAfter("busy", rules)).toEqual([300, 600, 1200]);
  expect(waitsAfter("no_answer", rules)).toEqual([1800, 3600, 7200]);
  expect(waitsAfter("failed", rules)).toEqual([]);
  expect(waitsAfter("no_answer", { ...rules, delay: 5 * 86_400 })).toEqual([432_000, 604_800, 604_800]);
  expect(waitsAfter("no_answer", { ...rules, delay: 10 * 86_400 })).toEqual([864_000, 864_000, 864_000]);
});

it("says what becomes of whom", () => {
  expect(retryLines(rules)).toEqual([
    "Busy: after 5 min, 10 min and 20 min",
    "No answer: after 30 min, 1 h and 2 h",
    "Answering machine: after 4 h, 8 h and 16 h",
    "Call failed: not at all",
  ]);
  expect(retryLines({ ...rules, delays: {}, backoff: 1, hangsUp: false })).toEqual([
    "Whoever is not reached: after 30 min, each time",
  ]);
  expect(retryLines({ ...rules, attempts: 1 })).toEqual([]);
  expect(retryLines({ ...rules, hangsUp: false }).join()).not.toContain("machine");
  expect(waitsWords([0])).toBe("at once");
  expect(waitsWords([60, 120, 240, 480, 960])).toBe(
    "after 1 min, 2 min, 4 min, 8 min and so on, up to 16 min",
  );
});

it("sums it up", () => {
  expect(retrySummary({ ...rules, attempts: 1 })).toBe("Rings once");
  expect(retrySummary({ ...rules, attempts: 3, delays: {}, backoff: 1 })).toBe(
    "Rings up to 3 times, after 30 min",
  );
  expect(retrySummary(rules)).toBe("Rings up to 4 times, after 5 min to 4 h, then longer");
  expect(retrySummary({ ...rules, delay: 0, delays: {}, backoff: 1 })).toBe("Rings up to 4 times, at once");
});
