import type { ErrorComponentProps } from "@tanstack/react-router";
import { ApiProblem, offline } from "@/api/client";
import { Failure } from "@/ui/states";

/** A page's code. Without a connection that is a problem to be said on the page: the router would load the document anew, which
 * is right after a deployment, and leaves nothing of the app where there is no network. */
export async function pageCode<T>(importing: () => Promise<T>): Promise<T> {
  try {
    return await importing();
  } catch (reason) {
    throw (await isReachable()) ? reason : offline();
  }
}

/** What stands in the place of a page that failed. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  const isOffline = error instanceof ApiProblem && error.status === 0;
  return <Failure reason={error} onRetry={isOffline ? loadAnew : reset} />;
}

async function loadAnew(): Promise<void> {
  if (await isReachable()) location.reload();
}

async function isReachable(): Promise<boolean> {
  return fetch("/", { method: "HEAD", cache: "no-store" }).then(
    () => true,
    () => false,
  );
}
