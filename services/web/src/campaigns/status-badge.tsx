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
import { cn } from "@/ui/cn";
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

/** A status' icon; it turns while people are called. */
export function StatusIcon({ status, className }: { status: CampaignStatus; className?: string }) {
  const Icon = ICON[status];
  return (
    <Icon
      aria-hidden
      className={cn(status === "processing" && "motion-safe:animate-[spin_2.5s_linear_infinite]", className)}
    />
  );
}

/** A campaign's status: in capitals, with an icon, in its colour. */
export function StatusBadge({ status }: { status: CampaignStatus }) {
  return (
    <Badge tone={STATUS_TONE[status]} className="tracking-wide">
      <StatusIcon status={status} />
      {status.toUpperCase()}
    </Badge>
  );
}
