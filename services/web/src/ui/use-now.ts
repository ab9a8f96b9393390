import { useSyncExternalStore } from "react";

type Clock = { subscribe: (reader: () => void) => () => void; now: () => number };

const clocks = new Map<number, Clock>();

/** The time, kept current: the page says "in 5 minutes" and means it. Milliseconds between two looks. */
export function useNow(interval = 15_000): number {
  const clock = clocks.get(interval) ?? newClock(interval);
  clocks.set(interval, clock);
  return useSyncExternalStore(clock.subscribe, clock.now);
}

/** One timer for all who read a clock, while anybody does: a thousand rows need no thousand timers. */
function newClock(interval: number): Clock {
  const readers = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    now = Date.now();
    for (const reader of readers) reader();
  };
  return {
    now: () => now,
    subscribe: (reader) => {
      readers.add(reader);
      if (timer === undefined) {
        tick();
        timer = setInterval(tick, interval);
      }
      return () => {
        readers.delete(reader);
        if (readers.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
