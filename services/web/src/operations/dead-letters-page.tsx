import { useInfiniteQuery } from "@tanstack/react-query";
import { Lock, MailCheck } from "lucide-react";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { deadLettersQuery } from "@/api/queries";
import { PageHeader } from "@/layout/page-header";
import { useIsOperator } from "@/session/use-role";
import { Button } from "@/ui/button";
import { Empty, Failure, Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { count } from "@/words/amounts";
import { here } from "@/words/moments";
import { DeadLetterRow } from "./dead-letter-row";
import { DiscardDialog } from "./discard-dialog";

/** Messages between scheduler and dialers that came to nothing: looked at, sent again, discarded. For operators. */
export function DeadLettersPage() {
  const isOperator = useIsOperator();
  const letters = useInfiniteQuery({ ...deadLettersQuery, enabled: isOperator });
  const place = here(useNow());
  const [discarding, setDiscarding] = useState<Schemas["DeadLetter"] | null>(null);
  const pages = letters.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  const total = pages[0]?.total ?? 0;

  return (
    <>
      <PageHeader
        title="Dead letters"
        description="Messages between the scheduler and the dialers that came to nothing, of all accounts. No campaign is lost by one: what is due is announced again."
      />
      <section aria-label="Dead letters" className="overflow-clip rounded-2xl border bg-surface shadow-card">
        {!isOperator ? (
          <Empty icon={Lock} title="Dead letters are for operators">
            They belong to the whole installation, not to an account. Whoever runs it makes an operator with
            “belltower operators add”.
          </Empty>
        ) : letters.isError && letters.data === undefined ? (
          <Failure reason={letters.error} onRetry={() => letters.refetch()} />
        ) : letters.isPending ? (
          <Waiting />
        ) : items.length === 0 ? (
          <Empty icon={MailCheck} title="No dead letter">
            Every message between the scheduler and the dialers was understood and confirmed. What ever comes
            to nothing is kept here for 30 days, with the reason.
          </Empty>
        ) : (
          <>
            <ul>
              {items.map((letter) => (
                <DeadLetterRow
                  key={letter.id}
                  letter={letter}
                  place={place}
                  onDiscard={() => setDiscarding(letter)}
                />
              ))}
            </ul>
            {letters.hasNextPage && (
              <div className="flex items-center justify-between gap-4 border-t px-5 py-3">
                <p className="text-xs text-muted">
                  {count(items.length)} of {count(total)}
                </p>
                <Button
                  size="small"
                  busy={letters.isFetchingNextPage}
                  onClick={() => letters.fetchNextPage()}
                >
                  Show older ones
                </Button>
              </div>
            )}
          </>
        )}
      </section>
      <DiscardDialog letter={discarding} onClose={() => setDiscarding(null)} />
    </>
  );
}

function Waiting() {
  return (
    <div>
      <Loading>Loading the dead letters</Loading>
      {["first", "second", "third"].map((row) => (
        <div key={row} className="flex min-h-36 flex-col gap-3 border-b px-5 py-4 last:border-b-0">
          <Skeleton className="h-5 w-48 max-w-full" />
          <Skeleton className="h-4 w-full max-w-2xl" />
          <Skeleton className="h-4 w-72 max-w-full" />
        </div>
      ))}
    </div>
  );
}
