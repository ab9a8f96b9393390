import { Keyboard } from "lucide-react";
import { exactDay, here, moment } from "@/words/moments";
import type { Slot } from "./days";

type SlotMarkProps = {
  /** What the mark is on; null: nobody uses it. */
  marked: Slot | null;
  onStart: () => void;
  onKey: (key: string) => boolean;
  onChoose: (slot: Slot) => void;
  onLeave: () => void;
};

/** The keyboard's way to an empty slot: arrow keys move a mark over the grid, Enter creates a campaign there. */
export function SlotMark({ marked, onStart, onKey, onChoose, onLeave }: SlotMarkProps) {
  const words = marked === null ? "" : marked.isDay ? exactDay(marked.at, here()) : moment(marked.at, here());
  return (
    <div
      role="spinbutton"
      tabIndex={0}
      aria-label="Time for a new campaign: arrow keys move, Enter creates it"
      aria-valuenow={marked === null ? 0 : Math.round(marked.at / 60_000)}
      aria-valuetext={words || "not chosen"}
      onFocus={onStart}
      onBlur={onLeave}
      onKeyDown={(event) => {
        if (event.key === "Enter" && marked !== null) onChoose(marked);
        else if (!onKey(event.key)) return;
        event.preventDefault();
      }}
      className="sr-only z-20 focus:not-sr-only focus:absolute! focus:top-1/2 focus:right-4 focus:flex! focus:-translate-y-1/2 focus:items-center focus:gap-2 focus:rounded-lg focus:bg-accent focus:px-3! focus:py-2! focus:text-sm focus:text-on-accent focus:shadow-lg"
    >
      <Keyboard className="size-4" aria-hidden />
      <span className="font-medium tabular-nums">{words}</span>
      <span className="max-sm:hidden">Arrows move it, Enter creates a campaign</span>
    </div>
  );
}
