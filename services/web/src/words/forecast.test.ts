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

it("says who waits, until when, and who is never called", () => {
  const wait = {
    timezone: "Europe/Berlin",
    contacts: 70,
    opens_at: "2026-11-24T07:00:00.000Z",
    detail: "opens at 08:00 in Berlin (CET)",
  };
  const hours = { at_start: 46, waiting: 70, never: 2, waits: [wait] };
  const some = { ...forecast, calling_window: hours };
  expect(forecastWords(some, null, place)).toMatch(
    /^Calls 46 people now, 70 wait until tomorrow, 08:00 in Berlin, about USD.61\.20$/,
  );
  expect(forecastWords({ ...some, calling_window: { ...hours, at_start: 0 } }, null, place)).toMatch(
    /^Nobody can be called now: 70 people wait until tomorrow, 08:00 in Berlin, about/,
  );
  const there = { ...wait, timezone: "America/New_York", contacts: 20, opens_at: "2026-11-24T13:00:00Z" };
  const waits = [{ ...wait, contacts: 50 }, there];
  const several = { ...some, calling_window: { ...hours, waits } };
  expect(forecastWords(several, null, place)).toContain("08:00 in Berlin or later,");
  const skipped = { do_not_call: 0, unknown_time_zone: 0, window_never_opens: 2 };
  expect(forecastDetails({ ...several, skipped }, place)).toEqual([
    "50 until tomorrow, 08:00 in Berlin",
    "20 until tomorrow, 08:00 in New York",
    "takes about 12 min",
    "2 people never called: no hours of theirs come before it ends",
  ]);
});

it("says who is left out", () => {
  expect(forecastDetails(forecast, place)).toEqual([
    "takes about 12 min",
    "5 people on the do-not-call list left out",
    "1 number left out: nobody knows what time it is there",
  ]);
});
