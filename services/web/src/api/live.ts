/** Live events: one stream of server-sent events for the whole page, merged into what the queries hold. Nothing polls. */

import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import type { Campaign, Schemas } from "./client";
import { type EventStream, openEventStream } from "./event-stream";
import { sessionEnded } from "./session-state";
import { createStore } from "./store";
import { isListed, newer, remember } from "./told";

type Collection = Schemas["CampaignCollection"];
type Lists = InfiniteData<Collection, string | null>;

/** `lost` is said aloud; `connecting` passes unnoticed. */
export type Connection = "connecting" | "live" | "lost";

export const connection = createStore<Connection>("connecting");

/** Milliseconds: how often details of a running campaign are read anew, how long a hidden tab still listens, how long a
 * stream may be away before that is said, and how long what is read first waits for it. */
const DETAILS = 1_000;
const HIDDEN = 5_000;
const PATIENCE = 3_000;
const HEAD_START = 250;

let following: Promise<void> | null = null;

/** Follows the account's campaigns for as long as the page is there, unless that is done already. What is read after the promise
 * misses nothing; it keeps nobody waiting for long. */
export function startFollowing(client: QueryClient): Promise<void> {
  following ??= new Promise((resolve) => {
    follow(client, resolve);
    setTimeout(resolve, HEAD_START);
  });
  return following;
}

function follow(client: QueryClient, onOpen: () => void): void {
  let stream: EventStream | null = null;
  let position: string | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let doubting: ReturnType<typeof setTimeout> | undefined;
  const details = inTurn(client);

  function open() {
    stream ??= openEventStream("/api/stream", position, {
      onOpen: (resumed) => {
        clearTimeout(doubting);
        doubting = undefined;
        connection.set("live");
        onOpen();
        void (resumed ? refreshFailed(client) : refreshOlder(client));
      },
      onEvent: ({ event, data }) => {
        if (event === "campaign") {
          const campaign: Campaign = JSON.parse(data);
          merge(client, campaign);
          details(campaign.id, campaign);
        } else if (event === "campaign_deleted") {
          const { id: deleted }: Schemas["CampaignDeleted"] = JSON.parse(data);
          forget(client, deleted);
          details(deleted, null);
        } else if (event === "reset") {
          void refreshOlder(client);
        }
      },
      onBreak: () => {
        doubting ??= setTimeout(() => connection.set("lost"), PATIENCE);
      },
      onSignedOut: () => sessionEnded.set(true),
    });
  }

  function close() {
    clearTimeout(doubting);
    doubting = undefined;
    position = stream?.position() ?? position;
    stream?.close();
    stream = null;
  }

  // A tab that nobody sees would keep one of the six connections that a browser opens to an address (HTTP/1.1): with six
  // such tabs nothing else is answered any more.
  function onVisibility() {
    clearTimeout(hiding);
    if (document.visibilityState === "hidden") hiding = setTimeout(close, HIDDEN);
    else if (!sessionEnded.get()) open();
  }

  // The browser knows that the network is gone long before a connection notices.
  function onOffline() {
    close();
    connection.set("lost");
  }

  function onSession() {
    if (sessionEnded.get()) close();
    else open();
  }

  onVisibility();
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("offline", onOffline);
  addEventListener("online", onVisibility);
  sessionEnded.subscribe(onSession);
}

/** Reads anew what was read before now: what changed between then and now, nobody tells. */
function refreshOlder(client: QueryClient): Promise<void> {
  const now = Date.now();
  return client.invalidateQueries({
    predicate: ({ queryKey, state }) =>
      queryKey[0] !== "session" && queryKey[0] !== "me" && state.dataUpdatedAt <= now,
  });
}

/** Reads anew what could not be read while the API was away, and what another start of it may have changed. */
function refreshFailed(client: QueryClient): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey, state }) => queryKey[0] === "me" || state.status === "error",
  });
}

/** Puts a campaign's new state wherever an older one is held. */
export function merge(client: QueryClient, campaign: Campaign): void {
  const known = remember(campaign.id, campaign);
  if (known === null || (known && known.version >= campaign.version)) return;
  client.setQueryData<Campaign>(["campaign", campaign.id], (held) => newer(held, campaign));
  if (campaign.is_test) return;
  // A list that does not hold it may have to, if it is new or was moved: progress alone brings no campaign onto a list.
  const place = placeOf(campaign);
  const isMoved = placeOf(known) !== place;
  for (const query of client.getQueryCache().findAll({ queryKey: ["campaigns"] })) {
    const lists = query.state.data as Lists | undefined;
    const held = lists && find(lists, campaign.id);
    if (placeOf(held) !== place && (held !== undefined || isMoved)) refreshSoon(client, query);
    if (lists !== undefined && held !== undefined && held.version < campaign.version) {
      const isShown = isListed(campaign, query.queryKey[1] as { archived?: boolean });
      client.setQueryData<Lists>(
        query.queryKey,
        isShown ? replaced(lists, campaign) : without(lists, campaign.id),
      );
    }
  }
}

/** What of a campaign decides which lists it is on, and where. */
function placeOf(campaign: Campaign | undefined): string {
  return campaign === undefined
    ? ""
    : JSON.stringify([
        campaign.status,
        campaign.name,
        campaign.scheduled_time,
        campaign.archived_at === null,
      ]);
}

function find(lists: Lists, id: string): Campaign | undefined {
  for (const page of lists.pages) {
    const found = page.items.find((each) => each.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function replaced(lists: Lists, campaign: Campaign): Lists {
  const pages = lists.pages.map((page) =>
    page.items.some((each) => each.id === campaign.id)
      ? { ...page, items: page.items.map((each) => (each.id === campaign.id ? campaign : each)) }
      : page,
  );
  return { ...lists, pages };
}

/** Takes a campaign that was deleted off the lists. */
export function forget(client: QueryClient, id: string): void {
  remember(id, null);
  client.setQueriesData<Lists>({ queryKey: ["campaigns"] }, (lists) =>
    lists === undefined || find(lists, id) === undefined ? lists : without(lists, id),
  );
  void client.invalidateQueries({ queryKey: ["campaign", id] });
}

function without(lists: Lists, id: string): Lists {
  const pages = lists.pages.map((page) => ({
    ...page,
    items: page.items.filter((each) => each.id !== id),
    total: page.total - 1,
  }));
  return { ...lists, pages };
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Reads a list anew when what belongs on it, or its order, may have changed: soon, and once for many changes. */
function refreshSoon(client: QueryClient, query: Query): void {
  if (waiting.has(query.queryHash)) return;
  const pages = (query.state.data as Lists | undefined)?.pages.length ?? 1;
  const pause = 300 * pages; // somebody who has scrolled far has many pages to read
  waiting.set(
    query.queryHash,
    setTimeout(() => {
      waiting.delete(query.queryHash);
      // What is read for the first time is not read anew before it has come, and may then be older than what was told.
      if (query.state.data === undefined && query.state.fetchStatus === "fetching")
        refreshSoon(client, query);
      else void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }, pause),
  );
}

/** Pages of a list of details that are followed; whoever has scrolled on reads in peace until the campaign has ended. */
export const FOLLOWED_PAGES = 3;

/** Reads the details of changed campaigns, and the wallet that they spend from, at most once in a while, and never twice
 * at the same time: details of a large campaign may take longer than that. */
function inTurn(client: QueryClient): (id: string, campaign: Campaign | null) => void {
  const changed = new Map<string, Campaign | null>(); // null: it was deleted
  let isBusy = false;

  async function read() {
    const told = new Map(changed);
    changed.clear();
    await Promise.all([
      client.invalidateQueries({ predicate: (query) => isDetail(query, told) }),
      client.invalidateQueries({ queryKey: ["wallet"] }),
    ]);
    isBusy = false;
    if (changed.size > 0) start();
  }

  function start() {
    if (isBusy) return;
    isBusy = true;
    setTimeout(() => void read(), DETAILS);
  }

  return (id, campaign) => {
    changed.set(id, campaign);
    start();
  };
}

/** Whether a query is of the details of one of these campaigns: its results, its calls, one of its calls ... */
function isDetail({ queryKey, state }: Query, changed: ReadonlyMap<string, Campaign | null>): boolean {
  const [noun, id] = queryKey;
  const data = state.data as Partial<Schemas["Call"] & InfiniteData<unknown>> | undefined;
  if (noun === "do-not-call") return (data?.pages?.length ?? 0) <= FOLLOWED_PAGES; // somebody may have pressed 9
  if (noun === "series" || noun === "calendar")
    return [...changed.values()].some((campaign) => campaign === null || campaign.series_id !== null);
  if (noun === "unknown-calls") return isUnresolved(state.data, changed);
  if (noun === "call") return changed.has(data?.campaign_id ?? "");
  const campaign = noun === "campaign" && queryKey.length > 2 ? changed.get(String(id)) : undefined;
  if (!campaign) return false;
  return campaign.status !== "processing" || (data?.pages?.length ?? 0) <= FOLLOWED_PAGES;
}

/** Whether what is held of unresolved calls may be another by now: some are shown, or one of these campaigns has some. */
function isUnresolved(held: unknown, changed: ReadonlyMap<string, Campaign | null>): boolean {
  const pages = (held as Partial<InfiniteData<Schemas["UnknownCallCollection"]>> | undefined)?.pages;
  if ((pages?.length ?? 0) > FOLLOWED_PAGES) return false;
  const page = pages?.[0] ?? (held as Partial<Schemas["UnknownCallCollection"]> | undefined);
  const showsNone = page?.total === 0;
  return !showsNone || [...changed.values()].some((campaign) => (campaign?.progress.undecided ?? 0) > 0);
}
