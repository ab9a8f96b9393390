import { describe, expect, it } from "vitest";
import { wholeNumber } from "./number-search";

describe("a number that is searched for", () => {
  it("is understood as people write it", () => {
    for (const typed of ["+14155550123", "14155550123", " +1 (415) 555-0123", "001 415.555.0123"]) {
      expect(wholeNumber(typed)).toBe("+14155550123");
    }
  });

  it("is none without its country, or in part", () => {
    for (const typed of ["555", "+1415", "0172 5550143", "Ann 14155550123", ""]) {
      expect(wholeNumber(typed)).toBeNull();
    }
  });
});
