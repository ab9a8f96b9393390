/** The newest states of campaigns that live events told. An answer may have been read before the event came that overtook it. */

import type { Campaign } from "./client";

/** Campaigns that are remembered: more than change while an answer is on its way. */
const MOST = 1_000;

/** Null: it was deleted. The latest stand last. */
const told = new Map<string, Campaign | null>();

/** Takes in what an event tells. Returns what was known before. */
export function remember(id: string, campaign: Campaign | null): Campaign | null | undefined {
  const known = told.get(id);
  if (known === null || (known && campaign && known.version >= campaign.version)) return known;
  told.delete(id);
  told.set(id, campaign);
  if (told.size > MOST) {
    const [oldest] = told.keys();
    if (oldest !== undefined) told.delete(oldest);
  }
  return known;
}

/** A campaign as it is, given how an answer has it. */
export function current(read: Campaign): Campaign {
  return newer(told.get(read.id) ?? undefined, read) ?? read;
}

/** A page of a list, with its campaigns as they are, and without those that are no more, or on another list meanwhile. */
export function currentPage<Page extends { items: Campaign[] }>(
  page: Page,
  filter: { archived?: boolean | undefined } = {},
): Page {
  const there = page.items.filter(({ id }) => told.get(id) !== null).map(current);
  return { ...page, items: there.filter((each) => isListed(each, filter)) };
}

/** Whether a campaign is on a list with this filter, as far as that goes by the archive: no list has both. */
export function isListed(
  { archived_at: archived }: Pick<Campaign, "archived_at">,
  { archived: isArchive = false }: { archived?: boolean | undefined },
): boolean {
  return ((archived ?? null) !== null) === isArchive;
}

/** Whatever is newer of two states of a campaign; events may arrive twice and late. Nothing, where none is held. */
export function newer(held: Campaign | undefined, other: Campaign): Campaign | undefined {
  if (held === undefined) return undefined;
  return other.version > held.version ? other : held;
}
