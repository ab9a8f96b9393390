import { expect, it } from "vitest";
import { without } from "./held-list";

const entry = (phone: string) => ({
  phone,
  reason: "asked" as const,
  call_id: null,
  campaign_id: null,
  campaign_name: null,
  note: null,
  created_at: "2030-05-17T07:30:00.000Z",
});
const held = {
  pages: [
    { items: [entry("+1"), entry("+2")], next_cursor: "x", total: 3 },
    { items: [entry("+3")], next_cursor: null, total: 3 },
  ],
  pageParams: [null, "x"],
};

it("takes a number off its page, and counts it on none", () => {
  const left = without(held, "+2");
  expect(left.pages.map((page) => page.items.map(({ phone }) => phone))).toEqual([["+1"], ["+3"]]);
  expect(left.pages.map(({ total }) => total)).toEqual([2, 2]);
});

it("leaves pages alone that do not have it", () => {
  expect(without(held, "+9")).toBe(held);
});
