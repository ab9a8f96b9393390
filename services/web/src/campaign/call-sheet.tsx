/** One call: what it was, what it cost, and every report about it in the order in which they came. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { callQuery } from "@/api/queries";
import { cn } from "@/ui/cn";
import { Dialog } from "@/ui/dialog";
import { Failure, Loading, Skeleton } from "@/ui/states";
import { money } from "@/words/amounts";
import { clockTime, exactMoment, here, moment, preciseTime, span } from "@/words/moments";
import { decisionLines } from "@/words/opening";
import { answererOf, CALL_WORD, EFFECT_WORD, isLive, reasonWord, SOURCE_WORD } from "@/words/outcomes";
import { CallBadge } from "./call-badge";

type Call = Schemas["CallDetail"];

type CallSheetProps = {
  /** None is looked at. */
  id: string | undefined;
  onClose: () => void;
};

export function CallSheet({ id, onClose }: CallSheetProps) {
  const call = useQuery({ ...callQuery(id ?? ""), enabled: id !== undefined });
  return (
    <Dialog
      open={id !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={call.data?.to ?? "Call"}
      description={call.data ? `Call ${call.data.attempt} to this person` : "Loading"}
      className="sm:top-0 sm:right-0 sm:left-auto sm:h-dvh sm:max-h-none sm:w-[min(92vw,28rem)] sm:translate-x-0 sm:translate-y-0 sm:rounded-none"
    >
      {call.data ? (
        <Shown call={call.data} />
      ) : call.isError ? (
        <Failure reason={call.error} onRetry={() => call.refetch()} />
      ) : (
        <>
          <Loading>Loading the call</Loading>
          <Skeleton className="h-6 w-24 rounded-full" />
          <Skeleton className="mt-4 h-40" />
          <Skeleton className="mt-4 h-56" />
        </>
      )}
    </Dialog>
  );
}

function Shown({ call }: { call: Call }) {
  const place = here();
  const rang = secondsBetween(call.ringing_at, call.answered_at ?? call.ended_at);
  return (
    <>
      <p role="status">
        <CallBadge call={call} />
      </p>
      {call.reason && (
        <p className="mt-2 text-sm text-muted [overflow-wrap:anywhere]">{reasonWord(call.reason)}</p>
      )}
      <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        <Fact label="Placed">
          <time dateTime={call.placed_at} title={exactMoment(call.placed_at, place)}>
            {moment(call.placed_at, place)}
          </time>
        </Fact>
        {rang !== null && <Fact label="Rang for">{span(rang)}</Fact>}
        <Fact label="Talk time">{call.duration === null ? "–" : span(call.duration)}</Fact>
        <Fact label="Cost">{isLive(call) ? "Known when it has ended" : money(call.cost, call.currency)}</Fact>
        {call.calling_window && (
          <Fact label="Their time">
            {decisionLines(call.calling_window, place).map((line, index) => (
              <span key={line} className={cn("block", index > 0 && "text-xs text-muted")}>
                {line}
              </span>
            ))}
          </Fact>
        )}
        {call.answered_by && <Fact label="Answered by">{answererOf(call.answered_by)}</Fact>}
        {call.opted_out_at && (
          <Fact label="Pressed 9">{moment(call.opted_out_at, place)}: is on the do-not-call list since</Fact>
        )}
        <Fact label="Caller ID">{call.caller_id}</Fact>
        <Fact label="Carrier">
          {call.carrier === "simulated" ? "Simulated: nobody was rung" : call.carrier}
        </Fact>
        <Fact label="Carrier’s id">
          <code className="text-xs">{call.carrier_call_id ?? "–"}</code>
        </Fact>
        {call.error_code && <Fact label="Carrier’s error">{call.error_code}</Fact>}
      </dl>
      <h3 className="mt-6 mb-3 text-sm font-semibold">Timeline</h3>
      <Timeline call={call} />
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 tabular-nums [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}

function Timeline({ call }: { call: Call }) {
  return (
    <ol aria-label="Timeline" className="text-sm">
      <Step at={call.placed_at} title="Placed" notes={["Let through to the carrier"]} />
      {call.reports.map((report) => (
        <Step
          key={`${report.received_at} ${report.source} ${report.status}`}
          at={report.received_at}
          title={CALL_WORD[report.status]}
          isAside={report.effect !== "move"}
          notes={[`${SOURCE_WORD[report.source]}${byItsClock(report)}`, EFFECT_WORD[report.effect]]}
        />
      ))}
    </ol>
  );
}

/** When it happened, where the carrier said so: its clock is not ours, and has whole seconds. */
function byItsClock({ occurred_at }: Schemas["CallReport"]): string {
  return occurred_at === null ? "" : `, ${clockTime(occurred_at, here())} by its clock`;
}

type StepProps = {
  at: string;
  title: string;
  /** The call did not go on by it. */
  isAside?: boolean;
  notes: (string | null)[];
};

function Step({ at, title, isAside = false, notes }: StepProps) {
  return (
    <li className="relative flex gap-4 border-l pb-4 pl-5 last:border-transparent last:pb-0">
      <span
        aria-hidden
        className={cn(
          "absolute top-1.5 -left-1 size-2 rounded-full ring-4 ring-surface",
          isAside ? "bg-line-strong" : "bg-ink",
        )}
      />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {notes.filter(Boolean).map((note) => (
          <p key={note} className="text-xs text-muted">
            {note}
          </p>
        ))}
      </div>
      <time dateTime={at} title={exactMoment(at, here())} className="text-xs text-muted tabular-nums">
        {preciseTime(at, here())}
      </time>
    </li>
  );
}

function secondsBetween(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000;
}
