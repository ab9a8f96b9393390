import { expect, it } from "vitest";
import { wanted } from "./wanted";

const ORIGIN = "https://belltower.example";

it("leads to our own pages, with all of their address", () => {
  expect(wanted("/wallet", ORIGIN)).toBe("/wallet");
  expect(wanted("/campaigns/1?tab=contacts&number=%2B1415#end", ORIGIN)).toBe(
    "/campaigns/1?tab=contacts&number=%2B1415#end",
  );
});

it.each([
  undefined,
  "",
  "wallet",
  "//evil.example/",
  "/\\evil.example",
  "/\t/evil.example",
  "\n//evil.example",
  "/.//evil.example",
  "https://evil.example/",
  "javascript:alert(1)",
  "/sign-in?next=/sign-in",
])("leads nowhere else: %j", (next) => {
  expect(wanted(next, ORIGIN)).toBe("/campaigns");
});
