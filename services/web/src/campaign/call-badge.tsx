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
  Voicemail,
} from "lucide-react";
import type { Call } from "@/api/client";
import { Badge } from "@/ui/badge";
import { CALL_TONE, CALL_WORD } from "@/words/outcomes";

type End = NonNullable<Call["disposition"]> | Call["status"];

const ICON: Record<End, LucideIcon> = {
  dialling: PhoneOutgoing,
  queued: PhoneOutgoing,
  ringing: PhoneCall,
  in_progress: PhoneCall,
  completed: Phone,
  voicemail: Voicemail,
  busy: PhoneOff,
  no_answer: PhoneMissed,
  failed: CircleX,
  cancelled: CircleSlash,
  not_placed: CircleSlash,
  unknown: CircleHelp,
};

/** How a call ended, or how far it is. */
export function CallBadge({ call }: { call: Pick<Call, "status" | "disposition"> }) {
  const end = call.disposition ?? call.status;
  const Icon = ICON[end];
  return (
    <Badge tone={CALL_TONE[end]}>
      <Icon aria-hidden />
      {CALL_WORD[end]}
    </Badge>
  );
}
