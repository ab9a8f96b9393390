import { CircleHelp, PhoneForwarded, PhoneOff } from "lucide-react";
import type { Schemas } from "@/api/client";
import { Badge } from "@/ui/badge";
import { DECISION_WORD } from "@/words/unresolved";

/** What was decided, or that nothing was. */
export function DecisionBadge({ decision }: { decision: Schemas["DecisionMade"] | null }) {
  if (decision === null)
    return (
      <Badge tone="orange">
        <CircleHelp aria-hidden />
        Needs a decision
      </Badge>
    );
  const isRedial = decision.decision === "redial";
  const Icon = isRedial ? PhoneForwarded : PhoneOff;
  return (
    <Badge tone={isRedial ? "blue" : "grey"}>
      <Icon aria-hidden />
      {DECISION_WORD[decision.decision]}
    </Badge>
  );
}
