import { describe, expect, it } from "vitest";
import { forecastWords } from "./forecast-words";

const now = Date.parse("2030-05-17T12:00:00Z");
const place = { locale: "en-GB", zone: "UTC", now };
const inSeconds = (from: number, to: number) => ({ from: now + 1000 * from, to: now + 1000 * to });

describe("a forecast in words", () => {
  it("is a range of the clock, and how far it is", () => {
    expect(forecastWords(inSeconds(720, 960), place)).toEqual({
      range: "12:12 to 12:16",
      distance: "in 12 to 16 min",
    });
  });

  it("has seconds where minutes would hide the range", () => {
    expect(forecastWords(inSeconds(20, 75), place)).toEqual({
      range: "12:00:20 to 12:01:15",
      distance: "in 20 s to 1 min",
    });
  });

  it("follows the reader's clock", () => {
    const american = { ...place, locale: "en-US", zone: "America/New_York" };
    expect(forecastWords(inSeconds(3600, 5400), american).range.replaceAll("\u202f", " ")).toBe(
      "9:00 AM to 9:30 AM",
    );
  });

  it("says the day when it is far", () => {
    expect(forecastWords(inSeconds(24 * 3600, 27 * 3600), place).range).toBe(
      "Sat 18 May, 12:00 to Sat 18 May, 15:00",
    );
  });
});
