/** Moving a campaign on the calendar: what may surprise is asked first, what is refused goes back and says why, and what was done can
 * be undone. */

import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useState } from "react";
import { toast } from "sonner";
import type { Campaign } from "@/api/client";
import { noticeEndOfSession } from "@/api/queries";
import { Confirm } from "@/series/confirm";
import { moneyOr } from "@/series/use-series";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import { reschedule } from "./reschedule";

type Asked = { campaign: Campaign; at: number; takeBack: () => void };
export type MoveOnCalendar = (campaign: Campaign, at: number, takeBack: () => void) => void;

export function useMoveOnCalendar(): { move: MoveOnCalendar; dialog: ReactNode } {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);

  const send = useCallback(
    async ({ campaign, at, takeBack }: Asked) => {
      try {
        const moved = await reschedule(client, campaign, at);
        const before = campaign.scheduled_time;
        toast.success(`${quoted(moved.name)} starts ${moment(at, here())}`, {
          ...(before !== null && {
            description: `Before: ${moment(before, here())}.`,
            action: {
              label: "Undo",
              onClick: () => {
                reschedule(client, moved, Date.parse(before)).then(
                  () => toast.success(`${quoted(moved.name)} starts ${moment(before, here())} again.`),
                  (reason: unknown) => toast.error(moneyOr(reason)),
                );
              },
            },
          }),
        });
      } catch (reason) {
        takeBack();
        noticeEndOfSession(reason);
        toast.error(`${quoted(campaign.name)} was not moved`, { description: moneyOr(reason) });
      }
    },
    [client],
  );

  const move = useCallback<MoveOnCalendar>(
    (campaign, at, takeBack) => {
      if (at <= Date.now()) {
        takeBack();
        toast.error(`${quoted(campaign.name)} was not moved`, {
          description: "That time has passed. Choose one that is still to come.",
        });
      } else if (campaign.series_id !== null && !campaign.is_exception) setAsked({ campaign, at, takeBack });
      else void send({ campaign, at, takeBack });
    },
    [send],
  );

  const dialog = asked && (
    <Confirm
      title="Move only this one?"
      deed="Move this one"
      keep="Leave it there"
      isBusy={false}
      error={null}
      onConfirm={() => {
        void send(asked);
        setAsked(null);
      }}
      onClose={() => {
        asked.takeBack();
        setAsked(null);
      }}
    >
      <p>
        {quoted(asked.campaign.name)} belongs to a series. This one time starts {moment(asked.at, here())}{" "}
        instead of {moment(asked.campaign.scheduled_time ?? asked.at, here())}; all its other times stay.
      </p>
      <p className="text-muted">
        It becomes an exception: later changes of the series leave it as it is. To move all of them, change
        the series.
      </p>
    </Confirm>
  );
  return { move, dialog };
}
