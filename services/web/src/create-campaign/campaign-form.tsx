/** The form of a campaign, to create or to edit one: its parts, and what the API thinks of it while it is typed. */

import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { FormProvider, type UseFormReturn, useWatch } from "react-hook-form";
import type { Schemas } from "@/api/client";
import { importQuery, meQuery, preflightQuery, previewQuery } from "@/api/queries";
import { Dialog } from "@/ui/dialog";
import { useSettled } from "@/ui/use-settled";
import { CallingFields } from "./calling-fields";
import { EditedCampaign } from "./edited-campaign";
import { type Draft, previewOf, readingOf, thoughtOf } from "./form";
import { placeholdersOf } from "./mapping";
import { MessageFields } from "./message-fields";
import { MessagePreview } from "./message-preview";
import { PeopleFields } from "./people-fields";
import { TestCall } from "./test-call";
import { WhenFields } from "./when-fields";

/** Milliseconds without a key pressed before the API is asked, and where a large file is to be read for every answer. */
const PAUSE = 350;
const LONG_PAUSE = 1_200;
const LARGE = 20_000;

/** The id of the form, for the button that stands outside of it. */
export const FORM = "campaign-form";

/** What is known of what is typed. */
export type Thought = {
  /** Null: nobody is listed yet. */
  forecast: UseQueryResult<Schemas["CampaignForecast"]> | null;
  /** Whether the forecast is about what is typed now. */
  isCurrent: boolean;
};

type CampaignFormProps = {
  form: UseFormReturn<Draft>;
  title: string;
  description: string;
  /** The campaign that is edited; null: a new one. */
  edited: EditedCampaign | null;
  /** What is to be known before anything is typed. */
  notice: ReactNode;
  footer: (thought: Thought) => ReactNode;
  onSubmit: (draft: Draft) => Promise<void>;
  /** Something is wrong that the form itself knows. */
  onRefused: () => void;
  onClose: () => void;
};

export function CampaignForm({ form, edited, notice, onSubmit, onRefused, ...frame }: CampaignFormProps) {
  const hasNoCallerId = useQuery(meQuery).data?.account.caller_id === null;
  const draft = useWatch({ control: form.control }) as Draft;
  const [person, setPerson] = useState(0);
  const isKept = draft.list === "keep";
  const isFile = !isKept && draft.source === "file" && draft.file !== null;

  const analysis = useQuery(importQuery(draft.file && readingOf(draft.file, draft.country)));
  const asked = useMemo(() => thoughtOf(draft, Date.now()), [draft]);
  const isLarge = isFile && (analysis.data?.contacts ?? 0) > LARGE;
  const settled = useSettled(asked, isLarge ? LONG_PAUSE : PAUSE);
  const forecast = useQuery(preflightQuery(asked && settled));
  const isCurrent = JSON.stringify(asked) === JSON.stringify(settled);
  const sample = isKept ? edited?.sample : draft.file ? analysis.data?.sample : undefined;
  const previewed = useMemo(() => previewOf(draft, sample), [draft, sample]);
  const settledPreview = useSettled(previewed, PAUSE);
  const preview = useQuery(previewQuery(previewed && settledPreview));
  const fields = draft.list === "replace" ? [] : (edited?.fields ?? []);

  const isNobody =
    asked !== null && isCurrent && !forecast.isPlaceholderData && forecast.data?.contacts === 0;
  function refuseNobody() {
    const field = draft.source === "file" ? "file" : "numbers";
    const message = "None of these numbers can be called. What is wrong with them is said below.";
    form.setError(field, { message }, { shouldFocus: true });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && frame.onClose()}
      title={frame.title}
      description={frame.description}
      keepOpenOutside
      className="sm:h-[min(94dvh,56rem)] sm:max-h-none sm:w-[min(94vw,68rem)]"
      footer={
        <FormProvider {...form}>
          {frame.footer({ forecast: asked ? forecast : null, isCurrent })}
        </FormProvider>
      }
    >
      <FormProvider {...form}>
        <EditedCampaign value={edited}>
          <form
            id={FORM}
            noValidate
            onSubmit={form.handleSubmit(
              async (typed) => (isNobody ? refuseNobody() : onSubmit(typed)),
              onRefused,
            )}
            className="grid gap-x-8 gap-y-7 lg:grid-cols-[minmax(0,1fr)_24rem]"
          >
            {notice && <div className="flex flex-col gap-3 lg:col-span-2">{notice}</div>}
            <div className="flex min-w-0 flex-col gap-7">
              <MessageFields
                placeholders={placeholdersOf(isFile ? (analysis.data?.columns ?? []) : [], fields)}
              />
              <PeopleFields forecast={forecast} analysis={analysis} isCurrent={isCurrent} />
              <CallingFields />
            </div>
            <div className="flex min-w-0 flex-col gap-7 self-start lg:sticky lg:top-0">
              <WhenFields />
              <MessagePreview
                preview={preview}
                warnings={(asked && draft.list === "replace" && forecast.data?.warnings) || []}
                isAsked={previewed !== null}
                index={person}
                onIndex={setPerson}
              />
              <TestCall
                needsCallerId={hasNoCallerId}
                person={isKept || draft.source === "file" ? sample?.[person] : undefined}
              />
            </div>
          </form>
        </EditedCampaign>
      </FormProvider>
    </Dialog>
  );
}
