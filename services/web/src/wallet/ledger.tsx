/** Everything that was put into the wallet and taken out of it, newest first, read on as one scrolls. */

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowUp, ReceiptText } from "lucide-react";
import { useEffect, useState } from "react";
import type { Wallet } from "@/api/client";
import { walletEntriesQuery } from "@/api/queries";
import { Button } from "@/ui/button";
import { Empty, Failure, Loading, Skeleton } from "@/ui/states";
import { useNearEnd } from "@/ui/use-near-end";
import { useNow } from "@/ui/use-now";
import { counted } from "@/words/amounts";
import { here } from "@/words/moments";
import { LedgerEntry } from "./ledger-entry";

export function Ledger({ wallet }: { wallet: Wallet | undefined }) {
  const client = useQueryClient();
  const list = useInfiniteQuery(walletEntriesQuery);
  const { refetch, hasNextPage, isFetchingNextPage, isError } = list;
  const place = here(useNow());
  const entries = list.data?.pages.flatMap((page) => page.items) ?? [];
  const isAtTop = (list.data?.pages.length ?? 0) < 2;

  // Whatever is booked changes the balance. Who has read on is asked: the list would move under their eyes.
  const balance = wallet?.balance;
  const [seen, setSeen] = useState(balance);
  const isOutdated = seen !== balance && seen !== undefined;
  useEffect(() => {
    if (seen === balance || (seen !== undefined && !isAtTop)) return;
    setSeen(balance);
    if (seen !== undefined) void refetch();
  }, [seen, balance, isAtTop, refetch]);

  function toNewest() {
    setSeen(balance);
    void client.resetQueries({ queryKey: walletEntriesQuery.queryKey });
  }

  const end = useNearEnd(hasNextPage && !isFetchingNextPage && !isError, () => void list.fetchNextPage());

  return (
    <section
      aria-labelledby="entries"
      className="mt-6 overflow-clip rounded-2xl border bg-surface shadow-card"
    >
      <header className="flex min-h-13 items-center justify-between gap-4 border-b px-4 py-2 sm:px-5">
        <h2 id="entries" className="font-semibold tracking-tight">
          Entries
        </h2>
        {isOutdated && !isAtTop ? (
          <Button size="small" onClick={toNewest}>
            <ArrowUp aria-hidden /> Show newer ones
          </Button>
        ) : (
          <p className="text-xs text-muted tabular-nums">
            {list.data && counted(list.data.pages.at(-1)?.total ?? 0, "entry", "entries")}
          </p>
        )}
      </header>
      {isError && entries.length === 0 ? (
        <Failure reason={list.error} onRetry={() => list.refetch()} />
      ) : list.isPending ? (
        <Waiting />
      ) : entries.length === 0 ? (
        <Empty icon={ReceiptText} title="Nothing was booked yet">
          Top-ups and what calls cost appear here, each with its amount.
        </Empty>
      ) : (
        <ol>
          {entries.map((entry) => (
            <LedgerEntry key={entry.id} entry={entry} place={place} />
          ))}
        </ol>
      )}
      {isFetchingNextPage && (
        <p role="status" className="border-t px-5 py-3 text-center text-xs text-muted">
          Loading more entries
        </p>
      )}
      {isError && entries.length > 0 && (
        <div className="flex justify-center border-t py-3">
          <Button size="small" onClick={() => (hasNextPage ? list.fetchNextPage() : list.refetch())}>
            More entries could not be loaded. Try again
          </Button>
        </div>
      )}
      <div ref={end} aria-hidden />
    </section>
  );
}

function Waiting() {
  return (
    <div>
      <Loading>Loading entries</Loading>
      {["first", "second", "third", "fourth", "fifth"].map((row) => (
        <div key={row} className="flex h-16 items-center gap-4 border-b px-4 last:border-b-0 sm:px-5">
          <Skeleton className="size-8 rounded-full" />
          <div className="flex-1">
            <Skeleton className="h-4 w-32 max-w-full" />
            <Skeleton className="mt-2 h-3 w-48 max-w-full" />
          </div>
          <Skeleton className="h-4 w-24" />
        </div>
      ))}
    </div>
  );
}
