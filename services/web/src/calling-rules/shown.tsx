/** The rules for those who may look at them only. */

import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { count } from "@/words/amounts";
import { DAYS, holidayWords, hoursWords, nameOfDay, readHours, unknownWords } from "@/words/calling-hours";
import { here } from "@/words/moments";
import { callerWords } from "./caller-form";
import { limitsWords } from "./limits-form";

export function HoursShown({
  hours: { calling_window: window, unknown_zone },
}: {
  hours: Schemas["CallingHours"];
}) {
  const place = here();
  if (window === null)
    return <p className="px-5 py-4 text-sm">People may be called at any time of any day.</p>;
  const week = readHours(window.hours);
  return (
    <dl>
      {DAYS.map((day) => (
        <Rule key={day} label={nameOfDay(day)}>
          {week[day].map((each) => hoursWords(each, place)).join(" and ") || (
            <span className="text-muted">Nobody is called</span>
          )}
        </Rule>
      ))}
      {(window.holidays?.length ?? 0) > 0 && (
        <Rule label="Holidays">
          {window.holidays?.map((date) => (
            <span key={date} className="block">
              {holidayWords(date, place)}
            </span>
          ))}
        </Rule>
      )}
      <Rule label="Unknown numbers">{unknownWords(unknown_zone)}</Rule>
      <Rule label="Whose clocks">Those of the person called.</Rule>
    </dl>
  );
}

export function CallerShown({ caller }: { caller: Schemas["Caller"] }) {
  const [number, agent] = callerWords(caller);
  return (
    <dl>
      <Rule label="Caller ID">{number}</Rule>
      <Rule label="Who speaks">{agent}</Rule>
    </dl>
  );
}

export function LimitsShown({ limits }: { limits: Schemas["CallLimits"] }) {
  const [pace, cap, breaker] = limitsWords(limits);
  return (
    <dl>
      <Rule label="How fast">{pace}</Rule>
      {limits.caller_ids.map((each) => (
        <Rule key={each.caller_id} label={each.caller_id}>
          {[
            each.max_concurrent_calls == null ? "" : `${count(each.max_concurrent_calls)} calls at once`,
            each.calls_per_second == null ? "" : `${count(each.calls_per_second)} new calls a second`,
          ]
            .filter(Boolean)
            .join(", ") || "No limit of its own"}
        </Rule>
      ))}
      <Rule label="The same person">{cap}</Rule>
      <Rule label="When calls fail">{breaker}</Rule>
    </dl>
  );
}

function Rule({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-1 border-b px-5 py-3 text-sm last:border-b-0 sm:grid-cols-[12rem_1fr]">
      <dt className="text-muted tabular-nums">{label}</dt>
      <dd className="min-w-0 tabular-nums [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
