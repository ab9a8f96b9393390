import { describe, expect, it } from "vitest";
import type { Campaign } from "@/api/client";
import { dueAt, eventOf, eventToCome, isMovable, type ToCome, toCome, together } from "./events";

function campaign(fields: Partial<Campaign>): Campaign {
  const some = { id: "1", name: "Notice", status: "scheduled", scheduled_time: null, version: 1 };
  return { ...some, created_at: "2026-11-26T08:00:00.000Z", ...fields } as Campaign;
}

describe("a campaign on the calendar", () => {
  it("is at its scheduled time, or when it was created to start at once", () => {
    expect(dueAt(campaign({}))).toBe("2026-11-26T08:00:00.000Z");
    expect(dueAt(campaign({ scheduled_time: "2026-12-01T08:00:00.000Z" }))).toBe("2026-12-01T08:00:00.000Z");
  });

  it("has its status' tone and leads to its page", () => {
    expect(eventOf(campaign({ status: "failed" }))).toMatchObject({
      url: "/campaigns/1",
      color: "var(--red-soft)",
      contrastColor: "var(--red)",
    });
  });

  it("is there once, as it was told last, in the order of the start", () => {
    const late = campaign({ id: "2", scheduled_time: "2026-11-27T08:00:00.000Z" });
    const found = together([late, campaign({ version: 3, status: "completed" })], [campaign({ version: 2 })]);
    expect(found.map(({ id, version }) => [id, version])).toEqual([
      ["1", 3],
      ["2", 1],
    ]);
  });
});

describe("an occurrence that is to come", () => {
  const entry = {
    kind: "occurrence",
    at: "2026-12-01T08:30:00Z",
    name: "Reminder",
    timezone: "Europe/Berlin",
    series_id: "s",
  } as ToCome;

  it("leads to its series, and is not moved", () => {
    expect(eventToCome(entry)).toMatchObject({ url: "/series/s", startEditable: false });
    expect(isMovable(campaign({ status: "scheduled" }))).toBe(true);
    expect(isMovable(campaign({ status: "completed" }))).toBe(false);
  });

  it("is there until its campaign is", () => {
    const made = campaign({ series_id: "s", occurrence: "2026-12-01T09:30:00" });
    expect(toCome([entry], [])).toEqual([entry]);
    expect(toCome([entry, { ...entry, at: "2026-12-02T08:30:00Z" }], [made])).toMatchObject([
      { at: "2026-12-02T08:30:00Z" },
    ]);
    expect(toCome([{ ...entry, kind: "campaign" }], [])).toEqual([]);
  });
});
