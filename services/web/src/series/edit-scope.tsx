/** Asks what of a series is to be changed: one time, that and all that follow, or all that is to come. */

import { useNavigate } from "@tanstack/react-router";
import { CalendarClock, ChevronsRight, type LucideIcon, Repeat } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Campaign } from "@/api/client";
import { Dialog } from "@/ui/dialog";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import { instantOf, type Series } from "@/words/series";
import EditSeries from "./edit-series";

type EditScopeProps = {
  campaign: Campaign;
  series: Series;
  /** What is done where only this one is to be changed; the address names it otherwise. */
  onThisOne?: () => void;
  onClose: () => void;
};

export default function EditScope({ campaign, series, onThisOne, onClose }: EditScopeProps) {
  const navigate = useNavigate();
  const [scope, setScope] = useState<"following" | "all" | null>(null);
  const at = campaign.occurrence === null ? null : instantOf(campaign.occurrence, series.rule.timezone);
  const from = at === null || campaign.occurrence === null ? null : { at, wall: campaign.occurrence };
  if (scope === "all" || (scope === "following" && from !== null))
    return <EditSeries series={series} from={scope === "all" ? null : from} onClose={onClose} />;

  /** The dialog that edits a campaign opens wherever the address names one. */
  function editThisOne() {
    onClose();
    void navigate({
      to: ".",
      search: (held) => ({ ...held, edit: campaign.id, one: true }) as typeof held,
      resetScroll: false,
    });
  }
  const isWaiting = campaign.status === "scheduled" || campaign.status === "paused";
  const isToCome = at !== null && Date.parse(at) > Date.now();
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title="What do you want to change?"
      description={`${quoted(series.name)} repeats ${series.words}.`}
    >
      <div className="flex flex-col gap-2">
        {isWaiting && (
          <Choice icon={CalendarClock} title="This one" onChoose={onThisOne ?? editThisOne}>
            Only the one {moment(campaign.scheduled_time ?? campaign.created_at, here())}. Later changes of
            the series leave it as you set it.
          </Choice>
        )}
        {isToCome && (
          <Choice
            icon={ChevronsRight}
            title="This one and all that follow"
            onChoose={() => setScope("following")}
          >
            The series ends before it, and another one goes on with your changes.
          </Choice>
        )}
        <Choice icon={Repeat} title="All that is to come" onChoose={() => setScope("all")}>
          {campaign.is_exception
            ? "The whole series. This one was changed by itself, and stays as it is."
            : "The whole series. What runs, and what ran, stays as it is."}
        </Choice>
      </div>
    </Dialog>
  );
}

type ChoiceProps = { icon: LucideIcon; title: string; onChoose: () => void; children: ReactNode };

function Choice({ icon: Icon, title, onChoose, children }: ChoiceProps) {
  return (
    <button
      type="button"
      onClick={onChoose}
      className="flex items-start gap-3 rounded-xl border px-4 py-3 text-left transition-colors hover:border-line-strong hover:bg-sunken"
    >
      <Icon className="mt-0.5 size-5 shrink-0 text-bell" aria-hidden />
      <span className="min-w-0">
        <span className="block text-sm font-semibold">{title}</span>
        <span className="mt-0.5 block text-sm text-muted">{children}</span>
      </span>
    </button>
  );
}
