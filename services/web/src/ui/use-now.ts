import { useSyncExternalStore } from "react";

/** Milliseconds between two looks: the page says "in 5 minutes" and means it. */
const INTERVAL = 15_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const readers = new Set<() => void>();

/** One clock for all who read it: a thousand rows need no thousand timers. */
function subscribe(reader: () => void): () => void {
  readers.add(reader);
  if (timer === undefined) {
    tick();
    timer = setInterval(tick, INTERVAL);
  }
  return () => {
    readers.delete(reader);
    if (readers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const reader of readers) reader();
}

/** The time, kept current. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
