import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useRef, useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { toast } from "sonner";
import { answered, api, newIdempotencyKey } from "@/api/client";
import { noticeEndOfSession } from "@/api/queries";
import { counted } from "@/words/amounts";
import { problemsSaid } from "@/words/campaign-problems";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import type { Attempt } from "./draft";
import { bodyOf, type Draft, isRepeated, seriesBodyOf } from "./form";
import { NO_PROBLEMS, putAtFields } from "./problems";
import { sayCreated } from "./say-created";

/** Creates the campaign, once however often it is sent, and says at which fields it was refused. */
export function useCreate(
  form: UseFormReturn<Draft>,
  attempt: RefObject<Attempt | null>,
  { onAttempt, onCreated }: { onAttempt: (draft: Draft) => void; onCreated: () => void },
) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const isSending = useRef(false);

  async function send(draft: Draft) {
    if (isSending.current) return; // two clicks are one
    isSending.current = true;
    const series = isRepeated(draft) ? seriesBodyOf(draft) : null;
    const body = bodyOf(draft);
    const text = JSON.stringify(series ?? body);
    if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
    onAttempt(draft);
    setProblems(NO_PROBLEMS);
    try {
      const header = { "Idempotency-Key": attempt.current.key };
      if (series !== null) {
        const made = await answered(api.POST("/api/series", { body: series, params: { header } }));
        attempt.current = null;
        onCreated();
        sayCreated(client, navigate, made);
        return;
      }
      const made = await answered(api.POST("/api/campaigns", { body, params: { header } }));
      attempt.current = null;
      onCreated();
      const left = made.rejected.count;
      toast.success(`${quoted(made.name)} is created`, {
        description: [
          made.scheduled_time
            ? `It starts ${moment(made.scheduled_time, here())}.`
            : `${counted(made.progress.total, "person", "people")} will be called.`,
          left > 0 ? `${counted(left, "entry was", "entries were")} left out.` : "",
        ]
          .join(" ")
          .trim(),
        action: {
          label: "Open",
          onClick: () => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: made.id } }),
        },
      });
      void client.invalidateQueries({ queryKey: ["campaigns"] });
      void client.invalidateQueries({ queryKey: ["wallet"] });
    } catch (reason) {
      noticeEndOfSession(reason);
      const found = putAtFields(form, problemsSaid(reason), reason);
      if (found.needsMoney) void client.invalidateQueries({ queryKey: ["wallet"] });
      setProblems(found);
    } finally {
      isSending.current = false;
    }
  }

  return { send, refused: () => setProblems(NO_PROBLEMS), problems };
}
