import { describe, expect, it } from "vitest";
import { firstDayOfWeek, firstSlot, nextSlot, startIn, startOfWeek, step, title, today } from "./days";

const KOLKATA = { locale: "en-GB", zone: "Asia/Kolkata", now: Date.parse("2026-11-26T14:44:00Z") };
const BERLIN = { ...KOLKATA, zone: "Europe/Berlin" };

const iso = (at: number | null | undefined) => (typeof at === "number" ? new Date(at).toISOString() : at);
const slot = (at: string, isDay = false) => ({ at: Date.parse(at), isDay });

describe("days", () => {
  it("are the reader's", () => {
    expect(today(KOLKATA)).toBe("2026-11-26");
    expect(today({ ...KOLKATA, now: Date.parse("2026-11-26T18:30:00Z") })).toBe("2026-11-27");
  });

  it("are gone through by what the view shows", () => {
    expect(step("month", "2026-01-31", 1)).toBe("2026-02-28");
    expect(step("week", "2026-12-28", 1)).toBe("2027-01-04");
    expect(step("day", "2026-03-01", -1)).toBe("2026-02-28");
    expect(step("agenda", "2026-11-26", 1)).toBe("2026-12-24");
  });

  it("are in weeks that begin as the reader's do", () => {
    expect(startOfWeek("2026-11-26", 1)).toBe("2026-11-23");
    expect(startOfWeek("2026-11-26", 0)).toBe("2026-11-22");
    expect(startOfWeek("2026-11-22", 1)).toBe("2026-11-16");
    expect([firstDayOfWeek("de-DE"), firstDayOfWeek("en-US"), firstDayOfWeek("ar-EG")]).toEqual([1, 0, 6]);
  });

  it("have titles", () => {
    const of = (view: "month" | "week" | "day" | "agenda") =>
      title(view, "2026-11-26", "en-GB", 1).replace(",", "").replace(/\s+/g, " ").replace(" – ", "–");
    expect(of("month")).toBe("November 2026");
    expect(of("day")).toBe("Thursday 26 November 2026");
    expect(of("week")).toBe("23–29 Nov 2026");
    expect(of("agenda")).toBe("26 Nov–23 Dec 2026");
  });
});

describe("a slot that is chosen", () => {
  it("is the start of a campaign", () => {
    expect(iso(startIn(slot("2026-11-27T09:30:00Z"), KOLKATA))).toBe("2026-11-27T09:30:00.000Z");
  });

  it("is refused when it has passed", () => {
    expect(startIn(slot("2026-11-26T14:00:00Z"), KOLKATA)).toBeNull();
    expect(startIn(slot("2026-11-24T18:30:00Z", true), KOLKATA)).toBeNull();
  });

  it("still has a few minutes when it has begun", () => {
    expect(iso(startIn(slot("2026-11-26T14:30:00Z"), KOLKATA))).toBe("2026-11-26T14:45:00.000Z");
  });

  it("is nine o'clock when it is a day, and the next full hour today", () => {
    expect(iso(startIn(slot("2026-11-26T18:30:00Z", true), KOLKATA))).toBe("2026-11-27T03:30:00.000Z");
    expect(iso(startIn(slot("2026-11-25T18:30:00Z", true), KOLKATA))).toBe("2026-11-26T15:30:00.000Z");
  });
});

describe("the keyboard's mark", () => {
  it("starts at the next slot today, in the morning of another day, and on the day in a month", () => {
    expect(iso(firstSlot("week", "2026-11-26", KOLKATA).at)).toBe("2026-11-26T15:00:00.000Z");
    expect(iso(firstSlot("day", "2026-12-01", KOLKATA).at)).toBe("2026-12-01T03:30:00.000Z");
    expect(firstSlot("month", "2026-11-26", KOLKATA)).toEqual(slot("2026-11-25T18:30:00Z", true));
  });

  it("moves by slots and days, or by days and weeks", () => {
    const moved = (key: string, isDay: boolean) =>
      iso(nextSlot(slot("2026-11-26T15:00:00Z", isDay), key, KOLKATA)?.at);
    expect(moved("ArrowDown", false)).toBe("2026-11-26T15:30:00.000Z");
    expect(moved("ArrowLeft", false)).toBe("2026-11-25T15:00:00.000Z");
    expect(moved("ArrowUp", true)).toBe("2026-11-19T15:00:00.000Z");
    expect(moved("ArrowRight", true)).toBe("2026-11-27T15:00:00.000Z");
    expect(moved("Tab", true)).toBeUndefined();
  });

  it("keeps the time of day where a day has 25 hours", () => {
    const before = slot("2026-10-24T07:00:00Z"); // 09:00 in Berlin, the day before clocks go back
    expect(iso(nextSlot(before, "ArrowRight", BERLIN)?.at)).toBe("2026-10-25T08:00:00.000Z");
  });
});
