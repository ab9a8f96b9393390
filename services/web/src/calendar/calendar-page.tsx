import { useNavigate, useSearch } from "@tanstack/react-router";
import { Repeat, Rss } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { toast } from "sonner";
import type { Campaign } from "@/api/client";
import { CreateCampaignButton } from "@/campaigns/campaigns-page";
import { StatusIcon } from "@/campaigns/status-badge";
import { DialogNotLoaded } from "@/layout/dialog-not-loaded";
import { PageHeader } from "@/layout/page-header";
import { TONE } from "@/ui/badge";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Failure, Loading, sentence } from "@/ui/states";
import { useMedia } from "@/ui/use-media";
import { useNow } from "@/ui/use-now";
import { count, counted } from "@/words/amounts";
import { cityOf, here, offsetOf } from "@/words/moments";
import { LOCALE } from "@/words/reader-locale";
import { STATUS_TONE, STATUSES } from "@/words/status";
import { CalendarGrid } from "./calendar-grid";
import type { View } from "./calendar-search";
import { CalendarToolbar } from "./calendar-toolbar";
import { dayOf, firstDayOfWeek, firstSlot, nextSlot, type Slot, startIn, step, title, today } from "./days";
import { isMovable, type ToCome } from "./events";
import { SlotMark } from "./slot-mark";
import { useCampaignsBetween } from "./use-campaigns-between";
import { useMoveOnCalendar } from "./use-move-on-calendar";
import { useOccurrencesBetween } from "./use-occurrences-between";

const EntryDialog = lazy(() => import("./entry-dialog").catch(() => ({ default: DialogNotLoaded })));
const FeedsDialog = lazy(() => import("./feeds-dialog").catch(() => ({ default: DialogNotLoaded })));

/** Campaigns that were, are and will be, at the moment of their start, in the reader's own zone. */
export function CalendarPage() {
  const search = useSearch({ from: "/app/calendar" });
  const navigate = useNavigate({ from: "/calendar" });
  const isPhone = useMedia("(max-width: 639px)");
  const place = here(useNow());
  const view: View = search.view ?? (isPhone ? "agenda" : "month");
  const isList = view === "agenda" || (view === "week" && isPhone);
  const day = search.date ?? today(place);
  const firstDay = useMemo(() => firstDayOfWeek(navigator.language), []);
  const [span, setSpan] = useState({ from: "", to: "" });
  const [marked, setMarked] = useState<Slot | null>(null);
  const { campaigns, total, isTruncated, isLoading, error, retry } = useCampaignsBetween(span.from, span.to);

  const coming = useOccurrencesBetween(span.from, span.to, campaigns);
  const [isSubscribing, setSubscribing] = useState(false);
  const [opened, setOpened] = useState<Campaign | ToCome | null>(null);
  const { move: reschedule, dialog } = useMoveOnCalendar();

  const show = (wanted: { view?: View; date?: string | undefined }) =>
    navigate({ search: (held) => ({ ...held, ...wanted }), resetScroll: false });

  const onSpan = useCallback(
    (from: string, to: string) =>
      setSpan((held) => (held.from === from && held.to === to ? held : { from, to })),
    [],
  );

  function create(slot: Slot) {
    const at = startIn(slot, here());
    if (at === null) {
      toast("That time has passed. Choose one that is still to come.", { id: "passed" });
      return;
    }
    const instant = new Date(at).toISOString();
    void navigate({ search: (held) => ({ ...held, create: true, at: instant }), resetScroll: false });
  }

  /** Shows what is to come where it can be changed; what has begun has a page for that. */
  function open(chosen: Campaign | ToCome) {
    if ("kind" in chosen || isMovable(chosen)) setOpened(chosen);
    else void navigate({ to: "/campaigns/$campaignId", params: { campaignId: chosen.id } });
  }

  function move(key: string): boolean {
    const next = marked && nextSlot(marked, key, place);
    if (!next) return false;
    setMarked(next);
    const instant = new Date(next.at).toISOString();
    if (instant < span.from || instant >= span.to) void show({ date: dayOf(next.at, place) });
    return true;
  }

  return (
    <>
      <PageHeader
        title="Calendar"
        description={`When campaigns start, in your time zone: ${cityOf(place.zone)} (${offsetOf(place.zone, place.now)})`}
      >
        <Button onClick={() => setSubscribing(true)}>
          <Rss aria-hidden /> Subscribe
        </Button>
        <CreateCampaignButton />
      </PageHeader>
      <section
        aria-label="Calendar"
        aria-busy={isLoading || coming.isLoading}
        className="overflow-clip rounded-2xl border bg-surface shadow-card"
      >
        <CalendarToolbar
          title={title(view, day, LOCALE, firstDay)}
          view={view}
          isToday={day === today(place)}
          onToday={() => show({ date: undefined })}
          onStep={(direction) => show({ date: step(view, day, direction) })}
          onView={(wanted) => show({ view: wanted })}
        >
          {!isList && (
            <SlotMark
              marked={marked}
              onStart={() => setMarked(firstSlot(view, day, place))}
              onKey={move}
              onChoose={create}
              onLeave={() => setMarked(null)}
            />
          )}
        </CalendarToolbar>
        {isLoading && <Loading>Loading campaigns</Loading>}
        {error !== null ? (
          <div className={GRID}>
            <Failure reason={error} onRetry={retry} />
          </div>
        ) : (
          <div
            className={cn(
              isList ? "min-h-[38rem]" : GRID,
              view === "day" && "[--fc-classic-today:transparent]",
            )}
          >
            <CalendarGrid
              view={view}
              isList={isList}
              day={day}
              firstDay={firstDay}
              campaigns={campaigns}
              coming={coming.items}
              marked={marked}
              isComplete={!isLoading && !coming.isLoading}
              onSpan={onSpan}
              onOpen={open}
              onMove={reschedule}
              onSlot={create}
            />
          </div>
        )}
        <footer className="flex min-h-12 flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t px-4 py-2.5 text-xs text-muted">
          <p className="tabular-nums">
            {isLoading
              ? " "
              : isTruncated
                ? `The first ${count(campaigns.length)} of ${counted(total, "campaign")}. Choose a shorter span to see all.`
                : total + coming.items.length === 0
                  ? "No campaign in this span. Choose a day or a time to plan one."
                  : [
                      counted(campaigns.length, "campaign"),
                      coming.items.length > 0 && `${count(coming.items.length)} more to come of series`,
                    ]
                      .filter(Boolean)
                      .join(", ")}
            {coming.error !== null && (
              <span className="block text-danger">{`Times of series that are to come are not shown. ${sentence(coming.error)}`}</span>
            )}
          </p>
          <ul aria-label="What the colours mean" className="flex flex-wrap gap-x-3 gap-y-1.5">
            <li className="flex items-center gap-1.5">
              <span className="rounded-sm border border-dashed border-purple/60 p-px text-purple [&_svg]:size-3">
                <Repeat aria-hidden />
              </span>
              repeats
            </li>
            {STATUSES.map((status) => (
              <li key={status} className="flex items-center gap-1.5">
                <span className={cn("rounded-sm p-0.5 [&_svg]:size-3", TONE[STATUS_TONE[status]])}>
                  <StatusIcon status={status} className="animate-none!" />
                </span>
                {status}
              </li>
            ))}
          </ul>
        </footer>
      </section>
      {dialog}
      <Suspense fallback={<Loading />}>
        {opened && <EntryDialog chosen={opened} onMove={reschedule} onClose={() => setOpened(null)} />}
        {isSubscribing && <FeedsDialog onClose={() => setSubscribing(false)} />}
      </Suspense>
    </>
  );
}

const GRID = "h-[max(38rem,calc(100dvh-19rem))]";
