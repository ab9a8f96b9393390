import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import { deadLettersQuery } from "@/api/queries";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { sentence } from "@/ui/states";
import { originWords, reasonWords, sizeWords, timesWords } from "@/words/dead-letters";
import { ago, exactMoment, type Place } from "@/words/moments";

type DeadLetterRowProps = { letter: Schemas["DeadLetter"]; place: Place; onDiscard: () => void };

const NAMED = 3;

export function DeadLetterRow({ letter, place, onDiscard }: DeadLetterRowProps) {
  const client = useQueryClient();
  const [attempt, setAttempt] = useState(newIdempotencyKey);
  const replay = useMutation({
    mutationFn: () =>
      answered(
        api.POST("/api/operations/dead-letters/{letter_id}/replay", {
          params: { path: { letter_id: letter.id }, header: { "Idempotency-Key": attempt } },
        }),
      ),
    onSuccess: () => toast.success("It is sent again in a moment. Should that fail, it comes back here."),
    onError: (reason) => toast.error(sentence(reason)),
    onSettled: () => {
      setAttempt(newIdempotencyKey());
      return client.invalidateQueries({ queryKey: deadLettersQuery.queryKey });
    },
  });
  const { title, meaning, tone } = reasonWords(letter);
  const isReplaying = letter.status === "replaying";
  const unnamed = letter.campaign_ids.length - NAMED;

  return (
    <li className="flex min-h-36 flex-col gap-3 border-b px-5 py-4 last:border-b-0 md:flex-row md:items-start md:gap-6">
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <Badge tone={tone}>{title}</Badge>
          <span className="font-medium">{timesWords(letter.times)}</span>
          <time dateTime={letter.last_at} title={exactMoment(letter.last_at, place)} className="text-muted">
            {letter.times > 1 ? `last ${ago(letter.last_at, place)}` : ago(letter.last_at, place)}
          </time>
        </p>
        <p className="max-w-3xl text-sm text-pretty">{meaning}</p>
        {letter.detail && (
          <p className="rounded-lg bg-sunken px-3 py-2 font-mono text-xs [overflow-wrap:anywhere]">
            {letter.detail}
          </p>
        )}
        <p className="text-xs text-muted [overflow-wrap:anywhere]">
          {originWords(letter)}; {sizeWords(letter.size)}
        </p>
        {letter.campaign_ids.length > 0 && (
          <p className="text-xs text-muted [overflow-wrap:anywhere]">
            {letter.campaign_ids.length === 1 ? "Campaign " : "Campaigns "}
            <span className="font-mono">{letter.campaign_ids.slice(0, NAMED).join(", ")}</span>
            {unnamed > 0 && ` and ${unnamed} more`}
          </p>
        )}
      </div>
      <div className="flex shrink-0 items-center gap-2">
        {isReplaying ? (
          <span className="flex h-8 items-center gap-2 text-sm text-muted" role="status">
            <LoaderCircle className="size-4 animate-spin" aria-hidden /> Being sent again
          </span>
        ) : (
          <>
            <Button size="small" variant="danger" onClick={onDiscard} aria-label={`Discard: ${title}`}>
              Discard
            </Button>
            {letter.can_be_replayed ? (
              <Button
                size="small"
                busy={replay.isPending}
                onClick={() => replay.mutate()}
                aria-label={`Send again: ${title}`}
              >
                Send again
              </Button>
            ) : (
              <span className="text-xs text-muted">Too large to be sent again</span>
            )}
          </>
        )}
      </div>
    </li>
  );
}
