import { expect, it } from "vitest";
import { inserted, partsOf, placeholderFor } from "./placeholders";

it("tells placeholders from words", () => {
  expect(
    partsOf("Hi {{name|there}}, {{ time }}!").map(({ text, isPlaceholder }) => [text, isPlaceholder]),
  ).toEqual([
    ["Hi ", false],
    ["{{name|there}}", true],
    [", ", false],
    ["{{ time }}", true],
    ["!", false],
  ]);
  expect(partsOf("a {{ b")).toEqual([{ text: "a {{ b", isPlaceholder: false }]);
});

it("inserts where the cursor is, apart from words", () => {
  expect(inserted("Hello", "{{name}}", 5, 5)).toEqual({ message: "Hello {{name}}", cursor: 14 });
  expect(inserted("Hello , bye", "{{name}}", 6, 6)).toEqual({ message: "Hello {{name}}, bye", cursor: 14 });
  expect(inserted("Dear XX you", "{{name}}", 5, 7)).toEqual({ message: "Dear {{name}} you", cursor: 13 });
  expect(inserted("", "{{name}}", 0, 0)).toEqual({ message: "{{name}}", cursor: 8 });
});

it("makes a placeholder of any title", () => {
  expect(placeholderFor("First {name}")).toBe("{{First  name}}");
});
