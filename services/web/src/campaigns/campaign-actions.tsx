import { useNavigate } from "@tanstack/react-router";
import { Download, Ellipsis, Eye, RotateCcw, Trash2 } from "lucide-react";
import type { Campaign } from "@/api/client";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useDeleteCampaign } from "./delete-campaign";
import { hasFailedOnes, useRetryCampaign } from "./retry-campaign";

/** What can be done with a campaign from the list. */
export function CampaignActions({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const remove = useDeleteCampaign();
  const retry = useRetryCampaign();
  return (
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
      <MenuItem
        icon={Eye}
        onSelect={() => navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } })}
      >
        Open
      </MenuItem>
      <MenuItem icon={Download} onSelect={() => location.assign(`/api/campaigns/${campaign.id}/download`)}>
        Download results
      </MenuItem>
      <MenuItem icon={RotateCcw} disabled={!hasFailedOnes(campaign)} onSelect={() => retry.start(campaign)}>
        Call the failed ones again
      </MenuItem>
      <MenuItem icon={Trash2} danger onSelect={() => remove(campaign)}>
        Delete
      </MenuItem>
    </Menu>
  );
}
