import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { FormProvider, useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { importQuery, meQuery, preflightQuery, previewQuery } from "@/api/queries";
import { Dialog } from "@/ui/dialog";
import { Notice } from "@/ui/notice";
import { useSettled } from "@/ui/use-settled";
import { wallTimeAt } from "@/words/wall-time";
import { CallingFields } from "./calling-fields";
import { forgetDraft, keepDraft, keptDraft } from "./draft";
import {
  blankDraft,
  type Draft,
  draftSchema,
  draftSchemaWithCallerId,
  previewOf,
  readingOf,
  thoughtOf,
} from "./form";
import { placeholdersOf } from "./mapping";
import { MessageFields } from "./message-fields";
import { MessagePreview } from "./message-preview";
import { PeopleFields } from "./people-fields";
import { Submit } from "./submit";
import { TestCall } from "./test-call";
import { useCreate } from "./use-create";
import { WhenFields } from "./when-fields";

/** Milliseconds without a key pressed before the API is asked, and where a large file is to be read for every answer. */
const PAUSE = 350;
const LONG_PAUSE = 1_200;
const LARGE = 20_000;

type CampaignFormProps = {
  /** Whose drafts these are. */
  owner: string;
  /** An instant (RFC 3339) at which it is to start. */
  at: string | undefined;
  onClose: () => void;
};

export function CampaignForm({ owner, at, onClose }: CampaignFormProps) {
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
  const [person, setPerson] = useState(0);

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

  const analysis = useQuery(importQuery(draft.file && readingOf(draft.file, draft.country)));
  const asked = useMemo(() => thoughtOf(draft, Date.now()), [draft]);
  const isLarge = draft.source === "file" && (analysis.data?.contacts ?? 0) > LARGE;
  const settled = useSettled(asked, isLarge ? LONG_PAUSE : PAUSE);
  const forecast = useQuery(preflightQuery(asked && settled));
  const isCurrent = JSON.stringify(asked) === JSON.stringify(settled);
  const sample = draft.file ? analysis.data?.sample : undefined;
  const previewed = useMemo(() => previewOf(draft, sample), [draft, sample]);
  const settledPreview = useSettled(previewed, PAUSE);
  const preview = useQuery(previewQuery(previewed && settledPreview));
  const columns = draft.source === "file" && draft.file ? (analysis.data?.columns ?? []) : [];

  const isNobody = isCurrent && !forecast.isPlaceholderData && forecast.data?.contacts === 0;
  function refuseNobody() {
    const field = draft.source === "file" ? "file" : "numbers";
    const message = "None of these numbers can be called. What is wrong with them is said below.";
    form.setError(field, { message }, { shouldFocus: true });
  }

  function close() {
    if (isTyped) toast("Your draft is kept until you come back.");
    onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title="Create Campaign"
      description="Write what people hear, say whom to call, and when."
      keepOpenOutside
      className="sm:h-[min(94dvh,56rem)] sm:max-h-none sm:w-[min(94vw,68rem)]"
      footer={
        <FormProvider {...form}>
          <Submit forecast={asked ? forecast : null} isCurrent={isCurrent} problems={create.problems} />
        </FormProvider>
      }
    >
      <FormProvider {...form}>
        <form
          id="create-campaign"
          noValidate
          onSubmit={form.handleSubmit(
            async (typed) => (isNobody ? refuseNobody() : create.send(typed)),
            create.refused,
          )}
          className="grid gap-x-8 gap-y-7 lg:grid-cols-[minmax(0,1fr)_24rem]"
        >
          {isRestored && (
            <div className="lg:col-span-2">
              <Notice tone="plain" icon={History}>
                This is what you typed earlier.{" "}
                <button
                  type="button"
                  className="font-medium text-ink underline underline-offset-2"
                  onClick={() => {
                    form.reset(startingAt(blank, at));
                    attempt.current = null;
                    setRestored(false);
                  }}
                >
                  Start over
                </button>
              </Notice>
            </div>
          )}
          <div className="flex min-w-0 flex-col gap-7">
            <MessageFields placeholders={placeholdersOf(columns)} />
            <PeopleFields forecast={forecast} analysis={analysis} isCurrent={isCurrent} />
            <CallingFields />
          </div>
          <div className="flex min-w-0 flex-col gap-7 self-start lg:sticky lg:top-0">
            <WhenFields />
            <MessagePreview
              preview={preview}
              warnings={(asked && forecast.data?.warnings) || []}
              isAsked={previewed !== null}
              index={person}
              onIndex={setPerson}
            />
            <TestCall
              needsCallerId={hasNoCallerId}
              person={draft.source === "file" ? sample?.[person] : undefined}
            />
          </div>
        </form>
      </FormProvider>
    </Dialog>
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
