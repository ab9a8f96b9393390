/** What pages read, by noun. A page asks `useQuery(campaignQuery(id))`; live events and mutations know the same keys. */

import {
  infiniteQueryOptions,
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
  skipToken,
} from "@tanstack/react-query";
import { ApiProblem, answered, api, type CampaignStatus, type Schemas } from "./client";
import { FOLLOWED_PAGES } from "./live";
import { sessionEnded } from "./session-state";
import { current, currentPage } from "./told";

export type CampaignSort =
  | "created_at"
  | "-created_at"
  | "scheduled_time"
  | "-scheduled_time"
  | "name"
  | "-name";

export type CampaignFilter = {
  status?: CampaignStatus | undefined;
  search?: string | undefined;
  sort?: CampaignSort | undefined;
  /** Those that were archived, and no others; else no list has them. */
  archived?: true | undefined;
};

export type ContactStatus = Schemas["ContactStatus"];

/** How a call that came to its end ended. */
export type Disposition = Schemas["Disposition"];

export type CallFilter = {
  disposition?: Disposition | undefined;
  number?: string | undefined;
};

/** Milliseconds after which what could not be read is tried again while somebody looks at it. */
const AGAIN = 5_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false, // changes are told by live events; a tab that was away asks again by itself
      retry: (count, reason) => count < 2 && isPassing(reason),
      retryDelay: (attempt) => 500 * 2 ** attempt,
      refetchInterval: ({ state }) => (state.status === "error" && isPassing(state.error) ? AGAIN : false),
      networkMode: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
  queryCache: new QueryCache({ onError: noticeEndOfSession }),
  mutationCache: new MutationCache({ onError: noticeEndOfSession }),
});

/** Whether another attempt may help: no answer, or one that says "not now". */
export function isPassing(reason: unknown): boolean {
  return reason instanceof ApiProblem && (reason.status === 0 || reason.status >= 500);
}

/** Lets the page ask for the password again when the API does not know who we are any more. */
export function noticeEndOfSession(reason: unknown): void {
  if (reason instanceof ApiProblem && reason.status === 401) sessionEnded.set(true);
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => answered(api.GET("/api/session", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => answered(api.GET("/api/me", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Lists of campaigns are kept current by live events, whether somebody looks at them or not: coming back to a list of many pages
 * reads it anew only if something on it was moved. */
const LIVE = Number.POSITIVE_INFINITY;

/** The campaigns, a page at a time, as the API orders them. */
export function campaignsQuery(filter: CampaignFilter) {
  return infiniteQueryOptions({
    queryKey: ["campaigns", filter],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 100, ...present(filter), ...present({ cursor: pageParam ?? undefined }) };
      return answered(api.GET("/api/campaigns", { params: { query }, signal })).then((page) =>
        currentPage(page, filter),
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: LIVE,
    placeholderData: keepPreviousData,
  });
}

/** Campaigns whose scheduled time is between two instants (RFC 3339), a large page at a time: what a calendar shows. */
export function scheduledQuery(from: string, to: string) {
  return spanQuery({ scheduled_from: from, scheduled_to: to, sort: "scheduled_time" });
}

/** Campaigns that were created between two instants, to start at once. */
export function startedAtOnceQuery(from: string, to: string) {
  return spanQuery({ created_from: from, created_to: to, is_scheduled: false, sort: "created_at" });
}

type Span = {
  series_id?: string;
  scheduled_from?: string;
  scheduled_to?: string;
  created_from?: string;
  created_to?: string;
  is_scheduled?: boolean;
  sort: CampaignSort;
};

function spanQuery(span: Span, limit = 500) {
  return infiniteQueryOptions({
    queryKey: ["campaigns", span],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit, ...span, ...present({ cursor: pageParam ?? undefined }) };
      return answered(api.GET("/api/campaigns", { params: { query }, signal })).then((page) =>
        currentPage(page),
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: LIVE,
    placeholderData: keepPreviousData,
  });
}

export function campaignQuery(id: string) {
  return queryOptions({
    queryKey: ["campaign", id],
    queryFn: ({ signal }) => answered(api.GET("/api/campaigns/{campaign_id}", at(id, signal))).then(current),
  });
}

export function statsQuery(id: string) {
  return queryOptions({
    queryKey: ["campaign", id, "stats"],
    queryFn: ({ signal }) => answered(api.GET("/api/campaigns/{campaign_id}/stats", at(id, signal))),
  });
}

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: ["campaign", id, "history"],
    queryFn: ({ signal }) => {
      const params = { path: { campaign_id: id }, query: { limit: 500 } };
      return answered(api.GET("/api/campaigns/{campaign_id}/events", { params, signal }));
    },
  });
}

/** What was left out of a campaign's list, a page at a time. It never changes. */
export function rejectedQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["rejected", id],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 100, ...present({ cursor: pageParam ?? undefined }) };
      const params = { path: { campaign_id: id }, query };
      return answered(api.GET("/api/campaigns/{campaign_id}/rejected", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Who is on a campaign's list, by their numbers, a page at a time. */
export function contactsQuery(id: string, status: ContactStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: ["campaign", id, "contacts", { status }],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 100, ...present({ status, cursor: pageParam ?? undefined }) };
      const params = { path: { campaign_id: id }, query };
      return answered(api.GET("/api/campaigns/{campaign_id}/contacts", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** The calls of a campaign, newest first, a page at a time. */
export function campaignCallsQuery(id: string, filter: CallFilter) {
  return infiniteQueryOptions({
    queryKey: ["campaign", id, "calls", filter],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 100, ...present(filter), ...present({ cursor: pageParam ?? undefined }) };
      const params = { path: { campaign_id: id }, query };
      return answered(api.GET("/api/campaigns/{campaign_id}/calls", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function callQuery(id: string) {
  return queryOptions({
    queryKey: ["call", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/calls/{call_id}", { params: { path: { call_id: id } }, signal })),
  });
}

/** Calls of which nobody knows what became, of all campaigns or of one: those that wait for a decision, the oldest first, or those
 * that have one, the latest first. */
export function unknownCallsQuery(state: "waiting" | "decided", campaign?: string) {
  return infiniteQueryOptions({
    queryKey: ["unknown-calls", { state, campaign }],
    queryFn: ({ signal, pageParam }) => {
      const query = {
        limit: 100,
        state,
        ...present({ campaign_id: campaign, cursor: pageParam ?? undefined }),
      };
      return answered(api.GET("/api/unknown-calls", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** How many calls wait for a decision. */
export const undecidedQuery = queryOptions({
  queryKey: ["unknown-calls", "number"],
  queryFn: ({ signal }) =>
    answered(api.GET("/api/unknown-calls", { params: { query: { limit: 1 } }, signal })),
  select: ({ total }) => total,
});

/** One of them with all that is known of it. */
export function unknownCallQuery(id: string) {
  return queryOptions({
    queryKey: ["unknown-calls", "one", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/unknown-calls/{call_id}", { params: { path: { call_id: id } }, signal })),
  });
}

/** The numbers that are never called, newest first, a page at a time; those that begin with what is searched for. `country` is
 * where a number is at home that is written without the code of its country. */
export function doNotCallQuery(search: string, country: string) {
  return infiniteQueryOptions({
    queryKey: ["do-not-call", search && { search, country }],
    queryFn: ({ signal, pageParam }) => {
      const query = {
        limit: 100,
        sort: "-created_at" as const,
        ...present({ search, cursor: pageParam ?? undefined }),
        ...(search && { default_country: country }),
      };
      return answered(api.GET("/api/do-not-call", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 0,
    // Programs change the list, too, and no event tells of it. Whoever has scrolled far reads in peace.
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= FOLLOWED_PAGES,
    refetchOnMount: ({ state }) => (state.data?.pages.length ?? 0) <= FOLLOWED_PAGES,
  });
}

/** The account's series, the newest first, a page at a time. */
export const allSeriesQuery = infiniteQueryOptions({
  queryKey: ["series"],
  queryFn: ({ signal, pageParam }) => {
    const query = { limit: 100, ...present({ cursor: pageParam ?? undefined }) };
    return answered(api.GET("/api/series", { params: { query }, signal }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

export function seriesQuery(id: string) {
  return queryOptions({
    queryKey: ["series", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/series/{series_id}", { params: { path: { series_id: id } }, signal })),
  });
}

/** The campaigns of a series, the latest first, a few at a time. */
export function seriesCampaignsQuery(id: string) {
  return spanQuery({ series_id: id, sort: "-scheduled_time" }, 12);
}

/** What is to come of a series: from now on, or from an instant (RFC 3339). */
export function occurrencesQuery(id: string, limit: number, from?: string) {
  return queryOptions({
    queryKey: ["series", id, "occurrences", limit, from],
    queryFn: ({ signal }) => {
      const params = { path: { series_id: id }, query: { limit, ...present({ from }) } };
      return answered(api.GET("/api/series/{series_id}/occurrences", { params, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

export function seriesEventsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["series", id, "events"],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 100, ...present({ cursor: pageParam ?? undefined }) };
      const params = { path: { series_id: id }, query };
      return answered(api.GET("/api/series/{series_id}/events", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** What a rule means; null: it is not complete. */
export function rulePreviewQuery(rule: Schemas["RuleFields"] | null) {
  return queryOptions({
    queryKey: ["rule", rule],
    queryFn: rule
      ? ({ signal }) => answered(api.POST("/api/series/preview", { body: { rule }, signal }))
      : skipToken,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
}

/** What is in the calendar between two instants (RFC 3339), occurrences that are still to be made among it. */
export function calendarQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["calendar", from, to],
    queryFn: ({ signal }) => answered(api.GET("/api/calendar", { params: { query: { from, to } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export const calendarFeedsQuery = queryOptions({
  queryKey: ["calendar-feeds"],
  queryFn: ({ signal }) =>
    answered(api.GET("/api/calendar-feeds", { params: { query: { limit: 100 } }, signal })),
  staleTime: 0,
});

export const walletQuery = queryOptions({
  queryKey: ["wallet"],
  queryFn: ({ signal }) => answered(api.GET("/api/wallet", { signal })),
});

/** The ledger, newest first. Live events do not read it anew by themselves: somebody may have read far into it. */
export const walletEntriesQuery = infiniteQueryOptions({
  queryKey: ["wallet-entries"],
  queryFn: ({ signal, pageParam }) => {
    const query = { limit: 50, ...present({ cursor: pageParam ?? undefined }) };
    return answered(api.GET("/api/wallet/entries", { params: { query }, signal }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  staleTime: 0,
});

export const apiKeysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => answered(api.GET("/api/api-keys", { params: { query: { limit: 100 } }, signal })),
});

/** Milliseconds between two looks at a dead letter that is sent again in a moment: no event tells of it. */
const REPLAYING = 1_000;

/** What waits for an operator, the latest first, a page at a time. */
export const deadLettersQuery = infiniteQueryOptions({
  queryKey: ["dead-letters"],
  queryFn: ({ signal, pageParam }) => {
    const query = { limit: 50, ...present({ cursor: pageParam ?? undefined }) };
    return answered(api.GET("/api/operations/dead-letters", { params: { query }, signal }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  staleTime: 0,
  refetchOnWindowFocus: true,
  refetchInterval: ({ state }) =>
    state.data?.pages.some(({ items }) => items.some(({ status }) => status === "replaying"))
      ? REPLAYING
      : false,
});

/** When the people that the account calls may be called. */
export const callingHoursQuery = queryOptions({
  queryKey: ["calling-hours"],
  queryFn: ({ signal }) => answered(api.GET("/api/calling-hours", { signal })),
});

/** The number that people see, and who speaks with them. */
export const callerQuery = queryOptions({
  queryKey: ["caller"],
  queryFn: ({ signal }) => answered(api.GET("/api/caller", { signal })),
});

/** What bounds the calls of all campaigns together. */
export const callLimitsQuery = queryOptions({
  queryKey: ["call-limits"],
  queryFn: ({ signal }) => answered(api.GET("/api/call-limits", { signal })),
});

/** What a campaign would do that is only thought of; null: there is nothing to ask about yet. */
export function preflightQuery(body: Schemas["CampaignPreflight"] | null) {
  return queryOptions({
    queryKey: ["preflight", body],
    queryFn: body
      ? ({ signal }) => answered(api.POST("/api/campaigns/preflight", { body, signal }))
      : skipToken,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
}

/** What the first contacts of such a campaign would hear. */
export function previewQuery(body: Schemas["CampaignPreflight"] | null) {
  return queryOptions({
    queryKey: ["preview", body],
    queryFn: body
      ? ({ signal }) => answered(api.POST("/api/campaigns/preview", { body, signal }))
      : skipToken,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
}

/** A file of contacts, and how it is read: by which column of numbers, and what other columns become. */
export type ImportReading = {
  id: string;
  phone_column: string | undefined;
  columns: Readonly<Record<string, string | null>>;
  default_country: string;
};

export function importQuery(reading: ImportReading | null) {
  return queryOptions({
    queryKey: ["import", reading],
    queryFn: reading
      ? ({ signal }) => {
          const params = { path: { import_id: reading.id }, query: present(importParameters(reading)) };
          return answered(api.GET("/api/imports/{import_id}", { params, signal }));
        }
      : skipToken,
    placeholderData: keepPreviousData,
  });
}

/** A reading as parameters of an address. */
export function importParameters({ phone_column, columns, default_country }: ImportReading) {
  const mapped = Object.keys(columns).length > 0 ? JSON.stringify(columns) : undefined;
  return { phone_column, columns: mapped, default_country };
}

/** A test call; its campaign's live events bring news of it. */
export function testCallQuery(id: string | null) {
  return queryOptions({
    queryKey: ["campaign", id, "test-call"],
    queryFn: id
      ? ({ signal }) =>
          answered(
            api.GET("/api/test-calls/{test_call_id}", { params: { path: { test_call_id: id } }, signal }),
          )
      : skipToken,
  });
}

function at(id: string, signal: AbortSignal) {
  return { params: { path: { campaign_id: id } }, signal };
}

/** The members that have a value: the API refuses parameters without one. */
function present<T extends object>(given: T): { [Name in keyof T]: NonNullable<T[Name]> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(entries) as { [Name in keyof T]: NonNullable<T[Name]> };
}
