import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Balance } from "./balance";

type SaidProps = { details: readonly string[]; isChecking?: boolean; children: ReactNode };

/** What it will do, in a line and its details. */
export function Said({ details, isChecking = false, children }: SaidProps) {
  return (
    <>
      <p className="flex items-center gap-2 text-sm text-muted">
        {children}
        {isChecking && (
          <LoaderCircle className="size-3.5 shrink-0 animate-spin text-muted" aria-label="Checking" />
        )}
      </p>
      <p className="text-xs text-muted">
        {details.map((detail) => `${detail} · `)}
        <Balance />
      </p>
    </>
  );
}
