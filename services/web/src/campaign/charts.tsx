/** How calls ended, and how many were placed when. What draws them is loaded after the page itself. */

import { Table2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { Schemas } from "@/api/client";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Skeleton } from "@/ui/states";
import { count } from "@/words/amounts";
import { clockTime, here, moment, span } from "@/words/moments";
import { CALL_WORD } from "@/words/outcomes";
import { outcomesOf, spansOf } from "./chart-data";

type Stats = Schemas["CampaignStats"];

const OutcomesChart = lazy(() =>
  import("./drawings").then(
    (drawings) => ({ default: drawings.OutcomesChart }),
    () => ({ default: NotDrawn }),
  ),
);
const PaceChart = lazy(() =>
  import("./drawings").then(
    (drawings) => ({ default: drawings.PaceChart }),
    () => ({ default: NotDrawn }),
  ),
);

/** Without a connection the page stands all the same. */
function NotDrawn() {
  return (
    <p className="flex h-full items-center justify-center text-center text-sm text-muted">
      The drawing could not be loaded. “Numbers” says the same.
    </p>
  );
}

export function Charts({ stats }: { stats: Stats | undefined }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Outcomes stats={stats} />
      <Pace stats={stats} />
    </div>
  );
}

function Outcomes({ stats }: { stats: Stats | undefined }) {
  const outcomes = stats && outcomesOf(stats.progress.dispositions);
  const sum = outcomes?.reduce((total, { number }) => total + number, 0);
  return (
    <Chart
      title="Outcomes of the calls"
      emptyText={sum === 0 ? "No call has ended." : null}
      table={
        <Numbers
          caption="Outcomes of the calls"
          head={["Outcome", "Calls"]}
          rows={outcomes?.map(({ outcome, number }) => [CALL_WORD[outcome], count(number)]) ?? []}
        />
      }
    >
      {outcomes && <OutcomesChart outcomes={outcomes} />}
    </Chart>
  );
}

function Pace({ stats }: { stats: Stats | undefined }) {
  const spans = stats && spansOf(stats);
  const title =
    stats === undefined || stats.span === 60 ? "Calls per minute" : `Calls per ${span(stats.span)}`;
  const place = here();
  const isLong = spans !== undefined && (spans.at(-1)?.at ?? 0) - (spans[0]?.at ?? 0) > 86_400_000;
  return (
    <Chart
      title={title}
      emptyText={spans?.length === 0 ? "No call was placed." : null}
      table={
        <Numbers
          caption={title}
          head={["From", "Placed", "Answered"]}
          rows={
            spans?.map(({ at, answered, unanswered }) => [
              isLong ? moment(at, place) : clockTime(at, place),
              count(answered + unanswered),
              count(answered),
            ]) ?? []
          }
        />
      }
    >
      {stats && spans && <PaceChart spans={spans} seconds={stats.span} />}
    </Chart>
  );
}

type ChartProps = {
  title: string;
  /** What is said instead, where there is nothing to draw. */
  emptyText: string | null;
  /** The same in numbers. */
  table: ReactNode;
  children: ReactNode;
};

/** A drawing with its name, and its numbers for whoever cannot see it or wants to read them. */
function Chart({ title, emptyText, table, children }: ChartProps) {
  const [asNumbers, setAsNumbers] = useState(false);
  const waiting = <Skeleton className="h-full rounded-xl" />;
  return (
    <section aria-label={title} className="min-w-0 rounded-2xl border bg-surface px-5 py-4 shadow-card">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h2 className="text-sm font-semibold">{title}</h2>
        <Button
          variant="quiet"
          size="small"
          className="-mr-2"
          aria-pressed={asNumbers}
          onClick={() => setAsNumbers(!asNumbers)}
        >
          <Table2 aria-hidden /> Numbers
        </Button>
      </div>
      <div className="h-56">
        {emptyText !== null ? (
          <p className="flex h-full items-center justify-center text-sm text-muted">{emptyText}</p>
        ) : (
          <>
            {!asNumbers && (
              <div aria-hidden className="h-full">
                {children === undefined ? waiting : <Suspense fallback={waiting}>{children}</Suspense>}
              </div>
            )}
            <div
              className={cn(asNumbers ? "h-full overflow-y-auto" : "sr-only")}
              {...(asNumbers && { tabIndex: 0, role: "group", "aria-label": `${title} in numbers` })}
            >
              {table}
            </div>
          </>
        )}
      </div>
    </section>
  );
}

function Numbers({ caption, head, rows }: { caption: string; head: string[]; rows: string[][] }) {
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-b text-left text-xs text-muted">
          {head.map((each) => (
            <th key={each} scope="col" className="py-1.5 font-medium not-first:text-right">
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...values]) => (
          <tr key={name} className="border-b last:border-b-0">
            <th scope="row" className="py-1.5 text-left font-normal">
              {name}
            </th>
            {values.map((value, index) => (
              <td key={head[index + 1]} className="py-1.5 text-right tabular-nums">
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
