/** Changing a series: all that is to come of it, or one time and those that follow. Nothing typed is lost when somebody else has
 * changed it meanwhile. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { GitBranch, List, ListRestart, TriangleAlert } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { FormProvider, type Resolver, useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { ApiProblem, answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import { importQuery, occurrencesQuery, preflightQuery, seriesQuery } from "@/api/queries";
import { CallingFields } from "@/create-campaign/calling-fields";
import { type Draft, draftSchema, readingOf, thoughtOf } from "@/create-campaign/form";
import { placeholdersOf } from "@/create-campaign/mapping";
import { MessageFields } from "@/create-campaign/message-fields";
import { PeopleFields } from "@/create-campaign/people-fields";
import { Section } from "@/create-campaign/section";
import { WhenFields } from "@/create-campaign/when-fields";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FieldError } from "@/ui/field";
import { Notice } from "@/ui/notice";
import { Failure, Loading } from "@/ui/states";
import { Toggle } from "@/ui/toggle";
import { useSettled } from "@/ui/use-settled";
import { counted } from "@/words/amounts";
import { problemsSaid } from "@/words/campaign-problems";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import { type Occurrence, type Series, sentenceOf } from "@/words/series";
import { changedWords, changesOf, draftOf } from "./series-draft";
import { refreshSeries } from "./use-series";

const PAUSE = 350;
const schema = zodResolver(draftSchema);

type EditSeriesProps = {
  series: Series;
  /** The first time that is changed; null: all of them. */
  from: Pick<Occurrence, "at" | "wall"> | null;
  onClose: () => void;
};

export default function EditSeries(props: EditSeriesProps) {
  const { series, from, onClose } = props;
  // A rule that says how often has less of it left where it is split.
  const isCounted = from !== null && /COUNT=/.test(series.rule.rrule);
  const rest = useQuery({ ...occurrencesQuery(series.id, MOST_LEFT, from?.at), enabled: isCounted });
  if (isCounted && rest.data === undefined)
    return (
      <Dialog open onOpenChange={(wanted) => !wanted && onClose()} title={titleOf(from)} className={SIZE}>
        {rest.isError ? (
          <Failure reason={rest.error} onRetry={() => rest.refetch()} />
        ) : (
          <Loading>Loading the series</Loading>
        )}
      </Dialog>
    );
  const left = rest.data?.items.length ?? MOST_LEFT;
  return <EditForm {...props} left={isCounted && left < MOST_LEFT ? left : null} />;
}

const MOST_LEFT = 100;
const SIZE = "sm:h-[min(94dvh,56rem)] sm:max-h-none sm:w-[min(94vw,68rem)]";

function titleOf(from: EditSeriesProps["from"]): string {
  return from === null ? "Change all that is to come" : "Change this and all that follow";
}

type EditFormProps = EditSeriesProps & {
  /** How many times are left of a rule that says how often; null: it does not, or nobody knows. */
  left: number | null;
};

function EditForm({ series, from, left, onClose }: EditFormProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  // What the form was filled with, and which state of the series a change is made for.
  const [held] = useState(series);
  const [seen, setSeen] = useState(series);
  const [list, setList] = useState<"kept" | "another">("kept");
  const start = useMemo(() => draftOf(held, from, left), [held, from, left]);
  const attempt = useRef({ body: "", key: "" });
  const keepsList = list === "kept";
  const form = useForm<Draft>({
    defaultValues: start,
    resolver: useMemo<Resolver<Draft>>(
      () =>
        async (...given) => {
          const read = await schema(...given);
          if (!keepsList) return read;
          const { numbers: _, file: __, ...errors } = read.errors as Record<string, never>;
          return Object.keys(errors).length > 0 ? { values: {}, errors } : { values: given[0], errors: {} };
        },
      [keepsList],
    ),
  });
  const draft = useWatch({ control: form.control }) as Draft;
  const analysis = useQuery(importQuery(draft.file && readingOf(draft.file, draft.country)));
  const asked = useMemo(() => (keepsList ? null : thoughtOf(draft, Date.now())), [draft, keepsList]);
  const settled = useSettled(asked, PAUSE);
  const forecast = useQuery(preflightQuery(asked && settled));
  const isCurrent = JSON.stringify(asked) === JSON.stringify(settled);

  const save = useMutation({
    mutationFn: async (typed: Draft): Promise<Schemas["SeriesChanged"] | null> => {
      const changes = changesOf(start, typed, keepsList);
      if (changes === null || Object.keys(changes).length === 0) return null;
      const path = { series_id: series.id };
      if (from === null)
        return answered(
          api.PATCH("/api/series/{series_id}", {
            params: { path, header: { "If-Match": `"${seen.version}"` } },
            body: changes,
          }),
        );
      const body = { ...changes, from: from.at };
      const text = JSON.stringify(body);
      if (attempt.current.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
      const header = { "Idempotency-Key": attempt.current.key };
      return answered(api.POST("/api/series/{series_id}/split", { params: { path, header }, body }));
    },
    onSuccess: (saved) => {
      onClose();
      if (saved === null) {
        toast("Nothing was changed.");
        return;
      }
      client.setQueryData(seriesQuery(saved.id).queryKey, saved);
      const { count: left } = saved.rejected;
      const leftOut = left > 0 ? [`${counted(left, "entry was", "entries were")} left out of the list.`] : [];
      toast.success(
        from === null ? `${quoted(saved.name)} is changed` : `${quoted(saved.name)} goes on as changed`,
        { description: [sentenceOf(saved.words), ...leftOut].join(" ") },
      );
      if (from !== null) void navigate({ to: "/series/$seriesId", params: { seriesId: saved.id } });
      void refreshSeries(client);
    },
    onError: async (reason) => {
      if (reason instanceof ApiProblem && reason.status === 412) {
        setSeen(await client.fetchQuery({ ...seriesQuery(series.id), staleTime: 0 }));
        return;
      }
      let isFirst = true;
      for (const { field, message } of problemsSaid(reason)) {
        if (field === null) continue;
        form.setError(field, { type: "api", message }, { shouldFocus: isFirst });
        isFirst = false;
      }
    },
  });
  const isOvertaken = seen.version !== held.version;
  const isLostRace = save.error instanceof ApiProblem && save.error.status === 412;
  const others =
    save.isError && !isLostRace ? problemsSaid(save.error).filter(({ field }) => field === null) : [];

  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      keepOpenOutside
      title={titleOf(from)}
      description={
        from === null
          ? "What ran stays as it was, and so does a time that was changed by itself."
          : `From ${moment(from.at, here())} on. Those before stay as they are.`
      }
      className={SIZE}
      footer={
        <div className="flex flex-col gap-3">
          {isOvertaken && (
            <Notice tone="warning" icon={TriangleAlert}>
              Somebody changed {changedWords(held, seen) || "this series"} meanwhile. What you typed is kept:
              save again to set what you changed; what you did not touch stays as they set it.
            </Notice>
          )}
          {others.map(({ message }) => (
            <FieldError key={message}>{message}</FieldError>
          ))}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Leave it</Button>
            <Button type="submit" form="edit-series" variant="scheduled" busy={save.isPending}>
              {isOvertaken ? "Save again" : "Save"}
            </Button>
          </div>
        </div>
      }
    >
      <FormProvider {...form}>
        <form
          id="edit-series"
          noValidate
          onSubmit={form.handleSubmit((typed) => save.mutate(typed))}
          className="grid gap-x-8 gap-y-7 lg:grid-cols-[minmax(0,1fr)_24rem]"
        >
          {from !== null && (
            <div className="lg:col-span-2">
              <Notice tone="plain" icon={GitBranch}>
                The series ends before that time, and another one goes on from it with your changes.
              </Notice>
            </div>
          )}
          <div className="flex min-w-0 flex-col gap-7">
            <MessageFields
              placeholders={keepsList ? held.contact_fields : placeholdersOf(analysis.data?.columns ?? [])}
            />
            <Section title="Who is on the list">
              <Toggle
                label="Which list"
                value={list}
                onChange={setList}
                choices={[
                  {
                    value: "kept",
                    label: `Keep the ${counted(held.contacts, "person", "people")}`,
                    icon: List,
                  },
                  { value: "another", label: "Another list", icon: ListRestart },
                ]}
              />
            </Section>
            {!keepsList && <PeopleFields forecast={forecast} analysis={analysis} isCurrent={isCurrent} />}
            <CallingFields />
          </div>
          <div className="flex min-w-0 flex-col gap-7 self-start lg:sticky lg:top-0">
            <WhenFields isSeries />
          </div>
        </form>
      </FormProvider>
    </Dialog>
  );
}
