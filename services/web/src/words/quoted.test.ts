import { expect, it } from "vitest";
import { quoted } from "./quoted";

it("keeps a name from turning the sentence around it", () => {
  expect(quoted("\u202egnp.exe\u2069")).toBe("“\u2068gnp.exe\u2069”");
  expect(quoted("عربى")).toBe("“\u2068عربى\u2069”");
});

it("shortens what would fill the page, by whole characters", () => {
  expect(quoted("😀".repeat(60))).toBe(`“\u2068${"😀".repeat(60)}\u2069”`);
  expect(quoted("😀".repeat(61))).toBe(`“\u2068${"😀".repeat(59)}…\u2069”`);
});
