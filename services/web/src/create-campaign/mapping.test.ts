import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { mapped, placeholdersOf, usesFor } from "./mapping";

const file = { id: "1", filename: "a.csv", size: 3, phoneColumn: null, columns: {} };
const column = (title: string, used_as: Schemas["ImportColumn"]["used_as"], field: string | null = null) => ({
  title,
  used_as,
  field,
  samples: [],
});

describe("mapped", () => {
  it("says only what somebody changed", () => {
    expect(mapped(file, column("Notes", "field", "Notes"), "nothing").columns).toEqual({ Notes: null });
    expect(mapped(file, column("Mobile", "field", "Mobile"), "phone")).toMatchObject({
      phoneColumn: "Mobile",
      columns: {},
    });
  });

  it("has one name", () => {
    const one = mapped(file, column("A", "field", "A"), "name");
    expect(mapped(one, column("B", "field", "B"), "name").columns).toEqual({ B: "name" });
  });

  it("makes a column of numbers of one that was something else, and back", () => {
    const chosen = mapped(
      mapped(file, column("A", "field", "A"), "nothing"),
      column("A", "nothing"),
      "phone",
    );
    expect(chosen).toMatchObject({ phoneColumn: "A", columns: {} });
    expect(mapped(chosen, column("A", "phone"), "field")).toMatchObject({
      phoneColumn: null,
      columns: { A: "A" },
    });
  });

  it("does not call a field what contacts have by themselves", () => {
    expect(mapped(file, column("Name", "name"), "field").columns).toEqual({ Name: "Name 2" });
  });
});

it("offers what columns can fill", () => {
  expect(
    placeholdersOf([column("Phone", "phone"), column("Vorname", "name", "Vorname"), column("X", "nothing")]),
  ).toEqual(["{{name}}", "{{Vorname}}"]);
  expect(placeholdersOf([])).toEqual(["{{name}}"]);
});

it("leaves a file a column of numbers", () => {
  expect(usesFor(column("Mobile", "phone"))).toEqual(["phone"]);
});
