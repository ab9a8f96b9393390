/** The dialog that creates a campaign. It opens wherever the address has `?create=true`; what is typed in it is kept. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { sessionQuery } from "@/api/queries";
import { CampaignForm } from "./campaign-form";

export default function CreateCampaign() {
  const { at } = useSearch({ from: "/app" });
  const { data: session } = useQuery(sessionQuery);
  const navigate = useNavigate();

  const close = useCallback(
    () =>
      void navigate({
        to: ".",
        search: ({ create: _, at: __, ...rest }) => rest,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );

  const owner = session?.user?.email;
  if (owner === undefined) return null;
  return <CampaignForm key={owner} owner={owner} at={at} onClose={close} />;
}
