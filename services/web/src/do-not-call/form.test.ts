import { describe, expect, it } from "vitest";
import { type AddDraft, bodyOf, checkOf, problemOf } from "./form";

const file = { id: "f", filename: "robinson.csv", size: 10, phoneColumn: null, columns: {} };
const typed: AddDraft = { source: "typed", numbers: "0151 1", file, country: "DE", note: " By post " };

describe("bodyOf", () => {
  it("sends what is typed as it is", () => {
    expect(bodyOf(typed)).toEqual({ phone_numbers: "0151 1", default_country: "DE", note: "By post" });
    expect(bodyOf({ ...typed, note: " " })).not.toHaveProperty("note");
  });
  it("notes a file's name, unless something else is noted", () => {
    const chosen = { ...typed, source: "file" as const, note: "" };
    expect(bodyOf(chosen)).toEqual({ import_id: "f", default_country: "DE", note: "robinson.csv" });
    expect(bodyOf({ ...chosen, note: "List of May", file: { ...file, phoneColumn: "Mobile" } })).toEqual({
      import_id: "f",
      default_country: "DE",
      phone_column: "Mobile",
      note: "List of May",
    });
  });
});

describe("checkOf", () => {
  it("asks about typed numbers only", () => {
    expect(checkOf(typed)?.phone_numbers).toBe("0151 1");
    expect(checkOf({ ...typed, numbers: " ,\n" })).toBeNull();
    expect(checkOf({ ...typed, source: "file" })).toBeNull();
  });
});

describe("problemOf", () => {
  it("says what is missing", () => {
    expect(problemOf(typed)).toBeNull();
    expect(problemOf({ ...typed, numbers: " " })?.field).toBe("numbers");
    expect(problemOf({ ...typed, source: "file" })).toBeNull();
    expect(problemOf({ ...typed, source: "file", file: null })?.field).toBe("file");
  });
});
