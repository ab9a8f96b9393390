/** A campaign in numbers: how far it is, when it began, when it ends, what it costs. */

import type { ReactNode } from "react";
import type { Campaign, Schemas } from "@/api/client";
import { ProgressBar } from "@/campaigns/progress-bar";
import { cn } from "@/ui/cn";
import { Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { count, counted, money, percent } from "@/words/amounts";
import {
  ago,
  cityOf,
  exactMoment,
  fromNow,
  here,
  lateness,
  moment,
  type Place,
  showSameTime,
  span,
} from "@/words/moments";
import { ENOUGH_CALLS, forecast } from "./forecast";
import { forecastWords } from "./forecast-words";

/** What has much to say takes a whole row of a phone. */
const WIDE = "max-md:col-span-2";

type Stats = Schemas["CampaignStats"];

type FiguresProps = {
  campaign: Campaign;
  stats: Stats | undefined;
  /** When these were the results: milliseconds since 1970. */
  readAt: number;
};

export function Figures({ campaign, stats, readAt }: FiguresProps) {
  const place = here(useNow());
  return (
    <section aria-label="Progress" className="overflow-clip rounded-2xl border bg-surface shadow-card">
      <People progress={campaign.progress} />
      <dl className="grid grid-cols-2 gap-px border-t bg-line md:grid-cols-[1.2fr_1.35fr_0.8fr_0.95fr_1.3fr]">
        <Start campaign={campaign} place={place} />
        <End campaign={campaign} stats={stats} readAt={readAt} place={place} />
        <Figure
          label="Calls"
          note={
            stats === undefined
              ? undefined
              : stats.answer_rate === null
                ? "None yet"
                : `${percent(stats.answer_rate)} answered`
          }
        >
          {stats && count(stats.calls)}
        </Figure>
        <Figure
          label="Talk time"
          note={
            stats === undefined || stats.calls === 0
              ? undefined
              : stats.answered > 0
                ? `${span(stats.talk_seconds / stats.answered)} a call`
                : "Nobody answered"
          }
        >
          {stats && span(stats.talk_seconds)}
        </Figure>
        <Figure
          label="Cost"
          className={WIDE}
          note={stats === undefined || stats.calls === 0 ? undefined : perPerson(stats)}
        >
          {stats && money(stats.cost, stats.currency)}
        </Figure>
      </dl>
    </section>
  );
}

function perPerson(stats: Stats): string {
  const reached = stats.progress.successful;
  if (reached === 0) return "Nobody was reached";
  const each = Number(stats.cost) / reached;
  return `${money(each.toFixed(each < 0.01 ? 4 : 2), stats.currency)} a person reached`;
}

/** Everybody on the list, by what became of them. */
function People({ progress }: { progress: Schemas["CampaignProgress"] }) {
  const done = progress.total === 0 ? 0 : progress.completed / progress.total;
  const rare = [
    { label: "Skipped", number: progress.skipped, dot: "bg-line-strong" },
    { label: "Expired", number: progress.expired, dot: "bg-line-strong" },
    { label: "Unknown", number: progress.unknown, dot: "bg-line-strong" },
  ].filter(({ number }) => number > 0);
  const parts = [
    { label: "Reached", number: progress.successful, dot: "bg-green" },
    { label: "Not reached", number: progress.failed, dot: "bg-line-strong" },
    ...rare,
    { label: "On the line", number: progress.in_progress, dot: "bg-blue" },
    { label: "Waiting", number: progress.waiting, dot: "bg-line ring-1 ring-line-strong ring-inset" },
  ];
  return (
    <div className="px-5 py-4">
      <p className="mb-3 flex flex-wrap items-baseline gap-x-3">
        {/* Rounded down: 100 % is everybody. */}
        <span className="text-3xl font-semibold tracking-tight tabular-nums">
          {percent(Math.floor(done * 100) / 100)}
        </span>
        <span className="text-sm text-muted tabular-nums">
          {count(progress.completed)} of {counted(progress.total, "person", "people")} done
        </span>
      </p>
      <ProgressBar progress={progress} label="Progress" isLarge />
      <dl className="mt-3 flex flex-wrap gap-x-6 gap-y-1.5 text-sm">
        {parts.map(({ label, number, dot }) => (
          <div key={label} className="flex items-center gap-2">
            <dt className="flex items-center gap-2 text-muted">
              <span className={cn("size-2.5 rounded-full", dot)} aria-hidden />
              {label}
            </dt>
            <dd className="font-medium tabular-nums">{count(number)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Start({ campaign, place }: { campaign: Campaign; place: Place }) {
  const at = campaign.started_at ?? campaign.scheduled_time ?? campaign.created_at;
  const isElsewhere = !showSameTime(campaign.timezone, place.zone, Date.parse(at));
  // Without a time of its own, a campaign's zone says nothing: it started at once.
  const there =
    isElsewhere && campaign.is_scheduled
      ? `${moment(at, place, campaign.timezone)} in ${cityOf(campaign.timezone)}`
      : null;
  const late = campaign.start_lateness === null ? null : lateness(campaign.start_lateness);
  return (
    <Figure
      className={WIDE}
      label={campaign.started_at === null ? "Starts" : "Started"}
      note={
        <>
          <span className="block">{late ?? (campaign.started_at === null ? fromNow : ago)(at, place)}</span>
          {there && <span className="block">{there}</span>}
        </>
      }
    >
      <time dateTime={at} title={exactMoment(at, place)}>
        {moment(at, place)}
      </time>
    </Figure>
  );
}

function End({ campaign, stats, readAt, place }: FiguresProps & { place: Place }) {
  const { completed_at: ended, started_at: started } = campaign;
  if (ended !== null) {
    const took = started === null ? null : (Date.parse(ended) - Date.parse(started)) / 1000;
    return (
      <Figure label="Ended" className={WIDE} note={took === null ? undefined : `It took ${span(took)}`}>
        <time dateTime={ended} title={exactMoment(ended, place)}>
          {moment(ended, place)}
        </time>
      </Figure>
    );
  }
  const latest = campaign.expires_at && moment(campaign.expires_at, place);
  const expected = stats === undefined ? null : forecast(campaign, stats, readAt);
  if (expected !== null) {
    const { range, distance } = forecastWords(expected, { ...place, now: readAt });
    return (
      <Figure
        label="Ends"
        className={WIDE}
        note={`Forecast: ${distance}${latest ? `; at the latest ${latest}` : ""}`}
      >
        {range}
      </Figure>
    );
  }
  return (
    <Figure
      label="Ends"
      className={WIDE}
      note={`${latest ? "At the latest. " : ""}${whyNoForecast(campaign)}`}
    >
      {latest ?? "–"}
    </Figure>
  );
}

function whyNoForecast({ status, progress, waiting_for }: Campaign): string {
  if (status === "paused") return "Not while it is paused";
  if (status !== "processing") return status === "cancelled" ? "It was cancelled" : "Not started yet";
  if (waiting_for !== null && progress.in_progress === 0) return "It waits for calling hours";
  return progress.in_progress === 0 ? "It waits to call again" : `Forecast after ${ENOUGH_CALLS} calls`;
}

type FigureProps = { label: string; note: ReactNode; className?: string; children: ReactNode };

/** A number, what it is, and a word about it. What is not there yet keeps its place. */
function Figure({ label, note, className, children }: FigureProps) {
  return (
    <div className={cn("min-w-0 bg-surface px-5 py-3.5", className)}>
      <dt className="text-xs font-medium text-muted">{label}</dt>
      <dd className="mt-1">
        <span className="block min-h-6 text-base font-semibold tabular-nums">
          {children ?? <Skeleton className="h-5 w-20" />}
        </span>
        <span className="block min-h-4 text-xs text-muted tabular-nums">{note}</span>
      </dd>
    </div>
  );
}
