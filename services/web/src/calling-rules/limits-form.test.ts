import { expect, it } from "vitest";
import {
  breakerWords,
  limitsOf,
  limitsProblems,
  limitsWords,
  placeOf,
  unnamed,
  valuesOfLimits,
} from "./limits-form";

const limits = {
  max_concurrent_calls: 200,
  calls_per_second: null,
  caller_ids: [{ caller_id: "+14155550100", max_concurrent_calls: null, calls_per_second: 1 }],
  frequency_cap: { calls: 3, period: 604_800 },
  circuit_breaker: { window_calls: 20, within: 120, failed_share: 0.5 },
};
const none = {
  max_concurrent_calls: null,
  calls_per_second: null,
  caller_ids: [],
  frequency_cap: null,
  circuit_breaker: null,
};

it("is the same after it was shown and sent", () => {
  expect(limitsOf(valuesOfLimits(limits))).toEqual(limits);
  expect(limitsOf(valuesOfLimits(none))).toEqual(none);
  expect(valuesOfLimits(limits)).toMatchObject({ capPeriod: "7", capUnit: "days", breakerShare: "50" });
  const odd = { ...limits, frequency_cap: { calls: 1, period: 5_400 } };
  expect(limitsOf(valuesOfLimits(odd))).toEqual(odd);
});

it("names what is wrong, at its place, as the API does", () => {
  const values = valuesOfLimits(limits);
  expect(limitsProblems(values)).toEqual({});
  const wrong = {
    ...values,
    atOnce: "0",
    callerIds: [{ callerId: "", atOnce: "x", perSecond: "" }],
    capPeriod: "",
    breakerShare: "101",
  };
  expect(Object.keys(limitsProblems(wrong)).sort()).toEqual([
    "atOnce",
    "breakerShare",
    "callerIds.0.atOnce",
    "callerIds.0.callerId",
    "capPeriod",
  ]);
  expect(limitsProblems({ ...wrong, isCapped: false, hasBreaker: false })).not.toHaveProperty("capPeriod");
  expect(placeOf("/caller_ids/0/caller_id")).toBe("callerIds.0.callerId");
  expect(placeOf("/frequency_cap/period")).toBe("capPeriod");
  expect(placeOf("/max_concurrent_calls")).toBe("atOnce");
  expect(unnamed("caller_ids[0].caller_id is no telephone number: it is too short.")).toBe(
    "This is no telephone number: it is too short.",
  );
});

it("says what holds", () => {
  expect(limitsWords(limits)).toEqual([
    "All campaigns together: at most 200 calls at once.",
    "A number is called at most 3 times in any 7 days, whatever the campaign.",
    "A campaign is paused when at least 50% of its last 20 calls within 2 minutes failed.",
  ]);
  expect(limitsWords(none)[0]).toContain("as fast as each of them may");
  expect(breakerWords(null)).toContain("goes on");
});
