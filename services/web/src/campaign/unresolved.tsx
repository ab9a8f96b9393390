import { Link } from "@tanstack/react-router";
import { ArrowRight, CircleHelp } from "lucide-react";
import type { Campaign } from "@/api/client";
import { Button } from "@/ui/button";
import { needDecision } from "@/words/unresolved";

/** Says that nobody knows what became of some calls, and leads to where that is decided. */
export function Unresolved({ campaign }: { campaign: Campaign }) {
  const calls = campaign.progress.undecided;
  if (calls === 0) return null;
  return (
    <section
      aria-label="Unresolved calls"
      className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-2xl border border-current/25 bg-orange-soft px-5 py-4 text-sm text-orange"
    >
      <div className="flex min-w-0 flex-1 basis-72 gap-3">
        <CircleHelp className="mt-0.5 size-4.5 shrink-0" aria-hidden />
        <div className="min-w-0">
          <p className="font-semibold">{needDecision(calls)}</p>
          <p className="mt-0.5 text-ink">
            The carrier could not say what became of {calls === 1 ? "it" : "them"}. Nobody is called again
            until you decide.
          </p>
        </div>
      </div>
      <Button asChild>
        <Link to="/unresolved" search={{ campaign: campaign.id }}>
          Look and decide <ArrowRight aria-hidden />
        </Link>
      </Button>
    </section>
  );
}
