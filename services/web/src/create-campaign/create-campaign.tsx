/** The dialog that creates a campaign. It opens wherever the address has `?create=true`; what is typed in it is kept. */

import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { sessionQuery } from "@/api/queries";
import { CreateForm } from "./create-form";
import { useClose } from "./use-close";

export default function CreateCampaign() {
  const { at } = useSearch({ from: "/app" });
  const { data: session } = useQuery(sessionQuery);
  const close = useClose();
  const owner = session?.user?.email;
  if (owner === undefined) return null;
  return <CreateForm key={owner} owner={owner} at={at} onClose={close} />;
}
