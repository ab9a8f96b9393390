import { useNavigate } from "@tanstack/react-router";
import { Download, Ellipsis, Eye, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Campaign } from "@/api/client";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { type Asked, AskedDialog } from "./asked-dialog";
import { useDeleteCampaign } from "./delete-campaign";
import { MoreItems } from "./more-items";
import { movesOf, useMoveCampaign } from "./move-campaign";
import { MOVE } from "./move-words";
import { hasFailedOnes, needsOtherCallerId, useRetryCampaign } from "./retry-campaign";

/** What can be done with a campaign from the list. */
export function CampaignActions({ campaign }: { campaign: Campaign }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <Menu
        trigger={
          <Button
            variant="quiet"
            size="icon"
            className="relative z-1"
            aria-label={`Actions for ${campaign.name}`}
          >
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <Actions campaign={campaign} onAsk={setAsked} />
      </Menu>
      <AskedDialog asked={asked} campaign={campaign} onClose={() => setAsked(null)} />
    </>
  );
}

function Actions({ campaign, onAsk }: { campaign: Campaign; onAsk: (asked: Asked) => void }) {
  const navigate = useNavigate();
  const moving = useMoveCampaign();
  const remove = useDeleteCampaign();
  const retry = useRetryCampaign();
  const open = () => navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } });
  return (
    <>
      <MenuItem icon={Eye} onSelect={open}>
        Open
      </MenuItem>
      {movesOf(campaign).map((move) => (
        <MenuItem
          key={move}
          icon={MOVE[move].icon}
          danger={move === "cancel"}
          onSelect={() => (MOVE[move].isAsked ? onAsk(move) : moving.start({ campaign, move }))}
        >
          {MOVE[move].word}
        </MenuItem>
      ))}
      <MoreItems campaign={campaign} onAsk={onAsk} />
      <MenuItem icon={Download} onSelect={() => location.assign(`/api/campaigns/${campaign.id}/download`)}>
        Download results
      </MenuItem>
      <MenuItem
        icon={RotateCcw}
        disabled={!hasFailedOnes(campaign)}
        onSelect={() => (needsOtherCallerId(campaign) ? open() : retry.start({ campaign }))}
      >
        Call the failed ones again
      </MenuItem>
      <MenuItem
        icon={Trash2}
        danger
        disabled={campaign.status === "pending" || campaign.status === "processing"}
        onSelect={() => remove(campaign)}
      >
        Delete
      </MenuItem>
    </>
  );
}
