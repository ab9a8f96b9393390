import { expect, it } from "vitest";
import { forecastDetails, forecastWords } from "./forecast";

const place = { locale: "en-GB", zone: "Europe/Berlin", now: Date.parse("2026-11-23T11:00:00Z") };
const forecast = {
  contacts: 1920,
  will_be_called: 1914,
  skipped: { do_not_call: 5, unknown_time_zone: 1, window_never_opens: 0 },
  rejected: { count: 0, by_reason: {}, items: [] },
  duplicates: 0,
  warnings: [],
  starts_at: "2026-11-24T04:00:00.000Z",
  first_call_at: "2026-11-24T04:00:00.000Z",
  calling_window: null,
  estimated_duration: 720,
  estimated_cost: "61.20",
  based_on_calls: 0,
  available: "100.00",
  covers_cost: true,
  can_be_created: true,
  currency: "USD",
};

it("says whom it calls, when, and for how much", () => {
  expect(forecastWords(forecast, null, place)).toMatch(/^Calls 1,914 people now, about USD.61\.20$/);
  expect(forecastWords({ ...forecast, will_be_called: 1 }, "Asia/Kolkata", place)).toMatch(
    /^Calls 1 person tomorrow, 09:30 in Kolkata, about USD.61\.20$/,
  );
  expect(forecastWords(forecast, "Europe/Paris", place)).toContain("people tomorrow, 05:00, about");
  expect(forecastWords(forecast, "unknown", place)).toMatch(/^Calls 1,914 people, about USD.61\.20$/);
  expect(forecastWords({ ...forecast, will_be_called: 0 }, null, place)).toBe(
    "Nobody on this list can be called",
  );
});

it("says who is left out, and when the first may be called", () => {
  expect(forecastDetails({ ...forecast, first_call_at: "2026-11-24T08:00:00.000Z" }, place)).toEqual([
    "first call tomorrow, 09:00, when calling hours begin",
    "takes about 12 min",
    "5 people on the do-not-call list left out",
    "1 number left out: nobody knows what time it is there",
  ]);
});
