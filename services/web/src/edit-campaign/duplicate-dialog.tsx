/** Asks what a duplicate is called and when it starts: without an answer it would call everybody at once. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CalendarClock, CopyPlus } from "lucide-react";
import { useRef, useState } from "react";
import { FormProvider, useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { answered, api, type Campaign, newIdempotencyKey } from "@/api/client";
import { noticeEndOfSession } from "@/api/queries";
import { BalanceWarning } from "@/create-campaign/balance";
import type { Attempt } from "@/create-campaign/draft";
import { type StartDraft, startOf, startSchema } from "@/create-campaign/form";
import { NO_PROBLEMS, ProblemsSaid, putAtFields } from "@/create-campaign/problems";
import { WhenFields } from "@/create-campaign/when-fields";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { counted } from "@/words/amounts";
import { changeProblemsSaid } from "@/words/campaign-problems";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";

const FORM = "duplicate-campaign";
/** Characters of the name before "(copy)". */
const LONGEST = 190;

export default function DuplicateDialog({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm<StartDraft>({
    defaultValues: {
      name: `${[...campaign.name].slice(0, LONGEST).join("")} (copy)`,
      when: "later",
      date: "",
      time: "",
      zone: campaign.timezone,
    },
    resolver: zodResolver(startSchema),
  });
  const when = useWatch({ control: form.control, name: "when" });
  const attempt = useRef<Attempt | null>(null);
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const { errors, isSubmitting } = form.formState;
  const people = counted(campaign.progress.total, "person", "people");

  async function send(draft: StartDraft) {
    const body = { name: draft.name.trim(), ...startOf(draft) };
    const text = JSON.stringify(body);
    if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
    setProblems(NO_PROBLEMS);
    try {
      const header = { "Idempotency-Key": attempt.current.key };
      const params = { path: { campaign_id: campaign.id }, header };
      const made = await answered(api.POST("/api/campaigns/{campaign_id}/duplicate", { body, params }));
      onClose();
      toast.success(`${quoted(made.name)} is created`, {
        description: made.scheduled_time
          ? `It starts ${moment(made.scheduled_time, here())}.`
          : `${counted(made.progress.total, "person", "people")} will be called.`,
        action: {
          label: "Open",
          onClick: () => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: made.id } }),
        },
      });
      void client.invalidateQueries({ queryKey: ["campaigns"] });
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
      title={`Duplicate ${quoted(campaign.name)}`}
      description={`A new campaign that says the same to the same ${people}, whatever became of them before.`}
      keepOpenOutside
      footer={
        <FormProvider {...form}>
          <div className="flex flex-col gap-3">
            <BalanceWarning forecast={undefined} />
            <ProblemsSaid problems={problems} />
            <div className="flex justify-end gap-2">
              <Button onClick={onClose}>Not now</Button>
              <Button
                type="submit"
                form={FORM}
                variant={when === "later" ? "scheduled" : "primary"}
                busy={isSubmitting}
              >
                {!isSubmitting &&
                  (when === "later" ? <CalendarClock aria-hidden /> : <CopyPlus aria-hidden />)}
                {when === "later" ? "Duplicate for then" : `Duplicate and call ${people}`}
              </Button>
            </div>
          </div>
        </FormProvider>
      }
    >
      <FormProvider {...form}>
        <form id={FORM} noValidate onSubmit={form.handleSubmit(send)} className="flex flex-col gap-6">
          <Field label="Name" error={errors.name?.message}>
            {(wiring) => <Input {...wiring} {...form.register("name")} autoComplete="off" />}
          </Field>
          <WhenFields />
        </form>
      </FormProvider>
    </Dialog>
  );
}
