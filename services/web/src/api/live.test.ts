import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Campaign } from "./client";
import { forget, merge } from "./live";
import { current, currentPage } from "./told";

const KEY = ["campaigns", { status: "scheduled" }];

function campaign(fields: Partial<Campaign>): Campaign {
  const some = {
    id: "new",
    name: "Notice",
    status: "processing",
    scheduled_time: null,
    archived_at: null,
    version: 1,
  };
  return { ...some, is_test: false, ...fields } as Campaign;
}

/** A client that holds a list of these campaigns. */
function holding(...items: Campaign[]): QueryClient {
  const client = new QueryClient();
  client.setQueryData(KEY, {
    pages: [{ items, next_cursor: null, total: items.length }],
    pageParams: [null],
  });
  return client;
}

/** Whether the list is to be read anew, once everything that was told has been taken in. */
function isOutdated(client: QueryClient): boolean {
  vi.runAllTimers();
  return client.getQueryState(KEY)?.isInvalidated ?? false;
}

describe("a list of campaigns", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is read anew for a campaign that it does not hold once, not for each of its calls", () => {
    const told = campaign({ id: "elsewhere" });
    const first = holding();
    merge(first, told);
    expect(isOutdated(first)).toBe(true);
    const later = holding();
    merge(later, { ...told, version: 2 });
    expect(isOutdated(later)).toBe(false);
    merge(later, { ...told, version: 3, status: "completed" });
    expect(isOutdated(later)).toBe(true);
  });

  it("takes in the progress of what it holds, and is read anew when that belongs elsewhere", () => {
    const client = holding(campaign({ id: "held" }));
    merge(client, campaign({ id: "held", version: 2 }));
    expect(isOutdated(client)).toBe(false);
    expect(client.getQueryData(KEY)).toMatchObject({ pages: [{ items: [{ version: 2 }] }] });
    merge(client, campaign({ id: "held", version: 3, scheduled_time: "2026-11-27T08:00:00.000Z" }));
    expect(isOutdated(client)).toBe(true);
  });

  it("is read once more if it was on its way when something was told that belongs on it", async () => {
    const client = new QueryClient();
    const answers: ((items: Campaign[]) => void)[] = [];
    const list = new QueryObserver(client, {
      queryKey: KEY,
      queryFn: () =>
        new Promise((resolve) => {
          answers.push((items) => resolve({ pages: [{ items, next_cursor: null, total: items.length }] }));
        }),
    });
    const leave = list.subscribe(() => undefined);
    merge(client, campaign({ id: "told while it was read" }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers).toHaveLength(1);
    answers[0]?.([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers).toHaveLength(2);
    leave();
  });
});

it("drops what was archived from lists, and brings it to that of the archive", () => {
  vi.useFakeTimers();
  const archived_at = "2026-11-27T08:00:00.000Z";
  const client = holding(campaign({ id: "over" }), campaign({ id: "other" }));
  const archive = ["campaigns", { archived: true }];
  client.setQueryData(archive, { pages: [{ items: [], next_cursor: null, total: 0 }], pageParams: [null] });
  merge(client, campaign({ id: "over", version: 2, archived_at }));
  expect(client.getQueryData(KEY)).toMatchObject({ pages: [{ items: [{ id: "other" }], total: 1 }] });
  vi.runAllTimers();
  expect(client.getQueryState(archive)?.isInvalidated).toBe(true);
  const page = { items: [campaign({ id: "over" })] };
  expect(currentPage(page).items).toEqual([]);
  expect(currentPage(page, { archived: true }).items).toHaveLength(1);
  vi.useRealTimers();
});

describe("an answer that was read before an event and comes after it", () => {
  it("brings nothing back that is over", () => {
    const client = new QueryClient();
    merge(client, campaign({ id: "ended", version: 9, status: "completed" }));
    merge(client, campaign({ id: "ended", version: 8 }));
    forget(client, "gone");
    merge(client, campaign({ id: "gone", version: 10 }));
    const page = { items: [campaign({ id: "ended", version: 7 }), campaign({ id: "gone", version: 7 })] };
    expect(currentPage(page).items).toMatchObject([{ id: "ended", version: 9, status: "completed" }]);
    expect(current(campaign({ id: "ended", version: 10 }))).toMatchObject({ version: 10 });
  });
});
