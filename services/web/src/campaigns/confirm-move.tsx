import type { Campaign } from "@/api/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useNow } from "@/ui/use-now";
import { counted } from "@/words/amounts";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import { type Move, useMoveCampaign } from "./move-campaign";

type ConfirmMoveProps = { campaign: Campaign; move: Move; onClose: () => void };

/** Asks before a campaign does what cannot be undone: to call people now, or nobody any more. */
export function ConfirmMove({ campaign, move, onClose }: ConfirmMoveProps) {
  const moving = useMoveCampaign();
  const place = here(useNow());
  const { name, progress, scheduled_time: time } = campaign;
  const waiting = counted(progress.waiting, "person", "people");
  const isStart = move === "start";
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title={isStart ? `Start ${quoted(name)} now?` : `Cancel ${quoted(name)}?`}
      className="sm:w-[min(92vw,28rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{isStart ? "Not now" : "Keep it"}</Button>
          <Button
            variant={isStart ? "primary" : "danger"}
            onClick={() => {
              moving.start({ campaign, move });
              onClose();
            }}
          >
            {isStart ? "Start now" : "Cancel for good"}
          </Button>
        </div>
      }
    >
      <p className="text-sm">
        {isStart
          ? `It calls ${waiting} now${time === null || Date.parse(time) <= place.now ? "" : ` instead of ${moment(time, place)}`}.`
          : `${progress.waiting > 0 ? `${waiting} not called yet will not be called. ` : ""}Calls that ring or are answered go on. It cannot be undone; a paused campaign can be resumed instead.`}
      </p>
    </Dialog>
  );
}
