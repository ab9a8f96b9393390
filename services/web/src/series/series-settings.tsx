import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { counted } from "@/words/amounts";
import { cityOf, exactDay, exactMoment, here, span } from "@/words/moments";
import { type Series, wallWords } from "@/words/series";

/** Every setting of a series, in words. */
export function SeriesSettings({ series }: { series: Series }) {
  const place = here();
  const { definition, rule } = series;
  return (
    <dl>
      <Setting label="Message">
        <p dir="auto" className="max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">
          {definition.welcome_message}
        </p>
      </Setting>
      <Setting label="Each time">{counted(series.contacts, "person is called", "people are called")}</Setting>
      <Setting label="Caller ID">{definition.caller_id}</Setting>
      <Setting label="At the same time">{`Up to ${counted(definition.concurrency, "call")}`}</Setting>
      <Setting label="Attempts">
        {definition.max_attempts === 1
          ? "Everybody is called once"
          : `Everybody is called up to ${definition.max_attempts} times, with ${span(definition.retry_delay)} in between`}
      </Setting>
      <Setting label="When one still calls">
        {series.skip_if_running ? "The next time is left out" : "The next one starts beside it"}
      </Setting>
      <Setting label="Counts from">
        {wallWords(rule.starts, place)} in {cityOf(rule.timezone)}
      </Setting>
      {rule.ends !== null && <Setting label="Ends">{wallWords(rule.ends, place)}</Setting>}
      {rule.exdates.length > 0 && (
        <Setting label="Left out">
          <ul>
            {rule.exdates.map((day) => (
              <li key={day}>{exactDay(Date.parse(`${day}T00:00:00Z`), { ...place, zone: "UTC" })}</li>
            ))}
          </ul>
        </Setting>
      )}
      <Setting label="Rule">
        <code className="text-xs [overflow-wrap:anywhere]">{rule.rrule}</code>
      </Setting>
      {series.split_from !== null && (
        <Setting label="Goes on for">
          <Link
            to="/series/$seriesId"
            params={{ seriesId: series.split_from }}
            className="underline underline-offset-2"
          >
            an earlier series
          </Link>
        </Setting>
      )}
      <Setting label="Created">{exactMoment(series.created_at, place)}</Setting>
    </dl>
  );
}

function Setting({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-1 border-b px-5 py-3 text-sm last:border-b-0 sm:grid-cols-[10rem_1fr]">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
