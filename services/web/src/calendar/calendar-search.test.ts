import { describe, expect, it } from "vitest";
import { readCalendarSearch } from "./calendar-search";

describe("the calendar's address", () => {
  it("names a view and a day", () => {
    const address = { view: "week", date: "2026-11-26" };
    expect(readCalendarSearch(address)).toEqual(address);
  });

  it("is ignored where it means nothing", () => {
    expect(readCalendarSearch({ view: "year", date: "tomorrow", other: 1 })).toEqual({});
    for (const date of ["2026-02-30", "2026-13-01", "1066-10-14", "20261126", 20261126]) {
      expect(readCalendarSearch({ date })).toEqual({});
    }
  });
});
