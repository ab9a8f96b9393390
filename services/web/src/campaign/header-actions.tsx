import { useNavigate } from "@tanstack/react-router";
import { Download, RotateCcw, Trash2 } from "lucide-react";
import type { Campaign } from "@/api/client";
import { useDeleteCampaign } from "@/campaigns/delete-campaign";
import { hasFailedOnes, needsOtherCallerId, useRetryCampaign } from "@/campaigns/retry-campaign";
import { Button } from "@/ui/button";
import { Tooltip } from "@/ui/tooltip";

/** What can be done with a campaign. */
export function HeaderActions({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const remove = useDeleteCampaign();
  const retry = useRetryCampaign();
  const isRunning = campaign.status === "processing" || campaign.status === "pending";

  async function leaveAndDelete() {
    remove(campaign);
    await navigate({ to: "/campaigns" });
  }

  return (
    <>
      {hasFailedOnes(campaign) && !needsOtherCallerId(campaign) && (
        <Button
          variant={campaign.status === "completed" ? "primary" : "secondary"}
          busy={retry.isPending}
          onClick={() => retry.start({ campaign })}
        >
          {!retry.isPending && <RotateCcw aria-hidden />} Call the failed ones again
        </Button>
      )}
      <Button asChild>
        <a href={`/api/campaigns/${campaign.id}/download`} download>
          <Download aria-hidden /> Download CSV
        </a>
      </Button>
      {isRunning ? (
        <Tooltip text="A campaign that runs cannot be deleted. Delete it when it has ended.">
          <Button variant="danger" aria-disabled>
            <Trash2 aria-hidden /> Delete
          </Button>
        </Tooltip>
      ) : (
        <Button variant="danger" onClick={leaveAndDelete}>
          <Trash2 aria-hidden /> Delete
        </Button>
      )}
    </>
  );
}
