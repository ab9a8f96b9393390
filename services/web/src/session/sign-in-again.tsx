import { useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { sessionEnded } from "@/api/session-state";
import { useStored } from "@/api/store";
import { Dialog } from "@/ui/dialog";
import { goOn, tellOtherTabs } from "./changes";
import { type Credentials, CredentialsForm } from "./credentials-form";

/** Asks for the password when the session ended, above whatever somebody was doing: it is all still there afterwards. */
export function SignInAgain() {
  const ended = useStored(sessionEnded);
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const email = session?.user?.email ?? "";

  async function enter({ email, password }: Credentials) {
    const entered = await answered(api.POST("/api/session", { body: { email, password } }));
    tellOtherTabs(entered);
    await goOn(client, entered);
  }

  return (
    <Dialog
      open={ended}
      title="Your session has ended"
      description="Sign in again to go on. Nothing you typed is lost."
      keepOpenOutside
      className="sm:w-[min(92vw,26rem)]"
    >
      <CredentialsForm key={email} submit="Sign in" email={email} onSubmit={enter} />
    </Dialog>
  );
}
