import { Download } from "lucide-react";
import type { Schemas } from "@/api/client";
import { counted } from "@/words/amounts";

type RejectedListProps = {
  rejected: Schemas["RejectedNumbers"];
  /** What the position is called: "Line", "No." */
  place: string;
  /** Where all of them can be downloaded. */
  download?: string;
  /** It is done, not thought of. */
  isDone?: boolean;
};

const SHOWN = 20;

/** What will be left out, or was, and why. */
export function RejectedList({ rejected, place, download, isDone = false }: RejectedListProps) {
  if (rejected.count === 0) return null;
  const more = rejected.count - Math.min(rejected.items.length, SHOWN);
  return (
    <details className="group rounded-lg border border-line-strong text-sm" open={rejected.count <= 3}>
      <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 rounded-lg px-3 py-2">
        <span className="font-medium">
          {counted(rejected.count, "entry", "entries")}{" "}
          {isDone ? (rejected.count === 1 ? "was" : "were") : "will be"} left out
        </span>
        <span className="text-xs text-muted group-open:hidden">Show why</span>
      </summary>
      <div className="border-t">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
        <ul className="max-h-44 overflow-y-auto px-3 py-2" tabIndex={0} aria-label="Left out, and why">
          {rejected.items.slice(0, SHOWN).map((item) => (
            <li key={`${item.source}-${item.line}`} className="flex gap-3 py-1 text-xs">
              <span className="w-16 shrink-0 text-muted tabular-nums">
                {place} {item.line}
              </span>
              <span className="min-w-0">
                <span className="font-mono [overflow-wrap:anywhere]">{item.value || "(empty)"}</span>
                <span className="text-muted">: {item.reason}</span>
              </span>
            </li>
          ))}
          {more > 0 && <li className="py-1 text-xs text-muted">and {counted(more, "other")}</li>}
        </ul>
        {download && (
          <a
            href={download}
            download
            className="flex items-center gap-2 border-t px-3 py-2 text-xs font-medium hover:bg-sunken"
          >
            <Download className="size-3.5" aria-hidden /> Download the bad rows
          </a>
        )}
      </div>
    </details>
  );
}
