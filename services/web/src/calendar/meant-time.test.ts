import { expect, it } from "vitest";
import { meantTime } from "./meant-time";

it("means what clocks show in the campaign's zone", () => {
  expect(meantTime(Date.parse("2027-01-15T11:00:00Z"), "Asia/Kolkata")).toBe("2027-01-15T16:30");
});

it("means the instant, where clocks show that time twice", () => {
  expect(meantTime(Date.parse("2026-10-25T00:30:00Z"), "Europe/Berlin")).toBe("2026-10-25T02:30");
  expect(meantTime(Date.parse("2026-10-25T01:30:00Z"), "Europe/Berlin")).toBe("2026-10-25T01:30:00.000Z");
});
