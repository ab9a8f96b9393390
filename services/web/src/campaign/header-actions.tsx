import { useNavigate } from "@tanstack/react-router";
import { Download, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Campaign } from "@/api/client";
import { ConfirmMove } from "@/campaigns/confirm-move";
import { useDeleteCampaign } from "@/campaigns/delete-campaign";
import { type Move, movesOf, useMoveCampaign } from "@/campaigns/move-campaign";
import { MOVE } from "@/campaigns/move-words";
import { hasFailedOnes, needsOtherCallerId, useRetryCampaign } from "@/campaigns/retry-campaign";
import { Button } from "@/ui/button";

/** What can be done with a campaign. */
export function HeaderActions({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const remove = useDeleteCampaign();
  const retry = useRetryCampaign();
  const moving = useMoveCampaign();
  const [asked, setAsked] = useState<Move | null>(null);
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
      {movesOf(campaign).map((move) => {
        const { word, icon: Icon, isAsked } = MOVE[move];
        return (
          <Button
            key={move}
            variant={move === "resume" ? "primary" : move === "cancel" ? "danger" : "secondary"}
            disabled={moving.isPending}
            onClick={() => (isAsked ? setAsked(move) : moving.start({ campaign, move }))}
          >
            <Icon aria-hidden /> {word}
          </Button>
        );
      })}
      {!isRunning && (
        <Button variant="danger" onClick={leaveAndDelete}>
          <Trash2 aria-hidden /> Delete
        </Button>
      )}
      {asked && <ConfirmMove campaign={campaign} move={asked} onClose={() => setAsked(null)} />}
    </>
  );
}
