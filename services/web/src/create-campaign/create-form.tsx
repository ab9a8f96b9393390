import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { meQuery } from "@/api/queries";
import { Notice } from "@/ui/notice";
import { wallTimeAt } from "@/words/wall-time";
import { CampaignForm } from "./campaign-form";
import { forgetDraft, keepDraft, keptDraft } from "./draft";
import { blankDraft, type Draft, draftSchema, draftSchemaWithCallerId } from "./form";
import { Submit } from "./submit";
import { useCreate } from "./use-create";

type CreateFormProps = {
  /** Whose drafts these are. */
  owner: string;
  /** An instant (RFC 3339) at which it is to start. */
  at: string | undefined;
  onClose: () => void;
};

export function CreateForm({ owner, at, onClose }: CreateFormProps) {
  const blank = useMemo(() => blankDraft(), []);
  const [kept] = useState(() => keptDraft(owner, blank));
  const [isRestored, setRestored] = useState(kept !== null);
  const start = useMemo(() => startingAt(kept?.draft ?? blank, at), [kept, blank, at]);
  const hasNoCallerId = useQuery(meQuery).data?.account.caller_id === null;
  const form = useForm<Draft>({
    defaultValues: blank,
    values: start,
    resetOptions: { keepDefaultValues: true },
    resolver: zodResolver(hasNoCallerId ? draftSchemaWithCallerId : draftSchema),
  });
  const draft = useWatch({ control: form.control }) as Draft;
  const attempt = useRef(kept?.attempt ?? null);
  const isDone = useRef(false);
  const isTyped = !sameDraft(draft, blank) && !sameDraft(draft, startingAt(blank, at));

  const create = useCreate(form, attempt, {
    onAttempt: (sent) => keepDraft(owner, { draft: sent, attempt: attempt.current }),
    onCreated: () => {
      isDone.current = true;
      forgetDraft(owner);
      onClose();
    },
  });

  useEffect(() => {
    if (isDone.current) return;
    if (isTyped) keepDraft(owner, { draft, attempt: attempt.current });
    else forgetDraft(owner);
  }, [owner, draft, isTyped]);

  function close() {
    if (isTyped) toast("Your draft is kept until you come back.");
    onClose();
  }

  function startOver() {
    form.reset(startingAt(blank, at));
    attempt.current = null;
    setRestored(false);
  }

  return (
    <CampaignForm
      form={form}
      title="Create Campaign"
      description="Write what people hear, say whom to call, and when."
      edited={null}
      notice={isRestored && <Restored onStartOver={startOver} />}
      footer={(thought) => <Submit {...thought} problems={create.problems} />}
      onSubmit={create.send}
      onRefused={create.refused}
      onClose={close}
    />
  );
}

/** Says where all that comes from. */
export function Restored({ onStartOver }: { onStartOver: () => void }) {
  return (
    <Notice tone="plain" icon={History}>
      This is what you typed earlier.{" "}
      <button
        type="button"
        className="font-medium text-ink underline underline-offset-2"
        onClick={onStartOver}
      >
        Start over
      </button>
    </Notice>
  );
}

/** A draft that starts at an instant somebody clicked at. */
function startingAt(draft: Draft, at: string | undefined): Draft {
  const instant = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(instant) ? draft : { ...draft, when: "later", ...wallTimeAt(instant, draft.zone) };
}

function sameDraft(one: Draft, other: Draft): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
