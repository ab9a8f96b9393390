/** The pages of the list that the browser holds, after somebody changed it here. */

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";

type Held = InfiniteData<Schemas["DoNotCallEntryCollection"], string | null>;

const KEY = ["do-not-call"];

/** Reads the list anew from its top, where the newest stand: not all the pages that somebody has scrolled through. */
export function showNewest(client: QueryClient): Promise<void> {
  client.setQueriesData<Held>(
    { queryKey: KEY },
    (held) => held && { pages: held.pages.slice(0, 1), pageParams: held.pageParams.slice(0, 1) },
  );
  return client.invalidateQueries({ queryKey: KEY });
}

/** Takes a number off it where it is; the rest stays where it is, too. */
export function takeOff(client: QueryClient, phone: string): void {
  client.setQueriesData<Held>({ queryKey: KEY }, (held) => held && without(held, phone));
}

/** The pages without a number. */
export function without(held: Held, phone: string): Held {
  if (!held.pages.some((page) => page.items.some((entry) => entry.phone === phone))) return held;
  const pages = held.pages.map((page) => ({
    ...page,
    items: page.items.filter((entry) => entry.phone !== phone),
    total: page.total - 1,
  }));
  return { ...held, pages };
}
