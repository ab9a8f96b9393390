import { expect, it } from "vitest";
import { allZones, findZones } from "./zones";

const zones = allZones(Date.parse("2026-11-24T00:00:00Z"), "Asia/Calcutta");
const first = (text: string) => findZones(zones, text)[0]?.name;

it("begins with the reader's own zone, by its name of today", () => {
  expect(zones.slice(0, 2).map(({ name }) => name)).toEqual(["Asia/Kolkata", "UTC"]);
  expect(new Set(zones.map(({ name }) => name)).size).toBe(zones.length);
});

it("finds zones as people write them", () => {
  expect(first("new york")).toBe("America/New_York");
  expect(first("New_York")).toBe("America/New_York");
  expect(first("kolk")).toBe("Asia/Kolkata");
  expect(first("IST")).toBe("Asia/Kolkata");
  expect(first("pst")).toBe("America/Los_Angeles");
  expect(first("sao paulo")).toBe("America/Sao_Paulo");
  expect(first("utc")).toBe("UTC");
});

it("finds zones by their offset", () => {
  expect(first("+5:30")).toBe("Asia/Kolkata");
  expect(first("GMT+05:30")).toBe("Asia/Kolkata");
  expect(findZones(zones, "utc-3").every(({ offset }) => offset === "GMT-3")).toBe(true);
});

it("finds nothing in nonsense", () => {
  expect(findZones(zones, "xyzzy")).toEqual([]);
});
