/** What surrounds every page of somebody who is signed in. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import {
  BookOpen,
  CalendarDays,
  CircleHelp,
  Ellipsis,
  KeyRound,
  LogOut,
  Megaphone,
  Monitor,
  Moon,
  PhoneOff,
  Repeat,
  ServerCog,
  SlidersHorizontal,
  Sun,
  User,
  Wallet,
} from "lucide-react";
import { lazy, Suspense } from "react";
import { toast } from "sonner";
import { answered, api } from "@/api/client";
import { meQuery, sessionQuery, undecidedQuery } from "@/api/queries";
import { useStored } from "@/api/store";
import { deleteNow } from "@/campaigns/delete-campaign";
import { NotLoaded } from "@/create-campaign/not-loaded";
import { leave } from "@/session/changes";
import { SignInAgain } from "@/session/sign-in-again";
import { useIsOperator } from "@/session/use-role";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Menu, MenuItem } from "@/ui/menu";
import { Loading, sentence } from "@/ui/states";
import { count } from "@/words/amounts";
import { needDecision } from "@/words/unresolved";
import { Bell } from "./bell";
import { CarrierNotice } from "./carrier-notice";
import { ConnectionNotice } from "./connection-notice";
import { StopAllButton } from "./stop-all";
import { choose, type Theme, theme } from "./theme";

const PAGES = [
  { to: "/campaigns", label: "Campaigns", icon: Megaphone },
  { to: "/series", label: "Recurring", icon: Repeat },
  { to: "/calendar", label: "Calendar", icon: CalendarDays },
  { to: "/unresolved", label: "Unresolved calls", icon: CircleHelp },
  { to: "/do-not-call", label: "Do not call", icon: PhoneOff },
  { to: "/calling-rules", label: "Calling rules", icon: SlidersHorizontal },
  { to: "/wallet", label: "Wallet", icon: Wallet },
  { to: "/api-keys", label: "API keys", icon: KeyRound },
] as const;

/** For those who run the installation. */
const OPERATIONS = { to: "/operations/dead-letters", label: "Operations", icon: ServerCog } as const;

/** On a phone there is room for some; the others are behind a button. */
const NEAR = PAGES.filter(
  ({ to }) => to !== "/series" && to !== "/unresolved" && to !== "/calling-rules" && to !== "/api-keys",
);
const FAR = PAGES.filter((page) => !NEAR.includes(page));

const CreateCampaign = lazy(() =>
  import("@/create-campaign/create-campaign").catch(() => ({
    default: () => <NotLoaded title="Create Campaign" />,
  })),
);

const EditCampaign = lazy(() =>
  import("@/edit-campaign/edit-campaign").catch(() => ({
    default: () => <NotLoaded title="Edit the campaign" />,
  })),
);

export function Shell() {
  const { create: isCreating, edit: edited } = useSearch({ from: "/app" });
  const isOperator = useIsOperator();
  return (
    <div className="min-h-dvh lg:pl-60">
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-4 py-2 text-sm text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <aside className="fixed inset-y-0 left-0 z-20 hidden w-60 flex-col border-r bg-surface lg:flex">
        <Brand className="h-16 px-5" />
        <nav aria-label="Pages" className="flex flex-1 flex-col gap-1 px-3 py-2">
          {[...PAGES, ...(isOperator ? [OPERATIONS] : [])].map((page) => (
            <Link
              key={page.to}
              to={page.to}
              className="flex items-center gap-3 rounded-lg px-3 py-2 text-sm font-medium text-muted transition-colors hover:bg-sunken hover:text-ink"
              activeProps={{ className: "bg-sunken text-ink", "aria-current": "page" }}
            >
              <page.icon className="size-4.5" aria-hidden />
              {page.label}
              {page.to === "/unresolved" && <Undecided className="ml-auto" />}
            </Link>
          ))}
        </nav>
        <div className="flex flex-col gap-1 border-t p-3">
          <StopAllButton />
          <a
            href="/docs"
            className="flex items-center gap-3 rounded-lg px-3 py-2 text-sm font-medium text-muted hover:bg-sunken hover:text-ink"
          >
            <BookOpen className="size-4.5" aria-hidden />
            API reference
          </a>
          <Person />
        </div>
      </aside>
      <div className="flex min-h-dvh flex-col pb-16 lg:pb-0">
        <CarrierNotice />
        <header className="flex h-14 items-center justify-between border-b bg-surface pr-2 pl-4 lg:hidden">
          <Brand />
          <div className="flex items-center">
            <StopAllButton compact />
            <Person compact />
          </div>
        </header>
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none sm:px-6 lg:px-8 lg:py-8"
        >
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <nav
        aria-label="Pages"
        className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-5 border-t bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {NEAR.map((page) => (
          <Link
            key={page.to}
            to={page.to}
            className="flex h-16 flex-col items-center justify-center gap-1 text-[0.6875rem] font-medium text-muted"
            activeProps={{ className: "text-ink [&_svg]:text-bell", "aria-current": "page" }}
          >
            <page.icon className="size-5" aria-hidden />
            {page.label}
          </Link>
        ))}
        <MorePages />
      </nav>
      <ConnectionNotice />
      {isCreating && (
        <Suspense fallback={<Loading />}>
          <CreateCampaign />
        </Suspense>
      )}
      {edited && (
        <Suspense fallback={<Loading />}>
          <EditCampaign key={edited} id={edited} />
        </Suspense>
      )}
      <SignInAgain />
    </div>
  );
}

/** How many calls wait for a decision, while some do. */
function Undecided({ className }: { className?: string }) {
  const { data: calls = 0 } = useQuery(undecidedQuery);
  if (calls === 0) return null;
  return (
    <span
      className={cn(
        "rounded-full bg-orange-soft px-1.5 py-0.5 text-xs leading-none font-semibold text-orange ring-1 ring-current/20 ring-inset tabular-nums",
        className,
      )}
    >
      <span aria-hidden>{count(calls)}</span>
      <span className="sr-only">({needDecision(calls)})</span>
    </span>
  );
}

/** The pages for which a phone's bar has no room. */
function MorePages() {
  const navigate = useNavigate();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const far = [...FAR, ...(useIsOperator() ? [OPERATIONS] : [])];
  const here = far.find(({ to }) => path.startsWith(to));
  const Icon = here?.icon ?? Ellipsis;
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={cn(
            "relative flex h-16 flex-col items-center justify-center gap-1 text-[0.6875rem] font-medium",
            here ? "text-ink [&_svg]:text-bell" : "text-muted",
          )}
        >
          <Icon className="size-5" aria-hidden />
          <span>
            {here ? (
              <>
                <span className="sr-only">More pages, now </span>
                {here.label.replace(" calls", "")}
              </>
            ) : (
              <>
                More<span className="sr-only"> pages</span>
              </>
            )}
          </span>
          <Undecided className="absolute top-1.5 left-1/2 ml-1.5" />
        </button>
      }
    >
      {far.map((page) => (
        <MenuItem key={page.to} icon={page.icon} onSelect={() => void navigate({ to: page.to })}>
          {page.label}
          {page.to === "/unresolved" && <Undecided className="ml-auto" />}
        </MenuItem>
      ))}
    </Menu>
  );
}

function Brand({ className }: { className?: string }) {
  return (
    <Link
      to="/campaigns"
      className={cn("flex items-center gap-2.5 text-[0.9375rem] font-semibold tracking-tight", className)}
    >
      <Bell className="size-7" />
      Belltower
    </Link>
  );
}

const THEMES: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
  { value: "system", label: "As the system", icon: Monitor },
];

/** Who is signed in, the colours, and the way out. */
function Person({ compact = false }: { compact?: boolean }) {
  const { data: me } = useQuery(meQuery);
  const { data: session } = useQuery(sessionQuery);
  const chosen = useStored(theme);
  const signOut = useMutation({
    mutationFn: async () => {
      await deleteNow(); // afterwards nobody may
      await answered(api.DELETE("/api/session"));
    },
    onSuccess: leave,
    onError: (reason) => toast.error(sentence(reason)),
  });
  const email = session?.user?.email ?? "";
  return (
    <Menu
      trigger={
        compact ? (
          <Button variant="quiet" size="icon" aria-label="Account and colours">
            <User aria-hidden />
          </Button>
        ) : (
          <button
            type="button"
            className="flex min-w-0 items-center gap-3 rounded-lg px-3 py-2 text-left text-sm hover:bg-sunken"
          >
            <User className="size-4.5 shrink-0 text-muted" aria-hidden />
            <span className="min-w-0">
              <span className="block truncate font-medium">{me?.account.name ?? " "}</span>
              <span className="block truncate text-xs text-muted">{email || " "}</span>
            </span>
          </button>
        )
      }
    >
      {THEMES.map((each) => (
        <MenuItem key={each.value} icon={each.icon} onSelect={() => choose(each.value)}>
          {each.label}
          {chosen === each.value && <span className="ml-auto pl-6 text-xs text-muted">chosen</span>}
        </MenuItem>
      ))}
      <div className="my-1 border-t" />
      {compact && (
        <MenuItem icon={BookOpen} onSelect={() => location.assign("/docs")}>
          API reference
        </MenuItem>
      )}
      <MenuItem icon={LogOut} onSelect={() => signOut.mutate()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
