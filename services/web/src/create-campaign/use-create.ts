import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useRef, useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { toast } from "sonner";
import { ApiProblem, answered, api, newIdempotencyKey } from "@/api/client";
import { noticeEndOfSession } from "@/api/queries";
import { counted } from "@/words/amounts";
import { problemsSaid, type Said } from "@/words/campaign-problems";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import type { Attempt } from "./draft";
import { bodyOf, type Draft, isRepeated, seriesBodyOf } from "./form";
import { sayCreated } from "./say-created";

/** What concerns no field, and whether more money would help. */
export type Problems = { said: readonly string[]; needsMoney: boolean };

const NONE: Problems = { said: [], needsMoney: false };

/** Creates the campaign, once however often it is sent, and says at which fields it was refused. */
export function useCreate(
  form: UseFormReturn<Draft>,
  attempt: RefObject<Attempt | null>,
  { onAttempt, onCreated }: { onAttempt: (draft: Draft) => void; onCreated: () => void },
) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [problems, setProblems] = useState(NONE);
  const isSending = useRef(false);

  async function send(draft: Draft) {
    if (isSending.current) return; // two clicks are one
    isSending.current = true;
    const series = isRepeated(draft) ? seriesBodyOf(draft) : null;
    const body = bodyOf(draft);
    const text = JSON.stringify(series ?? body);
    if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
    onAttempt(draft);
    setProblems(NONE);
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
      show(problemsSaid(reason), reason);
    } finally {
      isSending.current = false;
    }
  }

  function show(said: readonly Said[], reason: unknown) {
    let isFirst = true;
    const others: string[] = [];
    for (const { field, message } of said) {
      if (field === null) others.push(message);
      else {
        form.setError(visible(field), { type: "api", message }, { shouldFocus: isFirst });
        isFirst = false;
      }
    }
    const needsMoney = reason instanceof ApiProblem && reason.code === "insufficient_funds";
    if (needsMoney) void client.invalidateQueries({ queryKey: ["wallet"] });
    setProblems({ said: others, needsMoney });
  }

  /** What the form shows of a field of the API: numbers and file are not shown together. */
  function visible(field: NonNullable<Said["field"]>): keyof Draft {
    if (field !== "file" && field !== "numbers") return field;
    return form.getValues("source") === "file" ? "file" : "numbers";
  }

  return { send, refused: () => setProblems(NONE), problems };
}
