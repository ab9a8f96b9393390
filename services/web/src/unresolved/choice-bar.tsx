/** What can be decided about all calls that are ticked. */

import { PhoneForwarded, PhoneOff, X } from "lucide-react";
import { useEffect } from "react";
import type { Schemas } from "@/api/client";
import { useStored } from "@/api/store";
import { Button } from "@/ui/button";
import { counted } from "@/words/amounts";
import { bulkPart } from "@/words/bulk";
import { chooseNone, chosen } from "./chosen";
import type { Asked } from "./use-decide";

type ChoiceBarProps = { calls: readonly Schemas["UnknownCall"][]; onAsk: (asked: Asked) => void };

export function ChoiceBar({ calls, onAsk }: ChoiceBarProps) {
  const ids = useStored(chosen);
  const ticked = calls.filter(({ id }) => ids.has(id));
  const redialled = ticked.filter((call) => !call.campaign_is_deleted);
  const hasSome = ticked.length > 0;
  useEffect(() => chooseNone, []);
  return (
    <>
      <p role="status" className="sr-only">
        {hasSome ? `${counted(ticked.length, "call")} chosen. What can be decided follows.` : ""}
      </p>
      {hasSome && (
        <div
          role="toolbar"
          aria-label="Chosen calls"
          className="fixed inset-x-0 bottom-20 z-30 mx-auto flex w-fit max-w-[calc(100vw-1.5rem)] flex-wrap items-center justify-center gap-1.5 rounded-2xl border bg-surface p-2 shadow-xl lg:bottom-6 lg:left-60"
        >
          <span className="px-2 text-sm font-medium tabular-nums">{counted(ticked.length, "call")}</span>
          {redialled.length > 0 && (
            <Button size="small" onClick={() => onAsk({ decision: "redial", calls: redialled })}>
              <PhoneForwarded aria-hidden /> {bulkPart("Redial", redialled.length, ticked.length)}
            </Button>
          )}
          <Button size="small" variant="danger" onClick={() => onAsk({ decision: "give_up", calls: ticked })}>
            <PhoneOff aria-hidden /> Give up
          </Button>
          <Button size="small" variant="quiet" aria-label="Choose none" onClick={chooseNone}>
            <X aria-hidden />
          </Button>
        </div>
      )}
      {hasSome && <div aria-hidden className="h-28 lg:h-20" />}
    </>
  );
}
