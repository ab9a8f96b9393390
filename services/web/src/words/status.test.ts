import { describe, expect, it } from "vitest";
import type { Campaign } from "@/api/client";
import { remedy } from "./status";

const failed = { status: "failed" } as Campaign;

describe("the remedy", () => {
  it("fits the reason", () => {
    const reasons = {
      "The carrier refuses the caller id +15005550001 (21212: not valid). Use another number.": /caller ID/,
      "Three dialers in a row were lost while they started this campaign.": /whoever runs Belltower/,
      "The balance is too low.": /Top up the wallet/,
    };
    for (const [status_reason, advice] of Object.entries(reasons)) {
      expect(remedy({ ...failed, status_reason })).toMatch(advice);
    }
  });

  it("is none where nothing is wrong", () => {
    expect(remedy({ ...failed, status: "completed", status_reason: null })).toBeNull();
  });
});
