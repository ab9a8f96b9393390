import { describe, expect, it } from "vitest";
import { addedWords, remark, sought } from "./do-not-call";

const entry = {
  phone: "+14155550123",
  reason: "key_press" as const,
  call_id: "c",
  campaign_id: "a",
  campaign_name: "Offer",
  note: null,
  created_at: "2030-05-17T07:30:00.000Z",
};

describe("sought", () => {
  it("is what is typed, once it has a digit", () => {
    expect(sought(" (415) 555")).toBe("(415) 555");
    expect(sought("(+1) 415")).toBe("(+1) 415");
    expect(sought("0049 151 5550123456")).toBe("0049 151 5550123456");
    expect(sought("+")).toBe("");
    expect(sought("00")).toBe("");
    expect(sought("")).toBe("");
  });
  it("is nothing where no number can become of it", () => {
    expect(sought("Ann")).toBeNull();
    expect(sought("415x")).toBeNull();
    expect(sought("1+415")).toBeNull();
    expect(sought("1".repeat(18))).toBeNull();
    expect(sought(`1${" ".repeat(70)}2`)).toBeNull();
  });
});

describe("remark", () => {
  it("is the note, where somebody left one", () => {
    expect(remark({ ...entry, note: "By post" })).toBe("By post");
  });
  it("says why a call has no link", () => {
    expect(remark(entry)).toBe("");
    expect(remark({ ...entry, campaign_name: null })).toContain("deleted");
    expect(remark({ ...entry, reason: "asked", call_id: null, campaign_name: null })).toBe("");
  });
});

describe("addedWords", () => {
  const rejected = { count: 0, by_reason: {}, items: [] };
  it("counts what is new first", () => {
    expect(addedWords({ added: 1, already_listed: 0, duplicates: 0, rejected })).toEqual({
      title: "1 number is not called any more",
      details: "",
    });
    expect(
      addedWords({ added: 1200, already_listed: 2, duplicates: 0, rejected: { ...rejected, count: 1 } }),
    ).toEqual({
      title: "1,200 numbers are not called any more",
      details: "2 were on the list already. 1 entry was left out.",
    });
  });
  it("says when nothing was new", () => {
    expect(addedWords({ added: 0, already_listed: 2, duplicates: 0, rejected }).title).toContain(
      "Nothing was new",
    );
  });
});
