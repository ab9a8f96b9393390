import { expect, it } from "vitest";
import { between, chosen, clearChosen, tick, tickAll } from "./chosen";

const LIST = ["a", "b", "c", "d"];

it("ticks one, and with Shift all from the last one", () => {
  tick("b", true);
  tick("d", true, LIST);
  expect([...chosen.get()]).toEqual(["b", "c", "d"]);
  tick("c", false, LIST);
  expect([...chosen.get()]).toEqual(["b"]);
  tickAll(LIST, true);
  expect(chosen.get().size).toBe(4);
  clearChosen();
  expect(chosen.get().size).toBe(0);
});

it("knows what is between two, whichever comes first", () => {
  expect(between(LIST, "c", "a")).toEqual(["a", "b", "c"]);
  expect(between(LIST, "gone", "c")).toEqual(["c"]);
});
