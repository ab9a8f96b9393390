import { describe, expect, it } from "vitest";
import {
  callingHoursWords,
  DAYS,
  hoursSent,
  isOvernight,
  readHours,
  USUAL_HOURS,
  weekOf,
  weekProblem,
  weekWords,
  windowWords,
} from "./calling-hours";

const place = { locale: "en-GB", zone: "Europe/Berlin", now: 0 };
const WORKDAYS = DAYS.slice(0, 5);

describe("a week", () => {
  it("is said in words, days that are alike together", () => {
    expect(weekWords(weekOf(WORKDAYS, [USUAL_HOURS]), place)).toBe("Monday to Friday 08:00 to 21:00");
    expect(weekWords(weekOf(DAYS, [USUAL_HOURS]), place)).toBe("every day 08:00 to 21:00");
    const week = weekOf(WORKDAYS, [
      { start: "09:00", end: "12:00" },
      { start: "14:00", end: "00:00" },
    ]);
    week.saturday = [{ start: "22:00", end: "02:00" }];
    expect(weekWords(week, place)).toBe(
      "Monday to Friday 09:00 to 12:00 and 14:00 to midnight, Saturday 22:00 to 02:00 the next day",
    );
    expect(weekWords(weekOf(["saturday", "sunday"], [USUAL_HOURS]), { ...place, locale: "en-US" })).toMatch(
      /^Saturday and Sunday 8:00.AM to 9:00.PM$/,
    );
    expect(weekWords(readHours(null), place)).toBe("at any time");
  });

  it("is the same after it was sent and read", () => {
    const week = weekOf(WORKDAYS, [USUAL_HOURS]);
    week.friday = [{ start: "18:00", end: "00:00" }];
    expect(hoursSent(week)).toEqual([
      { days: ["monday", "tuesday", "wednesday", "thursday"], start: "08:00", end: "21:00" },
      { days: ["friday"], start: "18:00", end: "24:00" },
    ]);
    expect(readHours(hoursSent(week))).toEqual(week);
    expect(hoursSent(readHours(null))).toBeNull();
  });

  it("says what is wrong with it", () => {
    expect(weekProblem(weekOf(WORKDAYS, [USUAL_HOURS]))).toBeNull();
    expect(weekProblem(weekOf([], []))?.message).toContain("open at least one day");
    expect(weekProblem(weekOf(["sunday"], [{ start: "08:00", end: "" }]))?.day).toBe("sunday");
    const overlapping = [USUAL_HOURS, { start: "20:00", end: "22:00" }];
    expect(weekProblem(weekOf(["monday"], overlapping))?.message).toContain("Monday overlap");
    const nights = [
      { start: "22:00", end: "02:00" },
      { start: "08:00", end: "12:00" },
    ];
    expect(weekProblem(weekOf(DAYS, nights))).toBeNull();
    expect(isOvernight({ start: "22:00", end: "02:00" })).toBe(true);
    expect(isOvernight({ start: "08:00", end: "00:00" })).toBe(false);
  });
});

it("says a window and an account's hours", () => {
  const window = { hours: hoursSent(weekOf(WORKDAYS, [USUAL_HOURS])), holidays: ["2030-12-25"] };
  expect(windowWords(window, place)).toBe("Monday to Friday 08:00 to 21:00; not on one holiday");
  expect(callingHoursWords({ calling_window: window, unknown_zone: "Europe/Berlin" }, place)).toBe(
    "People may be called Monday to Friday 08:00 to 21:00, on their own clocks, but not on one holiday. Numbers that do not tell where they are, are taken to be in Berlin.",
  );
  expect(callingHoursWords({ calling_window: null, unknown_zone: "closed" }, place)).toBe(
    "People may be called at any time of any day.",
  );
});
