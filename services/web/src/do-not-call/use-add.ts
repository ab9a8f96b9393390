import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { UseFormReturn } from "react-hook-form";
import { toast } from "sonner";
import { answered, api, newIdempotencyKey } from "@/api/client";
import { noticeEndOfSession } from "@/api/queries";
import { problemsSaid } from "@/words/campaign-problems";
import { addedWords } from "@/words/do-not-call";
import { type AddDraft, bodyOf, problemOf } from "./form";
import { showNewest } from "./held-list";

/** Adds the numbers, once however often they are sent, and says at which fields they were refused. */
export function useAdd(form: UseFormReturn<AddDraft>, onAdded: () => void) {
  const client = useQueryClient();
  const attempt = useRef<{ body: string; key: string } | null>(null);

  return async (draft: AddDraft) => {
    const missing = problemOf(draft);
    if (missing !== null) {
      form.setError(missing.field, { message: missing.message }, { shouldFocus: true });
      return;
    }
    const body = bodyOf(draft);
    const text = JSON.stringify(body);
    if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
    try {
      const header = { "Idempotency-Key": attempt.current.key };
      const result = await answered(api.POST("/api/do-not-call/batch", { body, params: { header } }));
      attempt.current = null;
      const { title, details } = addedWords(result);
      toast.success(title, { description: details });
      onAdded();
      window.scrollTo({ top: 0 });
      await showNewest(client);
    } catch (reason) {
      noticeEndOfSession(reason);
      for (const { field, message } of problemsSaid(reason)) form.setError(shown(field, draft), { message });
    }
  };
}

/** Where the form says what the API says of a field. */
function shown(field: string | null, { source }: AddDraft): "numbers" | "file" | "country" | "root" {
  if (field === "country") return field;
  if (field === "numbers" || field === "file") return source === "file" ? "file" : "numbers";
  return "root";
}
