import { describe, expect, it } from "vitest";
import { originWords, reasonWords, sizeWords, timesWords } from "./dead-letters";

describe("a dead letter", () => {
  it("has its reason in words, and what to do", () => {
    for (const reason of ["undecodable", "failed", "redelivered", "rejected"] as const) {
      const { title, meaning } = reasonWords({ reason });
      expect(title).not.toMatch(/[.]$/);
      expect(meaning).toMatch(/[.]$/);
    }
    expect(reasonWords({ reason: "failed" }).meaning).toContain("resume it");
  });
  it("says how often it came and how large it is", () => {
    expect([1, 2, 3].map(timesWords)).toEqual(["came once", "came twice", "came 3 times"]);
    expect([1, 74, 68_400].map(sizeWords)).toEqual(["1 byte", "74 bytes", "68 kB"]);
  });
  it("says where it came from", () => {
    expect(originWords({ publisher: "scheduler", reported_by: "dialer 1" })).toBe(
      "from scheduler, given up by dialer 1",
    );
    expect(originWords({ publisher: null, reported_by: null })).toBe(
      "from somebody unknown, given up by the broker",
    );
  });
});
