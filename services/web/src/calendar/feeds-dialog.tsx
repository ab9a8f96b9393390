/** Addresses at which other calendars read ours: made, shown once, listed, revoked. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Rss, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { ApiProblem, answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import { calendarFeedsQuery } from "@/api/queries";
import { Confirm } from "@/series/confirm";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { Dialog } from "@/ui/dialog";
import { Field, FieldError, Input } from "@/ui/field";
import { Failure, Loading, Skeleton, sentence } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { fromNow, here, moment, type Place } from "@/words/moments";
import { quoted } from "@/words/quoted";

type Feed = Schemas["CalendarFeed"];

export default function FeedsDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const feeds = useQuery(calendarFeedsQuery);
  const place = here(useNow());
  const [made, setMade] = useState<Schemas["CalendarFeedCreated"] | null>(null);
  const [leaving, setLeaving] = useState<Feed | null>(null);
  const revoke = useMutation({
    mutationFn: async ({ id }: Feed) => {
      try {
        await answered(api.DELETE("/api/calendar-feeds/{feed_id}", { params: { path: { feed_id: id } } }));
      } catch (reason) {
        if (!(reason instanceof ApiProblem && reason.status === 404)) throw reason; // somebody was quicker
      }
    },
    onSuccess: (_, { id, name }) => {
      toast.success(`${quoted(name)} is revoked: its address shows nothing any more.`);
      setLeaving(null);
      if (made?.id === id) setMade(null);
      return client.invalidateQueries({ queryKey: calendarFeedsQuery.queryKey });
    },
  });
  if (leaving)
    return (
      <Confirm
        title={`Revoke ${quoted(leaving.name)}?`}
        deed="Revoke for good"
        keep="Keep it"
        isDanger
        isBusy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(leaving)}
        onClose={() => {
          revoke.reset();
          setLeaving(null);
        }}
      >
        <p>
          Calendars that read this address get nothing any more, from this moment on. It cannot be undone.
        </p>
      </Confirm>
    );
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      keepOpenOutside
      title="Subscribe to this calendar"
      description="Your own calendar shows when campaigns start, kept current. It shows names and times, and nobody’s number."
    >
      <div className="flex flex-col gap-6">
        {made ? <NewFeed made={made} onAnother={() => setMade(null)} /> : <CreateFeed onMade={setMade} />}
        <section aria-label="Addresses in use" className="flex flex-col gap-2">
          <h3 className="text-sm font-semibold">Addresses in use</h3>
          {feeds.data === undefined ? (
            feeds.isError ? (
              <Failure reason={feeds.error} onRetry={() => feeds.refetch()} />
            ) : (
              <>
                <Loading>Loading the addresses</Loading>
                <Skeleton className="h-14 rounded-lg" />
              </>
            )
          ) : feeds.data.items.length === 0 ? (
            <p className="text-sm text-muted">None yet.</p>
          ) : (
            <ul className="divide-y rounded-lg border">
              {feeds.data.items.map((feed) => (
                <FeedRow key={feed.id} feed={feed} place={place} onRevoke={() => setLeaving(feed)} />
              ))}
            </ul>
          )}
        </section>
      </div>
    </Dialog>
  );
}

function FeedRow({ feed, place, onRevoke }: { feed: Feed; place: Place; onRevoke: () => void }) {
  return (
    <li className="flex items-center gap-3 px-3 py-2.5 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={feed.name}>
          {feed.name}
        </p>
        <p className="text-xs text-muted">
          {`Created ${moment(feed.created_at, place)}; `}
          {feed.last_used_at === null ? "never read yet" : `last read ${readWhen(feed.last_used_at, place)}`}
        </p>
      </div>
      <Button variant="danger" size="small" onClick={onRevoke} aria-label={`Revoke ${feed.name}`}>
        Revoke
      </Button>
    </li>
  );
}

/** "2 hours ago". The API knows it to the minute. */
function readWhen(used: string, place: Place): string {
  return place.now - Date.parse(used) < 120_000 ? "just now" : fromNow(used, place);
}

function CreateFeed({ onMade }: { onMade: (made: Schemas["CalendarFeedCreated"]) => void }) {
  const client = useQueryClient();
  const form = useForm<{ name: string }>({ defaultValues: { name: "" } });
  const { errors } = form.formState;
  const [attempt, setAttempt] = useState(newIdempotencyKey);
  const create = useMutation({
    mutationFn: ({ name }: { name: string }) =>
      answered(
        api.POST("/api/calendar-feeds", {
          params: { header: { "Idempotency-Key": attempt } },
          body: { name: name.trim() },
        }),
      ),
    onSuccess: (made) => {
      onMade(made);
      return client.invalidateQueries({ queryKey: calendarFeedsQuery.queryKey });
    },
    onError: (reason) => {
      const field =
        reason instanceof ApiProblem ? reason.fields.find((each) => each.pointer === "/name") : null;
      if (field) form.setError("name", { message: field.detail });
      else form.setError("root", { message: sentence(reason) });
    },
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={form.handleSubmit((given) => create.mutate(given))}
    >
      <Field
        label="Who reads it"
        hint="You will know by it which address to revoke."
        error={errors.name?.message}
      >
        {(wiring) => (
          <div className="flex gap-2">
            <Input
              {...wiring}
              {...form.register("name", {
                validate: (text) => text.trim() !== "" || "Say who reads it.",
                onChange: () => setAttempt(newIdempotencyKey()),
              })}
              maxLength={200}
              autoComplete="off"
              placeholder="Ada’s telephone"
            />
            <Button type="submit" variant="primary" busy={create.isPending}>
              {!create.isPending && <Rss aria-hidden />} Create address
            </Button>
          </div>
        )}
      </Field>
      {errors.root?.message && <FieldError>{errors.root.message}</FieldError>}
    </form>
  );
}

const STEPS = [
  {
    name: "Google Calendar",
    words: "Beside “Other calendars” press +, choose “From URL”, and paste the address.",
  },
  { name: "Apple Calendar", words: "File, “New Calendar Subscription…”, and paste the address." },
  { name: "Outlook", words: "“Add calendar”, “Subscribe from web”, and paste the address." },
];

type NewFeedProps = { made: Schemas["CalendarFeedCreated"]; onAnother: () => void };

/** An address that was just made, to be kept now, and what to do with it. */
function NewFeed({ made, onAnother }: NewFeedProps) {
  if (made.url === null)
    return (
      <p className="text-sm">
        The address was created, but the answer that held it was lost on its way. Revoke it below and create
        another.
      </p>
    );
  return (
    <section aria-label="The new address" className="flex flex-col gap-4">
      <p className="flex items-start gap-2.5 rounded-xl border border-warning/30 bg-warning-soft px-4 py-3 text-sm text-warning">
        <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
        <span>
          <strong className="font-semibold">Copy it now. It is shown only this once.</strong> Whoever has it
          can read this calendar without signing in.
        </span>
      </p>
      <div>
        <p className="mb-1.5 text-sm font-medium">{`Address for ${quoted(made.name)}`}</p>
        <div className="flex items-start gap-2 rounded-lg border bg-sunken py-1.5 pr-1.5 pl-3">
          <code className="min-w-0 flex-1 self-center py-1 font-mono text-xs leading-relaxed [overflow-wrap:anywhere]">
            {made.url}
          </code>
          <CopyButton text={made.url} label="Copy the address" />
        </div>
      </div>
      <dl className="flex flex-col gap-2 text-sm">
        {STEPS.map(({ name, words }) => (
          <div key={name} className="grid gap-x-3 sm:grid-cols-[8.5rem_1fr]">
            <dt className="font-medium">{name}</dt>
            <dd className="text-muted">{words}</dd>
          </div>
        ))}
      </dl>
      <Button size="small" className="self-start" onClick={onAnother}>
        Create another address
      </Button>
    </section>
  );
}
