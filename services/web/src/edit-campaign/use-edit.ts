import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { toast } from "sonner";
import { ApiProblem, type Schemas } from "@/api/client";
import { merge } from "@/api/live";
import { noticeEndOfSession } from "@/api/queries";
import type { Draft } from "@/create-campaign/form";
import { NO_PROBLEMS, putAtFields } from "@/create-campaign/problems";
import { changeProblemsSaid } from "@/words/campaign-problems";
import { editedWords, hasRemarks } from "@/words/edit";
import { quoted } from "@/words/quoted";
import { draftOf, isChanged, patchOf, type Rebased, rebased } from "./edit";
import { patchCampaign, readForEdit, type Seen } from "./patch";

type Handlers = {
  /** `hasRemarks`: there is more to say than that it is saved. */
  onSaved: (saved: Schemas["CampaignEdited"], hasRemarks: boolean) => void;
  /** Somebody was quicker: the campaign as it is, and what was typed put on top of that. */
  onMeanwhile: (newer: Seen, found: Rebased) => void;
};

/** Saves what was changed of a campaign, for the state that somebody saw when they changed it. */
export function useEdit(form: UseFormReturn<Draft>, seen: Seen, before: Draft, handlers: Handlers) {
  const client = useQueryClient();
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const isSending = useRef(false);
  const { id } = seen.campaign;

  async function send(draft: Draft) {
    if (isSending.current) return; // two clicks are one
    isSending.current = true;
    setProblems(NO_PROBLEMS);
    try {
      const saved = await patchCampaign(id, seen.etag, patchOf(before, draft));
      merge(client, saved);
      await client.invalidateQueries({ queryKey: ["campaign", id] });
      void client.invalidateQueries({ queryKey: ["rejected", id] });
      const remarks = hasRemarks(saved);
      if (!remarks)
        toast.success(`${quoted(saved.name)} is saved`, { description: editedWords(saved).join(" ") });
      handlers.onSaved(saved, remarks);
    } catch (reason) {
      noticeEndOfSession(reason);
      if (reason instanceof ApiProblem && (reason.status === 412 || reason.status === 409))
        await takeIn(draft, reason);
      else setProblems(putAtFields(form, changeProblemsSaid(reason, hasFile(draft)), reason));
    } finally {
      isSending.current = false;
    }
  }

  /** Puts what was typed on top of the campaign as it is now. */
  async function takeIn(draft: Draft, because: unknown) {
    try {
      const newer = await readForEdit(id);
      merge(client, newer.campaign);
      client.setQueryData(["campaign", id], newer.campaign);
      const theirs = draftOf(newer.campaign);
      const found = rebased(before, theirs, draft);
      handlers.onMeanwhile(newer, found);
      if (because instanceof ApiProblem && because.status === 409) {
        setProblems({ said: [because.message], needsMoney: false });
      } else if (!isChanged(theirs, found.draft)) {
        setProblems({ said: ["What you typed is saved already."], needsMoney: false });
      }
    } catch (reason) {
      noticeEndOfSession(reason);
      setProblems(putAtFields(form, changeProblemsSaid(reason), reason));
    }
  }

  return {
    send,
    /** Reads the campaign anew, because it can be edited again. */
    reread: () => void takeIn(form.getValues(), null),
    refused: () => setProblems(NO_PROBLEMS),
    problems,
  };
}

function hasFile({ list, source }: Draft): boolean {
  return list !== "keep" && source === "file";
}
