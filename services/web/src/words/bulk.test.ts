import { expect, it } from "vitest";
import { bulkLabel, bulkQuestion, bulkWords } from "./bulk";

it("says how many an action is for, where it is not for all", () => {
  expect(bulkLabel("pause", 5, 5)).toBe("Pause");
  expect(bulkLabel("pause", 2, 5)).toBe("Pause 2 of 5");
});

it("says what came of it", () => {
  expect(bulkWords("pause", 1, 0)).toBe("1 campaign is paused.");
  expect(bulkWords("resume", 3, 1)).toBe("3 campaigns go on, 1 is left as before.");
  expect(bulkWords("start", 0, 2)).toBe("2 campaigns were left as they were.");
});

it("asks before what cannot be undone only", () => {
  expect(bulkQuestion("pause", 2, 9)).toBeNull();
  expect(bulkQuestion("archive", 2, 0)).toBeNull();
  expect(bulkQuestion("start", 2, 9)?.text).toBe("9 people will be called now, whatever time was set.");
  expect(bulkQuestion("cancel", 1, 0)?.no).toBe("Keep it");
});
