import { Link, useNavigate } from "@tanstack/react-router";
import { Download, Ellipsis, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Campaign } from "@/api/client";
import { type Asked, AskedDialog } from "@/campaigns/asked-dialog";
import { useDeleteCampaign } from "@/campaigns/delete-campaign";
import { MoreItems } from "@/campaigns/more-items";
import { movesOf, useMoveCampaign } from "@/campaigns/move-campaign";
import { MOVE } from "@/campaigns/move-words";
import { hasFailedOnes, needsOtherCallerId, useRetryCampaign } from "@/campaigns/retry-campaign";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";

/** What can be done with a campaign: what is done often as buttons, the rest in a menu. */
export function HeaderActions({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const remove = useDeleteCampaign();
  const retry = useRetryCampaign();
  const moving = useMoveCampaign();
  const [asked, setAsked] = useState<Asked | null>(null);
  const isRunning = campaign.status === "processing" || campaign.status === "pending";
  const isWaiting = campaign.status === "scheduled" || campaign.status === "paused";

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
      {isWaiting && (
        <Button asChild>
          <Link to="." search={(held) => ({ ...held, edit: campaign.id })} role="button" resetScroll={false}>
            <Pencil aria-hidden /> Edit
          </Link>
        </Button>
      )}
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
      <Button asChild>
        <a href={`/api/campaigns/${campaign.id}/download`} download>
          <Download aria-hidden /> Download CSV
        </a>
      </Button>
      <Menu
        trigger={
          <Button size="icon" className="size-10" aria-label="More actions">
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MoreItems campaign={campaign} onAsk={setAsked} hasEdit />
        <MenuItem icon={Trash2} danger disabled={isRunning} onSelect={leaveAndDelete}>
          Delete
        </MenuItem>
      </Menu>
      <AskedDialog asked={asked} campaign={campaign} onClose={() => setAsked(null)} />
    </>
  );
}
