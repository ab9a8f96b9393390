/** The calls that are ticked on the page. */

import { createStore } from "@/api/store";

export const chosen = createStore<ReadonlySet<string>>(new Set());

export function choose(ids: readonly string[], areChosen: boolean): void {
  const result = new Set(chosen.get());
  for (const id of ids) {
    if (areChosen) result.add(id);
    else result.delete(id);
  }
  chosen.set(result);
}

export function chooseNone(): void {
  chosen.set(new Set());
}
