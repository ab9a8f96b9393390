import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { VIEWS, type View } from "./calendar-search";
import type { Direction } from "./days";

type CalendarToolbarProps = {
  title: string;
  view: View;
  isToday: boolean;
  onToday: () => void;
  onStep: (direction: Direction) => void;
  onView: (view: View) => void;
  children?: ReactNode;
};

/** Which part of time is shown, and how. */
export function CalendarToolbar(props: CalendarToolbarProps) {
  const { title, view, isToday, onToday, onStep, onView, children } = props;
  return (
    <div className="relative flex flex-wrap items-center justify-between gap-x-4 gap-y-3 border-b px-4 py-3">
      <div className="flex min-w-0 flex-wrap items-center gap-1 max-sm:w-full">
        <Button size="small" onClick={onToday} aria-current={isToday ? "date" : undefined}>
          Today
        </Button>
        <Button
          variant="quiet"
          size="icon"
          aria-label={`The ${unit(view)} before`}
          onClick={() => onStep(-1)}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <Button variant="quiet" size="icon" aria-label={`The ${unit(view)} after`} onClick={() => onStep(1)}>
          <ChevronRight aria-hidden />
        </Button>
        <h2
          aria-live="polite"
          className="ml-1 min-w-0 font-semibold tracking-tight max-sm:text-sm tabular-nums"
        >
          {title}
        </h2>
      </div>
      {children}
      <fieldset className="flex min-w-0 rounded-lg border bg-sunken p-0.5 max-sm:w-full">
        <legend className="sr-only">View</legend>
        {VIEWS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === view}
            onClick={() => onView(each)}
            className={cn(
              "h-8 min-w-0 flex-1 sm:flex-auto rounded-md px-3 text-sm max-sm:px-1 font-medium transition-colors",
              each === view ? "bg-surface shadow-xs" : "text-muted hover:text-ink",
            )}
          >
            {each[0]?.toUpperCase() + each.slice(1)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function unit(view: View): string {
  return view === "agenda" ? "four weeks" : view;
}
