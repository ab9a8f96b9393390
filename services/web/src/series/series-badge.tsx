import { CircleCheck, Pause, Repeat } from "lucide-react";
import { Badge } from "@/ui/badge";
import { SERIES_TONE, type Series } from "@/words/series";

const ICON = { active: Repeat, paused: Pause, ended: CircleCheck };

/** Where a series stands: in capitals, with an icon, in its colour. */
export function SeriesBadge({ status }: { status: Series["status"] }) {
  const Icon = ICON[status];
  return (
    <Badge tone={SERIES_TONE[status]} className="tracking-wide">
      <Icon aria-hidden />
      {status.toUpperCase()}
    </Badge>
  );
}
