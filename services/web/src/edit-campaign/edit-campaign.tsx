/** The dialog that edits a campaign. It opens wherever the address has `?edit=` and an id; what is typed in it is kept. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { campaignQuery, contactsQuery, seriesQuery, sessionQuery } from "@/api/queries";
import { useClose } from "@/create-campaign/use-close";
import EditScope from "@/series/edit-scope";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Failure, Loading, Skeleton } from "@/ui/states";
import { quoted } from "@/words/quoted";
import { EditForm } from "./edit-form";
import { isEditable } from "./editable";
import { NotEditable } from "./not-editable";
import { readForEdit, type Seen } from "./patch";

/** People that the preview goes through. */
const PREVIEWED = 10;

export default function EditCampaign({ id }: { id: string }) {
  const { add: isAdding = false, one: isOne = false } = useSearch({ from: "/app" });
  const { data: session } = useQuery(sessionQuery);
  const { data: live } = useQuery(campaignQuery(id));
  const close = useClose();
  const [isThisOne, setThisOne] = useState(isOne);
  const owner = session?.user?.email;
  const [seen, setSeen] = useState<Seen | null>(null);
  // What is edited is read anew each time, with the ETag that names it, and stays what it was while somebody types.
  const opened = useQuery({
    queryKey: ["edit", id],
    queryFn: () => readForEdit(id),
    staleTime: 0,
    gcTime: 0,
    refetchOnMount: "always",
    enabled: seen === null,
  });
  // Of a time of a series it is asked first whether only that is meant.
  const { campaign } = seen ?? opened.data ?? {};
  const seriesId = isThisOne ? null : (campaign?.series_id ?? null);
  const series = useQuery({ ...seriesQuery(seriesId ?? ""), enabled: seriesId !== null });
  const listed = useInfiniteQuery(contactsQuery(id, "waiting"));
  useEffect(() => {
    if (opened.data !== undefined && isEditable(opened.data.campaign)) setSeen(opened.data);
  }, [opened.data]);

  if (owner === undefined) return null;
  if (
    campaign !== undefined &&
    series.data !== undefined &&
    series.data.status !== "ended" &&
    seriesId !== null
  )
    return (
      <EditScope
        campaign={campaign}
        series={series.data}
        onThisOne={() => setThisOne(true)}
        onClose={close}
      />
    );
  const isAsked = seriesId !== null && series.isPending;
  if (seen !== null && !isAsked) {
    const waiting = listed.data?.pages[0]?.items.slice(0, PREVIEWED);
    return (
      <EditForm
        owner={owner}
        seen={seen}
        live={live}
        sample={waiting?.map(({ phone, name, fields }) => ({ phone, name, fields }))}
        isAdding={isAdding}
        onSeen={setSeen}
        onClose={close}
      />
    );
  }
  const isLoading =
    isAsked || (!opened.isError && (opened.data === undefined || isEditable(opened.data.campaign)));
  return (
    <Dialog
      open
      onOpenChange={close}
      title={live ? `Edit ${quoted(live.name)}` : "Edit the campaign"}
      {...(isLoading && { className: "sm:h-[min(94dvh,56rem)] sm:max-h-none sm:w-[min(94vw,68rem)]" })}
      footer={
        <div className="flex min-h-10 justify-end">
          <Button onClick={close}>Close</Button>
        </div>
      }
    >
      {opened.isError ? (
        <Failure reason={opened.error} onRetry={() => opened.refetch()} />
      ) : opened.data !== undefined && !isEditable(opened.data.campaign) ? (
        <NotEditable campaign={live ?? opened.data.campaign} onPaused={() => void opened.refetch()} />
      ) : (
        <Waiting />
      )}
    </Dialog>
  );
}

function Waiting() {
  return (
    <div className="grid gap-x-8 gap-y-7 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <Loading>Loading the campaign</Loading>
      <div className="flex flex-col gap-4">
        <Skeleton className="h-16" />
        <Skeleton className="h-40" />
        <Skeleton className="h-28" />
      </div>
      <div className="flex flex-col gap-4">
        <Skeleton className="h-56" />
        <Skeleton className="h-32" />
      </div>
    </div>
  );
}
