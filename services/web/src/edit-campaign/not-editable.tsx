import { Pause } from "lucide-react";
import { useEffect, useEffectEvent } from "react";
import type { Campaign } from "@/api/client";
import { useMoveCampaign } from "@/campaigns/move-campaign";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { isEditable } from "./editable";

type NotEditableProps = {
  /** As live events tell. */
  campaign: Campaign;
  /** It can be edited now. */
  onPaused: () => void;
};

/** Says why a campaign cannot be edited now, and lets it be paused for that. */
export function NotEditable({ campaign, onPaused }: NotEditableProps) {
  const moving = useMoveCampaign();
  const isRunning = campaign.status === "pending" || campaign.status === "processing";
  const isReady = isEditable(campaign);
  const paused = useEffectEvent(onPaused);
  useEffect(() => {
    if (isReady) paused();
  }, [isReady]);
  return (
    <Notice tone="warning" icon={Pause}>
      <div role="status" className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p>
          {isRunning
            ? "It calls people now, and what calls is not edited. Pause it, change it, and resume it. Nothing typed is lost."
            : isReady
              ? "It is paused."
              : "It has ended: what it said and whom it called is final. Duplicate it to call again."}
        </p>
        {isRunning && (
          <Button
            size="small"
            busy={moving.isPending}
            onClick={() => moving.start({ campaign, move: "pause" })}
          >
            {!moving.isPending && <Pause aria-hidden />} Pause to edit
          </Button>
        )}
      </div>
    </Notice>
  );
}
