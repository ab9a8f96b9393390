import { describe, expect, it } from "vitest";
import {
  NEVER,
  ORDINAL_CHOICES,
  type Repeat,
  repeatOf,
  repeatProblems,
  rruleOf,
  ruleOf,
  startingOn,
} from "./repeat";

const repeat = (given: Partial<Repeat>): Repeat => ({ ...NEVER, ...given });
const rule = (rrule: string, more: object = {}) => ({
  rrule,
  starts: "2026-11-26T09:30:00", // a Thursday
  timezone: "Europe/Berlin",
  exdates: [],
  ends: null,
  ...more,
});

describe("what is chosen", () => {
  it("is a rule", () => {
    expect(rruleOf(repeat({}))).toBeNull();
    expect(rruleOf(repeat({ kind: "daily", every: "3" }))).toBe("FREQ=DAILY;INTERVAL=3");
    expect(rruleOf(repeat({ kind: "weekdays", every: "3" }))).toBe("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
    expect(rruleOf(repeat({ kind: "weekly", days: ["FR", "MO"], ends: "after", times: "5" }))).toBe(
      "FREQ=WEEKLY;BYDAY=MO,FR;COUNT=5",
    );
    expect(rruleOf(repeat({ kind: "monthly", monthday: "-1" }))).toBe("FREQ=MONTHLY;BYMONTHDAY=-1");
    expect(rruleOf(repeat({ kind: "monthly", monthly: "weekday" }))).toBe("FREQ=MONTHLY;BYDAY=1MO");
    expect(rruleOf(repeat({ kind: "yearly" }))).toBe("FREQ=YEARLY");
  });

  it("starts at a wall time, ends with a day, and leaves days out", () => {
    const chosen = repeat({
      kind: "daily",
      ends: "on",
      until: "2026-12-31",
      except: ["2026-12-25", "2026-12-24"],
    });
    expect(ruleOf(chosen, { date: "2026-11-26", time: "09:30", zone: "Europe/Berlin" })).toEqual({
      rrule: "FREQ=DAILY",
      starts: "2026-11-26T09:30",
      timezone: "Europe/Berlin",
      exdates: ["2026-12-24", "2026-12-25"],
      ends: "2026-12-31T23:59",
    });
    expect(ruleOf(chosen, { date: "", time: "09:30", zone: "Europe/Berlin" })).toBeNull();
  });

  it("says what is missing", () => {
    const fields = (given: Partial<Repeat>) => repeatProblems(repeat(given)).map(({ field }) => field);
    expect(fields({ every: "0" })).toEqual([]);
    expect(fields({ kind: "weekly", every: "0", ends: "on" })).toEqual(["every", "days", "until"]);
    expect(fields({ kind: "daily", ends: "after", times: "1001" })).toEqual(["times"]);
  });

  it("begins with what fits the first day", () => {
    expect(startingOn(NEVER, "weekly", "2026-11-26").days).toEqual(["TH"]);
    expect(startingOn(NEVER, "monthly", "2026-11-26")).toMatchObject({
      monthday: "26",
      ordinal: "4",
      weekday: "TH",
    });
    expect(startingOn(NEVER, "monthly", "2026-12-31")).toMatchObject({ ordinal: "-1", weekday: "TH" });
    expect(startingOn(NEVER, "weekly", "").days).toEqual([]);
  });

  it("orders the weekdays of a month", () => {
    expect(ORDINAL_CHOICES.map(({ label }) => label)).toEqual(["first", "second", "third", "fourth", "last"]);
  });
});

describe("a rule", () => {
  it.each([
    ["FREQ=DAILY;INTERVAL=3", { kind: "daily", every: "3" }],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", { kind: "weekdays" }],
    ["FREQ=WEEKLY", { kind: "weekly", days: ["TH"] }],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=5", { kind: "weekly", every: "2", ends: "after", times: "5" }],
    ["FREQ=MONTHLY;BYMONTHDAY=31", { kind: "monthly", monthly: "day", monthday: "31" }],
    ["FREQ=MONTHLY;BYDAY=-1FR", { kind: "monthly", monthly: "weekday", ordinal: "-1", weekday: "FR" }],
    ["FREQ=YEARLY", { kind: "yearly" }],
  ])("%s is what somebody chose", (text, chosen) => {
    const read = repeatOf(rule(text), true);
    expect(read).toMatchObject(chosen);
    if (text !== "FREQ=WEEKLY") expect(rruleOf(read)?.split(";").sort()).toEqual(text.split(";").sort());
  });

  it("that cannot be said in these choices is kept", () => {
    const text = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1";
    const read = repeatOf(rule(`${text};COUNT=3`), false);
    expect(read).toMatchObject({
      kind: "other",
      rrule: text,
      ends: "after",
      times: "3",
      skipIfRunning: false,
    });
    expect(rruleOf(read)).toBe(`${text};COUNT=3`);
    const interval = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU";
    expect(rruleOf(repeatOf(rule(interval), true))).toBe(interval);
  });

  it("keeps the day that is its last", () => {
    expect(repeatOf(rule("FREQ=DAILY", { ends: "2026-12-31T23:59:00" }), true)).toMatchObject({
      kind: "daily",
      ends: "on",
      until: "2026-12-31",
    });
  });
});
