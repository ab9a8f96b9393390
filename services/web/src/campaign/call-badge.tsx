import {
  CircleHelp,
  CircleSlash,
  CircleX,
  type LucideIcon,
  Phone,
  PhoneCall,
  PhoneMissed,
  PhoneOff,
  PhoneOutgoing,
} from "lucide-react";
import type { CallStatus } from "@/api/client";
import { Badge } from "@/ui/badge";
import { CALL_TONE, CALL_WORD } from "@/words/outcomes";

const ICON: Record<CallStatus, LucideIcon> = {
  dialling: PhoneOutgoing,
  queued: PhoneOutgoing,
  ringing: PhoneCall,
  in_progress: PhoneCall,
  completed: Phone,
  busy: PhoneOff,
  no_answer: PhoneMissed,
  failed: CircleX,
  cancelled: CircleSlash,
  not_placed: CircleSlash,
  unknown: CircleHelp,
};

/** How a call ended, or how far it is. */
export function CallBadge({ status }: { status: CallStatus }) {
  const Icon = ICON[status];
  return (
    <Badge tone={CALL_TONE[status]}>
      <Icon aria-hidden />
      {CALL_WORD[status]}
    </Badge>
  );
}
