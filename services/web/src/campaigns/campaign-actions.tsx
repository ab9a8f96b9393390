import { useNavigate } from "@tanstack/react-router";
import { Download, Ellipsis, Eye, RotateCcw, Trash2 } from "lucide-react";
import type { Campaign } from "@/api/client";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useDeleteCampaign } from "./delete-campaign";
import { hasFailedOnes, needsOtherCallerId, useRetryCampaign } from "./retry-campaign";

/** What can be done with a campaign from the list. */
export function CampaignActions({ campaign }: { campaign: Campaign }) {
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
      <Actions campaign={campaign} />
    </Menu>
  );
}

function Actions({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const remove = useDeleteCampaign();
  const retry = useRetryCampaign();
  const open = () => navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } });
  return (
    <>
      <MenuItem icon={Eye} onSelect={open}>
        Open
      </MenuItem>
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
      <MenuItem icon={Trash2} danger onSelect={() => remove(campaign)}>
        Delete
      </MenuItem>
    </>
  );
}
