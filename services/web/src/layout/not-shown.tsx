/** What stands in place of a page that could not be shown. One whose code did not come is there when the connection is back. */

import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { offline } from "@/api/client";
import { connection } from "@/api/live";
import { Failure } from "@/ui/states";

export function NotShown({ error }: { error: unknown }) {
  const router = useRouter();
  useEffect(
    () => connection.subscribe(() => void (connection.get() === "live" && router.invalidate())),
    [router],
  );
  return <Failure reason={error} onRetry={() => router.invalidate()} />;
}

/** Loads the code of a page. The router loads the whole app anew for code that is not there, since a newer version may have taken
 * its place; without a connection that would leave nothing at all. */
export async function loaded<Code>(code: Promise<Code>): Promise<Code> {
  try {
    return await code;
  } catch (reason) {
    await fetch("/bell.svg", { method: "HEAD", cache: "no-store" }).catch(() => {
      throw offline();
    });
    throw reason;
  }
}
