/** What can be done with a campaign besides having it call or stop: the same wherever it is seen. */

import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, CalendarClock, CopyPlus, Pencil } from "lucide-react";
import type { Campaign } from "@/api/client";
import { MenuItem } from "@/ui/menu";
import { isArchivable, useArchiveCampaign } from "./archive-campaign";
import type { Asked } from "./asked-dialog";
import { useMoveCampaign } from "./move-campaign";

type MoreItemsProps = {
  campaign: Campaign;
  onAsk: (asked: Asked) => void;
  /** There is a button for it already. */
  hasEdit?: boolean;
};

export function MoreItems({ campaign, onAsk, hasEdit = false }: MoreItemsProps) {
  const navigate = useNavigate();
  const moving = useMoveCampaign();
  const archiving = useArchiveCampaign();
  const { id, status } = campaign;
  const isRunning = status === "pending" || status === "processing";
  const isWaiting = status === "scheduled" || status === "paused";
  return (
    <>
      {isWaiting && !hasEdit && (
        <MenuItem
          icon={Pencil}
          onSelect={() =>
            void navigate({ to: ".", search: (held) => ({ ...held, edit: id }), resetScroll: false })
          }
        >
          Edit
        </MenuItem>
      )}
      {isRunning && (
        <MenuItem icon={Pencil} onSelect={() => moving.start({ campaign, move: "pause", thenEdit: true })}>
          Pause to edit
        </MenuItem>
      )}
      {canBeRescheduled(campaign) && (
        <MenuItem icon={CalendarClock} onSelect={() => onAsk("reschedule")}>
          Another time
        </MenuItem>
      )}
      {!campaign.is_test && (
        <MenuItem icon={CopyPlus} onSelect={() => onAsk("duplicate")}>
          Duplicate
        </MenuItem>
      )}
      {isArchivable(campaign) && !campaign.is_test && (
        <MenuItem icon={Archive} onSelect={() => archiving.mutate({ campaign, isArchived: true })}>
          Archive
        </MenuItem>
      )}
      {campaign.archived_at !== null && (
        <MenuItem icon={ArchiveRestore} onSelect={() => archiving.mutate({ campaign, isArchived: false })}>
          Take out of the archive
        </MenuItem>
      )}
    </>
  );
}

/** Whether a campaign may be given another time: it has not begun. */
export function canBeRescheduled({ status, started_at: begun }: Campaign): boolean {
  return status === "scheduled" || (status === "paused" && begun === null);
}
