import { describe, expect, it } from "vitest";
import type { Place } from "./moments";
import {
  chosenMoment,
  doubledWords,
  readWallTime,
  scheduleProblem,
  suggestions,
  wallTimeAt,
} from "./wall-time";

const NOW = Date.parse("2026-11-23T11:00:00Z");
const BERLIN: Place = { locale: "en-GB", zone: "Europe/Berlin", now: NOW };
const at = (date: string, time: string, zone: string) => ({ date, time, zone });

describe("readWallTime", () => {
  it("knows the instant", () => {
    expect(readWallTime(at("2026-11-24", "09:30", "Asia/Kolkata"))).toEqual({
      kind: "once",
      at: Date.parse("2026-11-24T04:00:00Z"),
    });
  });

  it("finds what clocks skip, and the next time that they show", () => {
    expect(readWallTime(at("2027-03-28", "02:30", "Europe/Berlin"))).toEqual({
      kind: "skipped",
      next: { date: "2027-03-28", time: "03:00" },
    });
    expect(readWallTime(at("2026-10-04", "02:10", "Australia/Lord_Howe"))).toEqual({
      kind: "skipped",
      next: { date: "2026-10-04", time: "02:30" },
    });
    expect(readWallTime(at("2011-12-30", "10:00", "Pacific/Apia"))).toEqual({
      kind: "skipped",
      next: { date: "2011-12-31", time: "00:00" },
    });
  });

  it("takes the first of two, as the API does", () => {
    expect(readWallTime(at("2027-10-31", "02:30", "Europe/Berlin"))).toEqual({
      kind: "doubled",
      at: Date.parse("2027-10-31T00:30:00Z"),
      second: Date.parse("2027-10-31T01:30:00Z"),
    });
  });

  it("asks for both parts", () => {
    expect(readWallTime(at("2026-11-24", "", "UTC")).kind).toBe("incomplete");
    expect(readWallTime(at("2026-02-30", "09:00", "UTC")).kind).toBe("incomplete");
  });
});

describe("scheduleProblem", () => {
  it("names the field that is missing", () => {
    expect(scheduleProblem(at("", "", "UTC"), NOW)?.field).toBe("date");
    expect(scheduleProblem(at("", "09:00", "UTC"), NOW)?.field).toBe("date");
    expect(scheduleProblem(at("2026-11-24", "", "UTC"), NOW)?.field).toBe("time");
  });

  it("refuses what has passed in the chosen zone, were it still to come in another", () => {
    expect(scheduleProblem(at("2026-11-23", "12:30", "Asia/Kolkata"), NOW)?.message).toContain("has passed");
    expect(scheduleProblem(at("2026-11-23", "12:30", "Europe/Berlin"), NOW)).toBeNull();
    expect(scheduleProblem(at("2026-11-23", "11:00", "UTC"), NOW)?.message).toContain("has passed");
  });

  it("says the next time that exists", () => {
    expect(scheduleProblem(at("2027-03-28", "02:30", "Europe/Berlin"), NOW)?.message).toMatch(
      /^Clocks in Berlin go forward then and skip this time. The next one is 0?3:00/,
    );
  });

  it("looks ten years ahead", () => {
    expect(scheduleProblem(at("2037-11-24", "09:00", "UTC"), NOW)?.field).toBe("date");
  });
});

describe("chosenMoment", () => {
  it("says the moment in its zone, how far it is, and the reader's own time", () => {
    expect(chosenMoment(Date.parse("2026-11-25T04:00:00Z"), "Asia/Kolkata", BERLIN)).toBe(
      "Wed 25 Nov, 09:30 in Kolkata, in 2 days; your time 05:00",
    );
    expect(chosenMoment(Date.parse("2026-11-24T04:00:00Z"), "Asia/Kolkata", BERLIN)).toBe(
      "Tomorrow, 09:30 in Kolkata, in 17 hours; your time 05:00",
    );
  });

  it("says the reader's day where it is another", () => {
    expect(chosenMoment(Date.parse("2026-11-26T02:00:00Z"), "America/New_York", BERLIN)).toBe(
      "Wed 25 Nov, 21:00 in New York, in 3 days; your time Thu 26 Nov, 03:00",
    );
  });

  it("is short where clocks agree", () => {
    expect(chosenMoment(Date.parse("2026-11-23T12:00:00Z"), "Europe/Paris", BERLIN)).toBe(
      "Today, 13:00 in Paris, in 1 hour",
    );
  });
});

it("tells the two readings of a doubled time apart", () => {
  const first = Date.parse("2027-10-31T00:30:00Z");
  expect(doubledWords(first, first + 3_600_000, "Europe/Berlin")).toContain(
    "The first is meant (GMT+2), not the second (GMT+1).",
  );
});

it("shows an instant as clocks do", () => {
  expect(wallTimeAt(NOW, "Asia/Kolkata")).toEqual({ date: "2026-11-23", time: "16:30" });
});

it("suggests times that are ahead", () => {
  expect(suggestions(NOW, "Europe/Berlin")).toEqual([
    { label: "In an hour", date: "2026-11-23", time: "13:00" },
    { label: "Tomorrow at nine", date: "2026-11-24", time: "09:00" },
    { label: "Monday at nine", date: "2026-11-30", time: "09:00" },
  ]);
  const sunday = Date.parse("2026-11-22T11:00:00Z");
  expect(suggestions(sunday, "Europe/Berlin").map(({ label }) => label)).toEqual([
    "In an hour",
    "Tomorrow at nine",
  ]);
});
