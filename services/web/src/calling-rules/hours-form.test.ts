import { expect, it } from "vitest";
import { weekOf } from "@/words/calling-hours";
import { hoursOf, valuesOfHours } from "./hours-form";

it("is the same after it was shown and sent", () => {
  const hours = {
    calling_window: {
      hours: [{ days: ["monday" as const], start: "08:00", end: "24:00" }],
      holidays: ["2030-12-25"],
    },
    unknown_zone: "Asia/Kolkata",
  };
  expect(hoursOf(valuesOfHours(hours, "UTC"))).toEqual(hours);
  const open = { calling_window: null, unknown_zone: "open" };
  expect(hoursOf(valuesOfHours(open, "UTC"))).toEqual(open);
});

it("sends nothing that is wrong", () => {
  const values = valuesOfHours({ calling_window: null, unknown_zone: "closed" }, "UTC");
  expect(hoursOf({ ...values, when: "within", week: weekOf([], []) })).toBeNull();
});
