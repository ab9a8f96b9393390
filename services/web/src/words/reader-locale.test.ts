import { expect, it } from "vitest";
import { readerLocale } from "./reader-locale";

it("is English, as it is written where the reader lives", () => {
  expect(["de", "de-AT", "en-US", "hi-IN", "zh-Hant-TW"].map(readerLocale)).toEqual([
    "en-DE",
    "en-AT",
    "en-US",
    "en-IN",
    "en-TW",
  ]);
  expect(readerLocale("de-u-hc-h12")).toBe("en-DE-u-hc-h12");
});
