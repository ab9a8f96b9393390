import { expect, it } from "vitest";
import { graceChoices, graceWords, isMissed } from "./misfire";

it("offers what a program chose among the usual", () => {
  const labels = (held: string) => graceChoices(held).map(({ label }) => label);
  expect(labels("3600")).toHaveLength(9);
  expect(labels("7200")).toContain("Up to 2 h");
  expect(labels("always").at(-1)).toBe("However late");
});

it("says what holds", () => {
  expect(graceWords("3600")).toBe("it starts up to 1 h late, else it is paused");
  expect(graceWords("0")).toBe("it is paused");
  expect(graceWords("always")).toBe("it starts however late");
});

it("knows a campaign that missed its time", () => {
  expect(isMissed({ status: "paused", status_reason: "Missed by 2 h 10 min. Start it now ..." })).toBe(true);
  expect(isMissed({ status: "paused", status_reason: null })).toBe(false);
  expect(isMissed({ status: "scheduled", status_reason: "Missed by 2 h" })).toBe(false);
});
