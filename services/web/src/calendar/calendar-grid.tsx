/** FullCalendar, told what to show: the address says which view of which day, the page which campaigns. */

import FullCalendar, { type CalendarRef, type DatesSetInfo } from "@fullcalendar/react";
import dayGrid from "@fullcalendar/react/daygrid";
import interaction from "@fullcalendar/react/interaction";
import list from "@fullcalendar/react/list";
import theme from "@fullcalendar/react/themes/classic";
import timeGrid from "@fullcalendar/react/timegrid";
import { CalendarSearch as Telescope } from "lucide-react";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import type { Campaign } from "@/api/client";
import { Empty, Skeleton } from "@/ui/states";
import { here } from "@/words/moments";
import { LOCALE } from "@/words/reader-locale";
import { CalendarEvent } from "./calendar-event";
import type { View } from "./calendar-search";
import { typeOf, WEEK_LIST } from "./calendar-views";
import { AGENDA, dayOf, SLOT, type Slot } from "./days";
import { eventOf, eventToCome, type ToCome } from "./events";
import "./calendar.css";

const plugins = [theme, dayGrid, timeGrid, list, interaction];

/** Of what is still to be made. */
const DASHED = "outline-1! -outline-offset-1! outline-dashed! outline-current/40!";

type CalendarGridProps = {
  view: View;
  isList: boolean;
  day: string;
  firstDay: number;
  campaigns: Campaign[];
  /** Occurrences that are still to become campaigns. */
  coming: ToCome[];
  /** What the keyboard's mark is on. */
  marked: Slot | null;
  /** The campaigns are all there: an empty agenda is one. */
  isComplete: boolean;
  onSpan: (from: string, to: string) => void;
  onOpen: (chosen: Campaign | ToCome) => void;
  /** A campaign was dropped at another instant (milliseconds); `takeBack` puts it where it was. */
  onMove: (campaign: Campaign, at: number, takeBack: () => void) => void;
  onSlot: (slot: Slot) => void;
};

/** While something is dragged, what is shown stays as it was: FullCalendar takes a drop for one on another calendar, and tells nobody,
 * if it was told anything new since it last saw the pointer move. */
export function CalendarGrid(props: CalendarGridProps) {
  const [isDragging, setDragging] = useState(false);
  const shown = useHeld(props, isDragging);
  return <Grid {...shown} onDragging={setDragging} />;
}

/** The newest value, or the last one before it was to be held. */
function useHeld<T>(value: T, isHeld: boolean): T {
  const [held, setHeld] = useState(value);
  if (!isHeld && held !== value) setHeld(value);
  return isHeld ? held : value;
}

type GridProps = CalendarGridProps & { onDragging: (isDragging: boolean) => void };

const Grid = memo(function Grid(props: GridProps) {
  const {
    view,
    isList,
    day,
    firstDay,
    campaigns,
    coming,
    marked,
    isComplete,
    onSpan,
    onOpen,
    onMove,
    onSlot,
    onDragging,
  } = props;
  const type = typeOf(view, isList);
  const calendar = useRef<CalendarRef>(null);
  const events = useMemo(() => [...campaigns.map(eventOf), ...coming.map(eventToCome)], [campaigns, coming]);

  useEffect(() => calendar.current?.getApi().changeView(type, day), [type, day]);

  useEffect(() => {
    const api = calendar.current?.getApi();
    if (marked === null) api?.unselect();
    else if (marked.isDay) api?.select({ start: dayOf(marked.at, here()), allDay: true });
    else {
      api?.select(new Date(marked.at), new Date(marked.at + SLOT * 60_000));
      const at = new Date(marked.at);
      api?.scrollToTime({ hours: Math.max(0, at.getHours() - 2) });
    }
  }, [marked]);

  return (
    <FullCalendar
      ref={calendar}
      plugins={plugins}
      initialView={type}
      initialDate={day}
      headerToolbar={false}
      borderless
      height={isList ? "auto" : "100%"}
      locale={LOCALE}
      firstDay={firstDay}
      events={events}
      eventOrder="start,title"
      eventDisplay="block"
      slotHeaderFormat={{ hour: "numeric", minute: "2-digit" }}
      eventContent={CalendarEvent}
      defaultTimedEventDuration={{ minutes: SLOT }}
      eventMinHeight={24}
      eventShortHeight={30}
      slotEventOverlap={false}
      slotMinHeight={26}
      allDaySlot={false}
      nowIndicator
      scrollTime={{ hours: Math.max(0, new Date().getHours() - 1) }}
      scrollTimeReset={false}
      dayMaxEvents
      moreLinkText="more"
      moreLinkClass="min-h-6! min-w-6!"
      moreLinkClick={() => {
        requestAnimationFrame(() =>
          document.querySelector("[role=dialog][data-date]")?.scrollIntoView({ block: "nearest" }),
        );
        return "popover";
      }}
      moreLinkHint={(hidden) => `${hidden} more: show all of this day`}
      unselectAuto={false}
      fixedWeekCount={false}
      views={{
        dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
        timeGridWeek: { eventMaxStack: 1, dayHeaderFormat: { weekday: "short", day: "numeric" } },
        timeGridDay: { eventMaxStack: 5, dayHeaders: false },
        agenda: { type: "list", duration: { days: AGENDA } },
        [WEEK_LIST]: { type: "list", duration: { weeks: 1 } },
      }}
      datesSet={(info: DatesSetInfo) => onSpan(info.start.toISOString(), info.end.toISOString())}
      eventClick={({ event, jsEvent }) => {
        if (jsEvent.metaKey || jsEvent.ctrlKey || jsEvent.shiftKey) return; // a link: into a tab of its own
        jsEvent.preventDefault();
        onOpen(event.extendedProps.campaign ?? event.extendedProps.entry);
      }}
      eventDurationEditable={false}
      eventDragStart={() => onDragging(true)}
      eventDragStop={() => onDragging(false)}
      eventDrop={({ event, revert }) =>
        onMove(event.extendedProps.campaign, event.start?.getTime() ?? 0, revert)
      }
      dateClick={({ date, allDay }) => onSlot({ at: date.getTime(), isDay: allDay })}
      noEventsContent={
        isComplete ? (
          <Empty
            icon={Telescope}
            title={view === "week" ? "Nothing in this week" : "Nothing in these four weeks"}
          >
            Campaigns appear here at the moment they are to start. Look at other weeks, or create one.
          </Empty>
        ) : (
          <Waiting />
        )
      }
      rowEventClass={({ event }) =>
        `rounded-md! mx-1! mb-0.5 px-1 text-(--fc-event-contrast-color) ${event.extendedProps.entry ? DASHED : "ring-1 ring-current/15 ring-inset"}`
      }
      columnEventClass={({ event }) =>
        `rounded-md! px-1 text-(--fc-event-contrast-color) ${event.extendedProps.entry ? `border-0! ${DASHED}` : "border-current/25!"}`
      }
      listItemEventBeforeClass="hidden"
      rowMoreLinkClass="mx-1! border-transparent! font-medium text-muted"
      columnMoreLinkClass="rounded-md! text-muted"
      dayHeaderInnerClass={({ isToday }) =>
        `text-xs! py-1 ${isToday ? "font-semibold text-bell" : "font-medium text-muted"}`
      }
      dayCellTopInnerClass={({ isToday }) =>
        `text-xs! tabular-nums ${isToday ? "rounded-full bg-bell px-1.5 font-semibold text-surface" : ""}`
      }
      slotHeaderInnerClass="text-xs! text-muted tabular-nums"
      listDayHeaderClass="bg-canvas!"
      popoverClass="lg:-ms-5 max-h-80 scroll-my-4 overflow-y-auto rounded-xl! shadow-lg! max-lg:scroll-mb-20"
      noEventsClass="bg-surface! items-stretch!"
      noEventsInnerClass="py-0!"
      eventClass="focus-visible:z-10"
    />
  );
});

/** The agenda while its campaigns are on their way. */
function Waiting() {
  return (
    <div>
      {["first", "second", "third", "fourth", "fifth", "sixth"].map((row) => (
        <div key={row} className="flex h-11.5 items-center gap-4 border-b px-3">
          <Skeleton className="h-4 w-14" />
          <Skeleton className="h-5 w-28 rounded-full" />
          <Skeleton className="h-4 w-56 max-w-full" />
        </div>
      ))}
    </div>
  );
}
