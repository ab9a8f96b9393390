/** Every address of the app, and the page that it shows. What is not needed at first is loaded when it is opened. */

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { startFollowing } from "./api/live";
import { campaignQuery, campaignsQuery, meQuery, queryClient, sessionQuery, statsQuery } from "./api/queries";
import { readCalendarSearch } from "./calendar/calendar-search";
import { readCampaignSearch } from "./campaign/campaign-search";
import { CampaignsPage, readCampaignsSearch } from "./campaigns/campaigns-page";
import { NotFoundPage } from "./layout/not-found-page";
import { loaded, NotShown } from "./layout/not-shown";
import { Shell } from "./layout/shell";
import { SignInPage } from "./session/sign-in-page";
import { wanted } from "./session/wanted";
import { readUnresolvedSearch } from "./unresolved/search";

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (given: Record<string, unknown>): { next?: string } =>
    typeof given.next === "string" ? { next: given.next } : {},
  beforeLoad: async ({ context, search }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session.user !== null) throw redirect({ href: wanted(search.next), replace: true });
  },
  component: SignInPage,
});

/** What any page may have in its address: the dialog that creates a campaign, and the instant somebody clicked at; or the dialog
 * that edits one, by its id, to add people to its list, or as the one time of its series that is meant. */
type AppSearch = { create?: boolean; at?: string; edit?: string; add?: boolean; one?: boolean };

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  validateSearch: (given: Record<string, unknown>): AppSearch => ({
    ...(given.create === true && { create: true }),
    ...(given.create === true && typeof given.at === "string" && { at: given.at }),
    ...(given.create !== true && typeof given.edit === "string" && { edit: given.edit }),
    ...(typeof given.edit === "string" && given.add === true && { add: true }),
    ...(typeof given.edit === "string" && given.one === true && { one: true }),
  }),
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session.user === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
    void context.client.prefetchQuery(meQuery);
    await startFollowing(context.client);
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/campaigns", replace: true });
  },
});

const campaigns = createRoute({
  getParentRoute: () => app,
  path: "/campaigns",
  validateSearch: readCampaignsSearch,
  loader: ({ context }) => {
    void context.client.prefetchInfiniteQuery(campaignsQuery({ sort: "-created_at" }));
  },
  component: CampaignsPage,
});

const campaign = createRoute({
  getParentRoute: () => app,
  path: "/campaigns/$campaignId",
  validateSearch: readCampaignSearch,
  loader: ({ context, params, cause }) => {
    if (cause === "preload") return; // the page itself: a pointer passes over many campaigns while somebody scrolls
    void context.client.prefetchQuery(campaignQuery(params.campaignId));
    void context.client.prefetchQuery(statsQuery(params.campaignId));
  },
  component: lazyRouteComponent(() => loaded(import("./campaign/campaign-page")), "CampaignPage"),
});

const allSeries = createRoute({
  getParentRoute: () => app,
  path: "/series",
  component: lazyRouteComponent(() => loaded(import("./series/series-list-page")), "SeriesListPage"),
});

const series = createRoute({
  getParentRoute: () => app,
  path: "/series/$seriesId",
  component: lazyRouteComponent(() => loaded(import("./series/series-page")), "SeriesPage"),
});

const calendar = createRoute({
  getParentRoute: () => app,
  path: "/calendar",
  validateSearch: readCalendarSearch,
  component: lazyRouteComponent(() => loaded(import("./calendar/calendar-page")), "CalendarPage"),
});

const unresolved = createRoute({
  getParentRoute: () => app,
  path: "/unresolved",
  validateSearch: readUnresolvedSearch,
  component: lazyRouteComponent(() => loaded(import("./unresolved/unresolved-page")), "UnresolvedPage"),
});

const doNotCall = createRoute({
  getParentRoute: () => app,
  path: "/do-not-call",
  component: lazyRouteComponent(() => loaded(import("./do-not-call/do-not-call-page")), "DoNotCallPage"),
});

const callingRules = createRoute({
  getParentRoute: () => app,
  path: "/calling-rules",
  component: lazyRouteComponent(
    () => loaded(import("./calling-rules/calling-rules-page")),
    "CallingRulesPage",
  ),
});

const wallet = createRoute({
  getParentRoute: () => app,
  path: "/wallet",
  component: lazyRouteComponent(() => loaded(import("./wallet/wallet-page")), "WalletPage"),
});

const apiKeys = createRoute({
  getParentRoute: () => app,
  path: "/api-keys",
  component: lazyRouteComponent(() => loaded(import("./api-keys/api-keys-page")), "ApiKeysPage"),
});

const deadLetters = createRoute({
  getParentRoute: () => app,
  path: "/operations/dead-letters",
  component: lazyRouteComponent(() => loaded(import("./operations/dead-letters-page")), "DeadLettersPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    app.addChildren([
      campaigns,
      campaign,
      allSeries,
      series,
      calendar,
      unresolved,
      doNotCall,
      callingRules,
      wallet,
      apiKeys,
      deadLetters,
    ]),
  ]),
  context: { client: queryClient },
  defaultErrorComponent: NotShown,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
