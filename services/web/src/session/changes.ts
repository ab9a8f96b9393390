/** Who is signed in changes: here or in another tab of this browser, which shares the cookie. Nobody sees anything of whoever was
 * there before: the page is loaded anew for somebody else, and with it goes all that it held. */

import type { QueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { sessionEnded } from "@/api/session-state";

type Session = Schemas["Session"];

/** Says an e-mail address, or null for nobody. */
const tabs = new BroadcastChannel("belltower.session");

export function tellOtherTabs(session: Session | null): void {
  tabs.postMessage(session?.user?.email ?? null);
}

/** Lets whoever had to sign in again go on where they were. */
export async function goOn(client: QueryClient, session: Session): Promise<void> {
  if (session.user?.email !== client.getQueryData(sessionQuery.queryKey)?.user?.email) {
    location.replace("/campaigns");
    return;
  }
  client.setQueryData(sessionQuery.queryKey, session);
  sessionEnded.set(false);
  await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
}

/** Leaves nothing behind, neither on the page nor of what was typed. */
export function leave(): void {
  tellOtherTabs(null);
  sessionStorage.clear();
  location.replace("/sign-in");
}

/** Follows what happens in the other tabs, and what a browser brings back from before. */
export function followOtherTabs(client: QueryClient): void {
  tabs.onmessage = ({ data: email }: MessageEvent<string | null>) => {
    const held = client.getQueryData(sessionQuery.queryKey);
    if (held === undefined) return;
    if (email !== (held.user?.email ?? null)) location.reload();
    else if (sessionEnded.get()) void goOn(client, held);
  };
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}
