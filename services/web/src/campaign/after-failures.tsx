import { Link } from "@tanstack/react-router";
import { PhoneOff, Play } from "lucide-react";
import type { Campaign } from "@/api/client";
import { useMoveCampaign } from "@/campaigns/move-campaign";
import { Button } from "@/ui/button";

/** What can be done when a campaign was paused because its calls kept failing: look at them, and go on. */
export function AfterFailures({ campaign }: { campaign: Campaign }) {
  const moving = useMoveCampaign();
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <Button
        size="small"
        variant="primary"
        disabled={moving.isPending}
        onClick={() => moving.start({ campaign, move: "resume" })}
      >
        <Play aria-hidden /> Resume
      </Button>
      <Button size="small" asChild className="text-ink">
        <Link
          from="/campaigns/$campaignId"
          to="."
          search={(held) => ({ ...held, tab: undefined, outcome: "failed" as const })}
          resetScroll={false}
        >
          <PhoneOff aria-hidden /> See the calls that failed
        </Link>
      </Button>
    </div>
  );
}
