/** All time zones of the world, found by typing: a combobox as the ARIA Authoring Practices describe it. */

import { Check, ChevronsUpDown } from "lucide-react";
import { Popover } from "radix-ui";
import { type KeyboardEvent, type Ref, useId, useMemo, useRef, useState } from "react";
import { cn } from "@/ui/cn";
import { CONTROL } from "@/ui/field";
import { offsetOf } from "@/words/moments";
import { allZones, findZones } from "@/words/zones";

type TimeZonePickerProps = {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
  value: string;
  /** The reader's own zone comes first. */
  own: string;
  /** Offsets are those of this instant (milliseconds). */
  at: number;
  onChange: (zone: string) => void;
  onBlur: () => void;
  ref: Ref<HTMLInputElement>;
};

export function TimeZonePicker({ value, own, at, onChange, onBlur, ref, ...wiring }: TimeZonePickerProps) {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const listId = useId();
  const day = Math.floor(at / 86_400_000) * 86_400_000;
  const zones = useMemo(() => (isOpen ? allZones(day, own) : []), [isOpen, day, own]);
  const found = useMemo(() => findZones(zones, text), [zones, text]);
  const shown = `${value.replaceAll("_", " ")} (${offsetOf(value, at)})`;

  function open() {
    if (isOpen) return;
    setText("");
    setActive(0);
    setOpen(true);
  }

  function choose(zone: string) {
    onChange(zone);
    setOpen(false);
  }

  function move(to: number) {
    const next = Math.max(0, Math.min(found.length - 1, to));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!isOpen) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "Enter") {
        event.preventDefault();
        open();
      }
      return;
    }
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move(active + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const chosen = found[active];
      if (chosen) choose(chosen.name);
    } else if (event.key === "Tab") setOpen(false);
  }

  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Anchor asChild>
        <div ref={box} className="relative">
          <input
            {...wiring}
            ref={ref}
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={isOpen ? listId : undefined}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && found[active] ? `${listId}-${active}` : undefined}
            autoComplete="off"
            spellCheck={false}
            className={cn(CONTROL, "h-10 pr-9")}
            value={isOpen ? text : shown}
            placeholder={shown}
            onClick={open}
            onKeyDown={onKeyDown}
            onChange={(event) => {
              setOpen(true);
              // Typing over the zone that is shown begins a search of its own.
              setText(isOpen ? event.target.value : ((event.nativeEvent as InputEvent).data ?? ""));
              setActive(0);
              list.current?.scrollTo({ top: 0 });
            }}
            onBlur={() => {
              setOpen(false);
              onBlur();
            }}
          />
          <ChevronsUpDown
            className="pointer-events-none absolute top-3 right-3 size-4 text-muted"
            aria-hidden
          />
        </div>
      </Popover.Anchor>
      <Popover.Content
        align="start"
        sideOffset={4}
        collisionPadding={8}
        aria-label="Time zones"
        className="z-50 w-(--radix-popover-trigger-width) min-w-64 rounded-xl border bg-surface p-1 shadow-lg"
        onOpenAutoFocus={(event) => event.preventDefault()}
        onCloseAutoFocus={(event) => event.preventDefault()}
        onInteractOutside={(event) => {
          if (event.target instanceof Node && box.current?.contains(event.target)) event.preventDefault();
        }}
        onMouseDown={(event) => event.preventDefault()}
      >
        {found.length === 0 ? (
          <p className="px-2.5 py-2 text-sm text-muted">No time zone has that name.</p>
        ) : (
          <ul
            ref={list}
            id={listId}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: options that one input moves through
            role="listbox"
            aria-label="Time zones"
            className="max-h-[min(16rem,var(--radix-popover-content-available-height))] overflow-y-auto"
          >
            {found.map((zone, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
              <li
                key={zone.name}
                id={`${listId}-${index}`}
                // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: as above
                role="option"
                aria-selected={zone.name === value}
                onClick={() => choose(zone.name)}
                onMouseMove={() => setActive(index)}
                className={cn(
                  "flex cursor-pointer items-center gap-2 rounded-lg px-2.5 py-1.5 text-sm",
                  index === active && "bg-sunken",
                )}
              >
                <span className="min-w-0 flex-1 truncate">
                  {zone.city} {zone.region && <span className="text-xs text-muted">{zone.region}</span>}
                </span>
                {zone.name === value && <Check className="size-4 shrink-0" aria-hidden />}
                <span className="shrink-0 text-xs text-muted tabular-nums">{zone.offset}</span>
              </li>
            ))}
          </ul>
        )}
      </Popover.Content>
    </Popover.Root>
  );
}
