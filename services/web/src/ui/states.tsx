/** What a page shows when there is nothing, not yet something, or something went wrong: each with a next step. */

import { type LucideIcon, RotateCw, TriangleAlert, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { ApiProblem } from "@/api/client";
import { Button } from "./button";
import { cn } from "./cn";

type EmptyProps = { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode };

export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <div className="rounded-2xl bg-sunken p-4 text-bell">
        <Icon className="size-7" aria-hidden />
      </div>
      <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
      {children && <p className="max-w-md text-sm text-balance text-muted">{children}</p>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What went wrong, in the API's own sentence, and a way to try again. */
export function Failure({ reason, onRetry }: { reason: unknown; onRetry?: () => void }) {
  const isOffline = reason instanceof ApiProblem && reason.status === 0;
  const Icon = isOffline ? WifiOff : TriangleAlert;
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <div className="rounded-2xl bg-danger-soft p-4 text-danger">
        <Icon className="size-7" aria-hidden />
      </div>
      <h2 className="text-lg font-semibold tracking-tight">
        {isOffline ? "No connection" : "That did not work"}
      </h2>
      <p className="max-w-md text-sm text-muted [overflow-wrap:anywhere]">{sentence(reason)}</p>
      {reason instanceof ApiProblem && reason.requestId && (
        <p className="text-xs text-muted">Request {reason.requestId}</p>
      )}
      {onRetry && (
        <Button onClick={onRetry} className="mt-2">
          <RotateCw aria-hidden /> Try again
        </Button>
      )}
    </div>
  );
}

/** What is wrong, as a sentence for a person. */
export function sentence(reason: unknown): string {
  if (reason instanceof ApiProblem)
    return reason.status === 401 ? "Your session has ended. Sign in again to go on." : reason.message;
  return "Something went wrong on this page. Load it again.";
}

/** The place of something that is on its way: of its size, so that nothing jumps. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse rounded-md bg-sunken", className)} />;
}

export function Loading({ children = "Loading" }: { children?: ReactNode }) {
  return (
    <p role="status" className="sr-only">
      {children}
    </p>
  );
}
