import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { editedWords, hasRemarks, listWords, namesOf, patchWords } from "./edit";

type Edited = Schemas["CampaignEdited"];

function edited(given: Partial<Edited>, list: Partial<Edited["list_edited"]> = {}): Edited {
  const nothing = { added: 0, removed: 0, skipped: 0, kept: { count: 0, items: [] } };
  return {
    changed: [],
    duplicates: 0,
    rejected: { count: 0, by_reason: {}, items: [] },
    warnings: [],
    list_edited: { ...nothing, ...list },
    ...given,
  } as Partial<Edited> as Edited;
}

it("calls fields as the form does, each once", () => {
  expect(namesOf(["welcome_message"])).toBe("the message");
  expect(namesOf(["name", "is_scheduled", "scheduled_time", "timezone"])).toBe("the name and the time");
  expect(namesOf(["name", "misfire_grace", "something_new"])).toBe(
    "the name, what happens when its start is missed and the something new",
  );
});

it("says what an edit would do", () => {
  expect(patchWords({}, undefined)).toBeNull();
  expect(patchWords({ voice: "alice" }, undefined)).toBe("Changes the voice");
  expect(patchWords({ voice: "alice", contacts: { add: {} } }, 3)).toBe(
    "Changes the voice and adds 3 people to the list",
  );
  expect(patchWords({ contacts: { replace: {} } }, 1)).toBe("Replaces the list by 1 person");
  expect(patchWords({ contacts: { add: {} } }, undefined)).toBe("Adds people to the list");
});

it("says who is on the list, and what would become of them", () => {
  expect(listWords("keep", { total: 3, waiting: 3 })).toBe("3 people are on the list.");
  expect(listWords("keep", { total: 3, waiting: 1 })).toContain("1 of them still to be called");
  expect(listWords("replace", { total: 3, waiting: 1 })).toContain(
    "Who was called, 2 of 3, keeps their result",
  );
});

describe("editedWords", () => {
  it("says all that came of it", () => {
    const list = { added: 2, removed: 1, skipped: 1 };
    expect(editedWords(edited({ changed: ["welcome_message", "contacts"], duplicates: 1 }, list))).toEqual([
      "Changed: message.",
      "2 people were added.",
      "1 person was removed.",
      "1 person called before gets no other call.",
      "1 entry named a number that was there already.",
    ]);
    expect(editedWords(edited({ changed: ["scheduled_time", "timezone"] }))).toEqual(["Changed: time."]);
    expect(editedWords(edited({ changed: ["name", "voice"] }))).toEqual(["Changed: name and voice."]);
    expect(editedWords(edited({}))).toEqual([]);
  });

  it("knows when there is more to say", () => {
    expect(hasRemarks(edited({}))).toBe(false);
    expect(hasRemarks(edited({}, { kept: { count: 1, items: [] } }))).toBe(true);
  });
});
