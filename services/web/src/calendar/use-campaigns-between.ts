/** All campaigns of a span of time: those that are scheduled for it, and those that were started at once in it. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { scheduledQuery, startedAtOnceQuery } from "@/api/queries";
import { useStored } from "@/api/store";
import { leaving } from "@/campaigns/delete-campaign";
import { together } from "./events";

/** Campaigns of each kind that are loaded at most. */
export const MOST = 1_000;

export function useCampaignsBetween(from: string, to: string) {
  const scheduled = useInfiniteQuery({ ...scheduledQuery(from, to), enabled: from !== "" });
  const atOnce = useInfiniteQuery({ ...startedAtOnceQuery(from, to), enabled: from !== "" });
  useAllPages(scheduled);
  useAllPages(atOnce);
  const left = useStored(leaving);
  const lists = [scheduled, atOnce];
  const campaigns = useMemo(
    () =>
      together(
        ...[scheduled.data, atOnce.data].map((data) => data?.pages.flatMap((page) => page.items) ?? []),
      ).filter(({ id }) => !left.has(id)),
    [scheduled.data, atOnce.data, left],
  );
  const failed = lists.find((list) => list.isError && list.data === undefined);
  return {
    campaigns,
    /** How many there are, of which only the first are shown. */
    total: lists.reduce((sum, list) => sum + (list.data?.pages.at(-1)?.total ?? 0), 0),
    isTruncated: lists.some((list) => list.hasNextPage && loaded(list) >= MOST),
    isLoading: lists.some(
      (list) => list.isPending || list.isPlaceholderData || (list.hasNextPage && loaded(list) < MOST),
    ),
    error: failed?.error ?? null,
    retry: () => void Promise.all(lists.map((list) => list.refetch())),
  };
}

type List = {
  data?: { pages: { items: unknown[] }[] } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  fetchNextPage: () => unknown;
};

function loaded(list: List): number {
  return list.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0;
}

/** Reads page after page, up to a bound. */
function useAllPages(list: List): void {
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const wantsMore = hasNextPage && !isFetching && !isError && loaded(list) < MOST;
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);
}
