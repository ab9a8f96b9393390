import { expect, it } from "vitest";
import { quoted } from "./quoted";

it("keeps a name from turning the sentence around it", () => {
  expect(quoted("Notice")).toBe("“Notice”");
  expect(quoted("\u202egnp.exe\u2069")).toBe("“gnp.exe”");
  expect(quoted("عربى")).toBe("“\u2068عربى\u2069”");
});

it("shortens what would fill the page, by whole characters", () => {
  expect(quoted("😀".repeat(60))).toBe(`“${"😀".repeat(60)}”`);
  expect(quoted("😀".repeat(61))).toBe(`“${"😀".repeat(59)}…”`);
});
