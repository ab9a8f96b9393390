import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { toast } from "sonner";
import { CreateCampaignButton } from "@/campaigns/campaigns-page";
import { StatusIcon } from "@/campaigns/status-badge";
import { PageHeader } from "@/layout/page-header";
import { TONE } from "@/ui/badge";
import { cn } from "@/ui/cn";
import { Failure, Loading } from "@/ui/states";
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
import { SlotMark } from "./slot-mark";
import { useCampaignsBetween } from "./use-campaigns-between";

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
        <CreateCampaignButton />
      </PageHeader>
      <section
        aria-label="Calendar"
        aria-busy={isLoading}
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
              marked={marked}
              isComplete={!isLoading}
              onSpan={onSpan}
              onOpen={(campaignId) => navigate({ to: "/campaigns/$campaignId", params: { campaignId } })}
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
                : total === 0
                  ? "No campaign in this span. Choose a day or a time to plan one."
                  : counted(campaigns.length, "campaign")}
          </p>
          <ul aria-label="What the colours mean" className="flex flex-wrap gap-x-3 gap-y-1.5">
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
    </>
  );
}

const GRID = "h-[max(38rem,calc(100dvh-19rem))]";
