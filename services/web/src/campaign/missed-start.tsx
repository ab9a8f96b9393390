import { CalendarClock, Play } from "lucide-react";
import { useState } from "react";
import type { Campaign } from "@/api/client";
import { type Asked, AskedDialog } from "@/campaigns/asked-dialog";
import { Button } from "@/ui/button";

/** The two ways on for a campaign whose time passed while nothing ran. */
export function MissedStart({ campaign }: { campaign: Campaign }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <Button variant="primary" onClick={() => setAsked("start")}>
        <Play aria-hidden /> Start now
      </Button>
      <Button onClick={() => setAsked("reschedule")}>
        <CalendarClock aria-hidden /> Give it another time
      </Button>
      <AskedDialog asked={asked} campaign={campaign} onClose={() => setAsked(null)} />
    </div>
  );
}
