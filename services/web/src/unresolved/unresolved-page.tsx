/** Calls of which nobody could find out what became: the evidence, and what somebody decides. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { CircleCheck, History, X } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { campaignQuery, unknownCallsQuery } from "@/api/queries";
import { PageHeader } from "@/layout/page-header";
import { Button } from "@/ui/button";
import { Empty, Failure } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { count } from "@/words/amounts";
import type { Decision } from "@/words/unresolved";
import { ChoiceBar } from "./choice-bar";
import { choose, chooseNone } from "./chosen";
import { DecisionDialog } from "./decision-dialog";
import { EvidenceSheet } from "./evidence-sheet";
import type { UnresolvedSearch } from "./search";
import { UnresolvedTable, WaitingCalls } from "./unresolved-table";
import type { Asked } from "./use-decide";

export function UnresolvedPage() {
  const { decided: isDecided = false, campaign, call } = useSearch({ from: "/app/unresolved" });
  const navigate = useNavigate({ from: "/unresolved" });
  const [asked, setAsked] = useState<Asked | null>(null);
  const list = useInfiniteQuery(unknownCallsQuery(isDecided ? "decided" : "waiting", campaign));
  const waiting = useInfiniteQuery(unknownCallsQuery("waiting", campaign));
  const calls = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const total = waiting.data?.pages.at(-1)?.total ?? 0;

  const change = useCallback(
    (changed: UnresolvedSearch) =>
      void navigate({ search: (held) => ({ ...held, ...changed }), replace: true, resetScroll: false }),
    [navigate],
  );
  const decide = useCallback(
    (decision: Decision, one: Asked["calls"][number]) => setAsked({ decision, calls: [one] }),
    [],
  );

  return (
    <>
      <PageHeader
        title="Unresolved calls"
        description="Nobody could find out what became of these calls. People may have been rung, so nobody calls them again until you decide."
      />
      {campaign && <OfCampaign id={campaign} />}
      <section
        aria-label="Unresolved calls"
        className="overflow-clip rounded-2xl border bg-surface shadow-card"
      >
        <Tabs
          label="Unresolved calls"
          value={isDecided ? "decided" : "waiting"}
          items={[
            {
              value: "waiting",
              label: (
                <>
                  Need a decision
                  {total > 0 && (
                    <span className="rounded-full bg-orange-soft px-1.5 text-xs text-orange tabular-nums">
                      {count(total)}
                    </span>
                  )}
                </>
              ),
            },
            { value: "decided", label: "Decided" },
          ]}
          onChange={(value) => {
            chooseNone();
            change({ decided: value === "decided" ? true : undefined });
          }}
        >
          {list.isError && calls.length === 0 ? (
            <Failure reason={list.error} onRetry={() => list.refetch()} />
          ) : list.isPending ? (
            <WaitingCalls />
          ) : calls.length === 0 ? (
            <Nothing isDecided={isDecided} isOfOne={campaign !== undefined} />
          ) : (
            <UnresolvedTable
              calls={calls}
              isDecided={isDecided}
              isStale={list.isPlaceholderData}
              hasMore={list.hasNextPage}
              isLoadingMore={list.isFetchingNextPage}
              onMore={list.fetchNextPage}
              onDecide={decide}
            />
          )}
        </Tabs>
      </section>
      {!isDecided && <ChoiceBar calls={calls} onAsk={setAsked} />}
      <EvidenceSheet id={call} onDecide={decide} onClose={() => change({ call: undefined })} />
      {asked && (
        <DecisionDialog
          asked={asked}
          onDecided={() =>
            choose(
              asked.calls.map(({ id }) => id),
              false,
            )
          }
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

/** Whose calls are shown alone, and the way to those of all. */
function OfCampaign({ id }: { id: string }) {
  const campaign = useQuery(campaignQuery(id));
  return (
    <p className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-muted">
      <span>
        Only calls of{" "}
        {campaign.isError ? (
          "a campaign that was deleted"
        ) : (
          <Link
            to="/campaigns/$campaignId"
            params={{ campaignId: id }}
            className="text-ink underline underline-offset-2"
          >
            <bdi>{campaign.data?.name ?? "one campaign"}</bdi>
          </Link>
        )}
      </span>
      <Button asChild size="small">
        <Link to="/unresolved" search={(held) => ({ ...held, campaign: undefined })}>
          <X aria-hidden /> Show all
        </Link>
      </Button>
    </p>
  );
}

function Nothing({ isDecided, isOfOne }: { isDecided: boolean; isOfOne: boolean }) {
  if (isDecided)
    return (
      <Empty icon={History} title="Nothing was decided yet">
        What you decide about unresolved calls is kept here: who decided, why, and what came of it.
      </Empty>
    );
  return (
    <Empty
      icon={CircleCheck}
      title={isOfOne ? "No call of this campaign needs a decision" : "No call needs a decision"}
    >
      Should a carrier not say what became of a call, and list none that must be it, the call appears here
      with all that is known of it.
    </Empty>
  );
}
