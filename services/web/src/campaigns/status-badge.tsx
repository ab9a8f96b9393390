import {
  Ban,
  CalendarClock,
  CircleCheck,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
  Pause,
} from "lucide-react";
import type { CampaignStatus } from "@/api/client";
import { Badge } from "@/ui/badge";
import { STATUS_TONE } from "@/words/status";

const ICON: Record<CampaignStatus, LucideIcon> = {
  completed: CircleCheck,
  processing: LoaderCircle,
  pending: Clock,
  scheduled: CalendarClock,
  failed: CircleX,
  cancelled: Ban,
  paused: Pause,
};

/** A campaign's status: in capitals, with an icon, in its colour. */
export function StatusBadge({ status }: { status: CampaignStatus }) {
  const Icon = ICON[status];
  return (
    <Badge tone={STATUS_TONE[status]} className="tracking-wide">
      <Icon
        aria-hidden
        className={status === "processing" ? "motion-safe:animate-[spin_2.5s_linear_infinite]" : ""}
      />
      {status.toUpperCase()}
    </Badge>
  );
}
