/** One call with all that is known of it, and the two ways on. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PhoneForwarded, PhoneOff } from "lucide-react";
import type { ReactNode } from "react";
import { ApiProblem, type Schemas } from "@/api/client";
import { unknownCallQuery } from "@/api/queries";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Dialog } from "@/ui/dialog";
import { Failure, Loading, Skeleton } from "@/ui/states";
import { money } from "@/words/amounts";
import { clockTime, exactMoment, here, moment, span } from "@/words/moments";
import { CALL_WORD, EFFECT_WORD, SOURCE_WORD } from "@/words/outcomes";
import {
  aftermath,
  DECISION_WORD,
  type Decision,
  lookNotes,
  lookWords,
  requestWords,
} from "@/words/unresolved";
import { DecisionBadge } from "./decision-badge";

type Call = Schemas["UnknownCallDetail"];

type EvidenceSheetProps = {
  /** None is looked at. */
  id: string | undefined;
  onDecide: (decision: Decision, call: Call) => void;
  onClose: () => void;
};

export function EvidenceSheet({ id, onDecide, onClose }: EvidenceSheetProps) {
  const call = useQuery({ ...unknownCallQuery(id ?? ""), enabled: id !== undefined });
  const isOpen = call.data?.status === "unknown" && call.data.decision === null;
  return (
    <Dialog
      open={id !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={call.data?.contact_name ?? call.data?.to ?? "Unresolved call"}
      description={call.data ? (call.data.contact_name ? call.data.to : "Unresolved call") : "Loading"}
      className="sm:top-0 sm:right-0 sm:left-auto sm:h-dvh sm:max-h-none sm:w-[min(92vw,30rem)] sm:translate-x-0 sm:translate-y-0 sm:rounded-none"
      footer={call.data && isOpen ? <Ways call={call.data} onDecide={onDecide} /> : undefined}
    >
      {call.data ? (
        <Shown call={call.data} />
      ) : call.isError ? (
        <Failure reason={call.error} {...(!isGone(call.error) && { onRetry: () => call.refetch() })} />
      ) : (
        <>
          <Loading>Loading the call</Loading>
          <Skeleton className="h-6 w-36 rounded-full" />
          <Skeleton className="mt-4 h-56" />
          <Skeleton className="mt-4 h-64" />
        </>
      )}
    </Dialog>
  );
}

function isGone(reason: unknown): boolean {
  return reason instanceof ApiProblem && reason.status === 404;
}

function Ways({ call, onDecide }: { call: Call; onDecide: EvidenceSheetProps["onDecide"] }) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <Button variant="danger" onClick={() => onDecide("give_up", call)}>
        <PhoneOff aria-hidden /> Give up
      </Button>
      {!call.campaign_is_deleted && (
        <Button variant="primary" onClick={() => onDecide("redial", call)}>
          <PhoneForwarded aria-hidden /> Redial
        </Button>
      )}
    </div>
  );
}

function Shown({ call }: { call: Call }) {
  const place = here();
  const after = aftermath(call);
  return (
    <>
      <p role="status">
        <DecisionBadge decision={call.decision} />
      </p>
      <p className="mt-2 text-sm [overflow-wrap:anywhere]">
        {after ?? call.reason ?? "It could not be found out what became of this call."}
      </p>
      <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        <Fact label="Campaign">
          {call.campaign_is_deleted ? (
            <span>
              <bdi>{call.campaign_name}</bdi>, which was deleted: nobody can be redialled
            </span>
          ) : (
            <Link
              to="/campaigns/$campaignId"
              params={{ campaignId: call.campaign_id }}
              search={{ call: call.id }}
              className="underline underline-offset-2"
            >
              <bdi>{call.campaign_name}</bdi>
            </Link>
          )}
        </Fact>
        <Fact label="Called">
          <time dateTime={call.placed_at} title={exactMoment(call.placed_at, place)}>
            {moment(call.placed_at, place)}
          </time>
          {call.attempt > 1 && `, call ${call.attempt} to this person`}
        </Fact>
        {call.decision === null && <Fact label="Set aside">{money(call.hold, call.currency)}</Fact>}
        {Number(call.cost) > 0 && <Fact label="Cost">{money(call.cost, call.currency)}</Fact>}
        <Fact label="Caller ID">{call.caller_id}</Fact>
        <Fact label="Carrier">{call.carrier === "simulated" ? "Simulated" : call.carrier}</Fact>
        {call.carrier_call_id && (
          <Fact label="Carrier’s id">
            <code className="text-xs">{call.carrier_call_id}</code>
          </Fact>
        )}
        {call.decision && <Decided decision={call.decision} currency={call.currency} />}
      </dl>
      <h3 className="mt-6 mb-3 text-sm font-semibold">What is known</h3>
      <Evidence call={call} />
    </>
  );
}

function Decided({ decision, currency }: { decision: Schemas["DecisionMade"]; currency: string }) {
  return (
    <>
      <Fact label="Decided">
        {moment(decision.decided_at, here())} by {decision.decided_by}
      </Fact>
      {decision.note && <Fact label="Why">{decision.note}</Fact>}
      <Fact label="Freed">{money(decision.freed, currency)}</Fact>
      {decision.campaign_id && (
        <Fact label="Called again">
          <Link
            to="/campaigns/$campaignId"
            params={{ campaignId: decision.campaign_id }}
            className="underline underline-offset-2"
          >
            By another campaign
          </Link>
        </Fact>
      )}
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

type Happened = { at: string; title: string; notes: (string | null)[]; isAside?: boolean };

/** What was asked, seen, said and decided, in the order in which it was. */
function Evidence({ call }: { call: Call }) {
  const place = here();
  const { request } = call;
  const steps: Happened[] = [
    {
      at: call.placed_at,
      title: "Let through to the carrier",
      notes: [
        `To ring ${span(request.ring_timeout)} and last ${span(request.time_limit)} at most; nothing was sent after ${clockTime(request.send_by, place)}.`,
      ],
    },
    { at: request.ended_at ?? request.send_by, title: "Our request", notes: [requestWords(call)] },
    ...call.looks.map((look) => ({
      at: look.first_at,
      title: lookWords(look),
      notes: lookNotes(look, place),
      isAside: look.result !== "unknown",
    })),
    ...call.reports.map((report) => ({
      at: report.received_at,
      title: CALL_WORD[report.status],
      notes: [SOURCE_WORD[report.source], EFFECT_WORD[report.effect]],
      isAside: report.effect !== "move",
    })),
    ...(call.decision
      ? [
          {
            at: call.decision.decided_at,
            title: DECISION_WORD[call.decision.decision],
            notes: [`Decided by $call.decision.decided_by`, call.decision.note],
          },
        ]
      : []),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return (
    <ol aria-label="What is known" className="text-sm">
      {steps.map((step) => (
        <li
          key={`$step.at$step.title`}
          className="relative flex gap-4 border-l pb-4 pl-5 last:border-transparent last:pb-0"
        >
          <span
            aria-hidden
            className={cn(
              "absolute top-1.5 -left-1 size-2 rounded-full ring-4 ring-surface",
              step.isAside ? "bg-line-strong" : "bg-ink",
            )}
          />
          <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <p className="font-medium">{step.title}</p>
            {step.notes.filter(Boolean).map((note) => (
              <p key={note} className="text-xs text-muted">
                {note}
              </p>
            ))}
          </div>
          <time
            dateTime={step.at}
            title={exactMoment(step.at, place)}
            className="text-xs text-muted tabular-nums"
          >
            {clockTime(step.at, place)}
          </time>
        </li>
      ))}
    </ol>
  );
}
