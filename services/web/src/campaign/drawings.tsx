/** The drawings themselves, in a chunk of their own: Recharts is larger than the rest of the page. They never move. */

import {
  Bar,
  BarChart,
  CartesianGrid,
  LabelList,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Disposition } from "@/api/queries";
import { count, percent } from "@/words/amounts";
import { clockTime, here, moment } from "@/words/moments";
import { CALL_TONE, CALL_WORD } from "@/words/outcomes";
import type { Outcome, SpanOfCalls } from "./chart-data";

const TICK = { fill: "var(--muted)", fontSize: 12 };

export function OutcomesChart({ outcomes }: { outcomes: Outcome[] }) {
  const sum = outcomes.reduce((total, { number }) => total + number, 0);
  const data = outcomes.map(({ outcome, number }) => ({
    name: CALL_WORD[outcome],
    number,
    label: number === 0 ? "0" : `${count(number)} · ${percent(number / sum)}`,
    fill: fillOf(outcome),
  }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={data} layout="vertical" accessibilityLayer={false} margin={{ right: 88, left: 0 }}>
        <XAxis type="number" hide domain={[0, "dataMax"]} />
        <YAxis
          type="category"
          dataKey="name"
          width={outcomes.some(({ outcome }) => outcome === "voicemail") ? 124 : 88}
          tickLine={false}
          axisLine={false}
          interval={0}
          tick={TICK}
        />
        <Bar
          dataKey="number"
          isAnimationActive={false}
          radius={4}
          minPointSize={(value) => (value === 0 ? 0.01 : 2)}
          maxBarSize={22}
          background={{ fill: "var(--sunken)", radius: 4 }}
        >
          <LabelList dataKey="label" position="right" fill="var(--ink)" fontSize={12} />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}

function fillOf(outcome: Disposition): string {
  return `var(--${CALL_TONE[outcome]})`;
}

export function PaceChart({ spans, seconds }: { spans: SpanOfCalls[]; seconds: number }) {
  const place = here();
  const isLong = (spans.at(-1)?.at ?? 0) - (spans[0]?.at ?? 0) > 86_400_000;
  const time = new Intl.DateTimeFormat(
    place.locale,
    isLong ? { day: "numeric", month: "short" } : { hour: "numeric", minute: "2-digit" },
  );
  return (
    <div className="flex h-full flex-col">
      <div className="min-h-0 flex-1">
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={spans} accessibilityLayer={false} margin={{ top: 4, right: 0, left: 0, bottom: 0 }}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="at"
              tickFormatter={(at: number) => time.format(at)}
              tickLine={false}
              axisLine={{ stroke: "var(--line)" }}
              minTickGap={32}
              tick={TICK}
            />
            <YAxis
              width="auto"
              allowDecimals={false}
              tickFormatter={(value: number) => count(value)}
              tickLine={false}
              axisLine={false}
              tick={TICK}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: "var(--sunken)" }}
              content={({ active, payload }) => {
                const pointed: SpanOfCalls | undefined = active ? payload[0]?.payload : undefined;
                if (pointed === undefined) return null;
                const until = pointed.at + 1000 * seconds;
                return (
                  <div className="rounded-lg border bg-surface px-3 py-2 text-xs shadow-lg">
                    <p className="font-medium">
                      {isLong ? moment(pointed.at, place) : clockTime(pointed.at, place)} to{" "}
                      {clockTime(until, place)}
                    </p>
                    <p className="mt-1 text-muted tabular-nums">
                      {count(pointed.answered + pointed.unanswered)} placed, {count(pointed.answered)}{" "}
                      answered
                    </p>
                  </div>
                );
              }}
            />
            <Bar
              dataKey="answered"
              stackId="calls"
              fill="var(--green)"
              isAnimationActive={false}
              maxBarSize={32}
            />
            <Bar
              dataKey="unanswered"
              stackId="calls"
              fill="var(--line-strong)"
              isAnimationActive={false}
              maxBarSize={32}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <p className="mt-1 flex justify-end gap-4 text-xs text-muted">
        <span className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-sm bg-green" /> Answered
        </span>
        <span className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-sm bg-line-strong" /> Not answered
        </span>
      </p>
    </div>
  );
}
