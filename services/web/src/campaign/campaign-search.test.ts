import { describe, expect, it } from "vitest";
import { readCampaignSearch } from "./campaign-search";

describe("the address of a campaign's page", () => {
  it("says what is shown", () => {
    const said = { tab: "contacts", outcome: "busy", contacts: "reached", call: "1-2-3" };
    expect(readCampaignSearch({ ...said, number: "+14155550123" })).toEqual(said);
  });

  it("may say nothing, or nonsense", () => {
    expect(readCampaignSearch({ tab: "calls" })).toEqual({});
    expect(readCampaignSearch({ tab: "x", outcome: "ringing", contacts: 3, call: 5 })).toEqual({});
  });
});
