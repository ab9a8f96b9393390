/** The campaigns that are ticked on the list. */

import { createStore } from "@/api/store";

export const chosen = createStore<ReadonlySet<string>>(new Set());

/** The campaign that was ticked last: with Shift, all from there are ticked. */
let last: string | null = null;

export function clearChosen(): void {
  last = null;
  chosen.set(new Set());
}

/** Ticks a campaign, or not any more. `through`: the list as it is shown, when all from the last one are meant. */
export function tick(id: string, isTicked: boolean, through?: readonly string[]): void {
  const ids = through === undefined || last === null ? [id] : between(through, last, id);
  last = id;
  chosen.set(ticked(chosen.get(), ids, isTicked));
}

/** Ticks all of these, or none. */
export function tickAll(ids: readonly string[], areTicked: boolean): void {
  last = null;
  chosen.set(ticked(chosen.get(), ids, areTicked));
}

function ticked(held: ReadonlySet<string>, ids: readonly string[], areTicked: boolean): ReadonlySet<string> {
  const result = new Set(held);
  for (const id of ids) {
    if (areTicked) result.add(id);
    else result.delete(id);
  }
  return result;
}

/** The part of a list between two of it, both included. */
export function between(list: readonly string[], one: string, other: string): string[] {
  const ends = [list.indexOf(one), list.indexOf(other)].sort((a, b) => a - b);
  const [from = -1, to = -1] = ends;
  return from === -1 ? [other] : list.slice(from, to + 1);
}
