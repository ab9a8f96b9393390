/** What is said when a series was created. */

import type { QueryClient } from "@tanstack/react-query";
import type { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import type { Schemas } from "@/api/client";
import { counted } from "@/words/amounts";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import { sentenceOf } from "@/words/series";

export function sayCreated(
  client: QueryClient,
  navigate: ReturnType<typeof useNavigate>,
  made: Schemas["SeriesChanged"],
): void {
  const left = made.rejected.count;
  const first = made.next_occurrence;
  toast.success(`${quoted(made.name)} is created`, {
    description: [
      sentenceOf(made.words),
      first && `It starts ${moment(first.at, here())}.`,
      left > 0 && `${counted(left, "entry was", "entries were")} left out.`,
    ]
      .filter(Boolean)
      .join(" "),
    action: {
      label: "Open",
      onClick: () => void navigate({ to: "/series/$seriesId", params: { seriesId: made.id } }),
    },
  });
  for (const noun of ["series", "calendar", "campaigns", "wallet"])
    void client.invalidateQueries({ queryKey: [noun] });
}
