import type { EventDisplayInfo } from "@fullcalendar/react";
import { Repeat } from "lucide-react";
import type { Campaign } from "@/api/client";
import { StatusBadge, StatusIcon } from "@/campaigns/status-badge";
import { cn } from "@/ui/cn";
import { count, counted } from "@/words/amounts";
import { here, moment, timeOfDay } from "@/words/moments";
import { LISTS } from "./calendar-views";
import { dueAt, type ToCome } from "./events";

/** A campaign on the calendar: its status' icon, its time, its name; in a list, how far it is as well. */
export function CalendarEvent(info: EventDisplayInfo) {
  const { event, isNarrow, view } = info;
  const entry: ToCome | undefined = event.extendedProps.entry;
  if (entry !== undefined)
    return <EntryToCome entry={entry} isNarrow={isNarrow} isListed={LISTS.includes(view.type)} />;
  const campaign: Campaign = event.extendedProps.campaign;
  const { name, status, progress } = campaign;
  const time = timeOfDay(dueAt(campaign), here());
  if (LISTS.includes(view.type)) {
    return (
      <div className="flex min-w-0 flex-1 items-start gap-4 py-0.5 sm:items-center">
        <span className="w-14 shrink-0 text-sm text-muted tabular-nums sm:w-18">{time}</span>
        <div className="flex min-w-0 flex-1 flex-col gap-1.5 sm:flex-row sm:items-center sm:gap-4">
          <span dir="auto" className="min-w-0 truncate text-left text-sm font-medium sm:order-2 sm:flex-1">
            {name}
          </span>
          <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 sm:contents">
            <span className="shrink-0 sm:order-1 sm:w-32">
              <StatusBadge status={status} />
            </span>
            <span className="shrink-0 text-xs text-muted tabular-nums sm:order-3">
              {progress.completed > 0
                ? `${count(progress.completed)} of ${counted(progress.total, "person", "people")}`
                : counted(progress.total, "person", "people")}
            </span>
          </span>
        </div>
      </div>
    );
  }
  return (
    <div
      className="flex min-w-0 items-center gap-1 text-xs leading-5 [&_svg]:size-3 [&_svg]:shrink-0"
      title={`${name}: ${status}, ${moment(dueAt(campaign), here())}`}
    >
      <StatusIcon status={status} />
      <span className={isNarrow ? "sr-only" : "shrink-0 tabular-nums"}>{time}</span>
      <span dir="auto" className="min-w-0 truncate text-left font-medium">
        {name}
      </span>
      <span className="sr-only"> ({status})</span>
    </div>
  );
}

type EntryToComeProps = { entry: ToCome; isNarrow: boolean; isListed: boolean };

/** An occurrence of a series that is still to be made; struck through, where its series is paused. */
function EntryToCome({ entry, isNarrow, isListed }: EntryToComeProps) {
  const { at, name, contacts, is_paused: isPaused } = entry;
  const time = timeOfDay(at, here());
  const said = isPaused ? "its series is paused" : "repeats";
  if (isListed) {
    return (
      <div className="flex min-w-0 flex-1 items-start gap-4 py-0.5 sm:items-center">
        <span className="w-14 shrink-0 text-sm text-muted tabular-nums sm:w-18">{time}</span>
        <div className="flex min-w-0 flex-1 flex-col gap-1.5 sm:flex-row sm:items-center sm:gap-4">
          <span
            dir="auto"
            className={cn(
              "min-w-0 truncate text-left text-sm text-muted sm:order-2 sm:flex-1",
              isPaused && "line-through",
            )}
          >
            {name}
          </span>
          <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 sm:contents">
            <span className="flex shrink-0 items-center gap-1.5 text-xs text-muted sm:order-1 sm:w-32 [&_svg]:size-3.5">
              <Repeat aria-hidden />
              {isPaused ? "Series paused" : "To come"}
            </span>
            <span className="shrink-0 text-xs text-muted tabular-nums sm:order-3">
              {counted(contacts, "person", "people")}
            </span>
          </span>
        </div>
      </div>
    );
  }
  return (
    <div
      className={cn(
        "flex min-w-0 items-center gap-1 text-xs leading-5 [&_svg]:size-3 [&_svg]:shrink-0",
        isPaused && "text-muted",
      )}
      title={`${name}: ${said}, ${moment(at, here())}`}
    >
      <Repeat aria-hidden />
      <span className={cn(isNarrow ? "sr-only" : "shrink-0 tabular-nums", isPaused && "line-through")}>
        {time}
      </span>
      <span dir="auto" className={cn("min-w-0 truncate text-left", isPaused && "line-through")}>
        {name}
      </span>
      <span className="sr-only"> ({said})</span>
    </div>
  );
}
