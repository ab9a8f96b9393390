/** Gives a campaign another time. One that is paused waits for it from then on. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import { useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { toast } from "sonner";
import { answered, api, type Campaign, newIdempotencyKey } from "@/api/client";
import { merge } from "@/api/live";
import { noticeEndOfSession } from "@/api/queries";
import { type StartDraft, startOf, startSchema } from "@/create-campaign/form";
import { NO_PROBLEMS, ProblemsSaid, putAtFields } from "@/create-campaign/problems";
import { Schedule } from "@/create-campaign/when-fields";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { changeProblemsSaid } from "@/words/campaign-problems";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import { draftOf } from "./edit";
import { patchCampaign, readForEdit } from "./patch";

const FORM = "reschedule-campaign";

export default function RescheduleDialog({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const before = draftOf(campaign);
  const form = useForm<StartDraft>({
    defaultValues: {
      name: before.name,
      when: "later",
      date: before.date,
      time: before.time,
      zone: before.zone,
    },
    resolver: zodResolver(startSchema),
  });
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const { isSubmitting } = form.formState;
  const place = here();
  const { name, status, scheduled_time: time } = campaign;

  async function send(draft: StartDraft) {
    const id = campaign.id;
    setProblems(NO_PROBLEMS);
    try {
      // Its time alone is set, whatever else somebody changes meanwhile; that it has not begun is looked at by the API.
      const { etag } = await readForEdit(id);
      const saved = await patchCampaign(id, etag, startOf(draft));
      merge(client, saved);
      if (saved.status === "paused") {
        const header = { "Idempotency-Key": newIdempotencyKey() };
        const params = { path: { campaign_id: id }, header };
        merge(client, await answered(api.POST("/api/campaigns/{campaign_id}/resume", { params })));
      }
      onClose();
      toast.success(
        `${quoted(saved.name)} starts ${moment(saved.scheduled_time ?? saved.created_at, here())}`,
      );
      void client.invalidateQueries({ queryKey: ["campaign", id] });
    } catch (reason) {
      noticeEndOfSession(reason);
      const found = putAtFields(form, changeProblemsSaid(reason), reason);
      if (found.needsMoney) void client.invalidateQueries({ queryKey: ["wallet"] });
      setProblems(found);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title={`Another time for ${quoted(name)}`}
      description={
        status === "paused"
          ? `${time === null ? "It is paused." : `It was to start ${moment(time, place)}.`} It waits for its new time, and calls then.`
          : `It starts ${moment(time ?? campaign.created_at, place)} so far.`
      }
      keepOpenOutside
      footer={
        <FormProvider {...form}>
          <div className="flex flex-col gap-3">
            <ProblemsSaid problems={problems} />
            <div className="flex justify-end gap-2">
              <Button onClick={onClose}>Not now</Button>
              <Button type="submit" form={FORM} variant="scheduled" busy={isSubmitting}>
                {!isSubmitting && <CalendarClock aria-hidden />} Schedule
              </Button>
            </div>
          </div>
        </FormProvider>
      }
    >
      <FormProvider {...form}>
        <form id={FORM} noValidate onSubmit={form.handleSubmit(send)}>
          <Schedule />
        </form>
      </FormProvider>
    </Dialog>
  );
}
