import { describe, expect, it } from "vitest";
import { readCampaignSearch } from "./campaign-search";

describe("the address of a campaign's page", () => {
  it("says what is shown", () => {
    const said = {
      tab: "contacts",
      outcome: "busy",
      number: "+14155550123",
      contacts: "reached",
      call: "1-2-3",
    };
    expect(readCampaignSearch(said)).toEqual(said);
  });

  it("may say nothing, or nonsense", () => {
    expect(readCampaignSearch({ tab: "calls" })).toEqual({});
    expect(readCampaignSearch({ tab: "x", outcome: "ringing", number: "", contacts: 3, call: 5 })).toEqual(
      {},
    );
  });

  it("may have a number that looks like one", () => {
    expect(readCampaignSearch({ number: 14155550123 })).toEqual({ number: "14155550123" });
  });
});
