/** The question that an action on a campaign asks first. */

import { lazy, Suspense } from "react";
import { type Campaign, offline } from "@/api/client";
import { Dialog } from "@/ui/dialog";
import { Failure, Loading } from "@/ui/states";
import { ConfirmMove } from "./confirm-move";
import type { Move } from "./move-campaign";

export type Asked = Move | "duplicate" | "reschedule";

type AskedDialogProps = { asked: Asked | null; campaign: Campaign; onClose: () => void };

const Duplicate = lazy(() =>
  import("@/edit-campaign/duplicate-dialog").catch(() => ({ default: NotLoaded })),
);
const Reschedule = lazy(() =>
  import("@/edit-campaign/reschedule-dialog").catch(() => ({ default: NotLoaded })),
);

export function AskedDialog({ asked, ...props }: AskedDialogProps) {
  if (asked === null) return null;
  if (asked === "duplicate" || asked === "reschedule")
    return (
      <Suspense fallback={<Loading />}>
        {asked === "duplicate" ? <Duplicate {...props} /> : <Reschedule {...props} />}
      </Suspense>
    );
  return <ConfirmMove {...props} move={asked} />;
}

/** Stands for a dialog whose code could not be loaded. */
function NotLoaded({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title={campaign.name}>
      <Failure reason={offline()} onRetry={() => location.reload()} />
    </Dialog>
  );
}
