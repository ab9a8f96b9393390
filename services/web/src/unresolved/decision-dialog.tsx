/** Asks before a decision, which is made once: what it means, a word about why, and what was refused. */

import { Link, useNavigate } from "@tanstack/react-router";
import { CircleX, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, FieldError, Textarea } from "@/ui/field";
import { Notice } from "@/ui/notice";
import { sentence } from "@/ui/states";
import { decidedWords, decisionQuestion, heldBy } from "@/words/unresolved";
import { type Asked, type Outcome, useDecide } from "./use-decide";

const LONGEST_NOTE = 500;

type DecisionDialogProps = { asked: Asked; onDecided: () => void; onClose: () => void };

export function DecisionDialog({ asked, onDecided, onClose }: DecisionDialogProps) {
  const { decision, calls } = asked;
  const [note, setNote] = useState("");
  const [left, setLeft] = useState<Outcome | null>(null);
  const navigate = useNavigate();
  const deciding = useDecide();
  const question = decisionQuestion(decision, calls.length, heldBy(calls));

  function decide() {
    deciding.mutate(
      { ...asked, note: note.trim() },
      {
        onSuccess: (outcome) => {
          onDecided();
          if (outcome.refused.length > 0) return setLeft(outcome);
          const [campaign] = outcome.campaigns;
          toast.success(decidedWords(decision, outcome.decided, 0), {
            ...(outcome.campaigns.length === 1 &&
              campaign !== undefined && {
                duration: 8_000,
                action: {
                  label: "Show the campaign",
                  onClick: () =>
                    void navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign } }),
                },
              }),
          });
          onClose();
        },
      },
    );
  }

  if (left !== null) return <LeftAsTheyWere asked={asked} outcome={left} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title={question.title}
      className="sm:w-[min(92vw,30rem)]"
      keepOpenOutside
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{question.no}</Button>
          <Button
            variant={decision === "redial" ? "primary" : "danger"}
            busy={deciding.isPending}
            onClick={decide}
          >
            {question.yes}
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {decision === "redial" ? (
          <Notice tone="warning" icon={TriangleAlert}>
            {question.text}
          </Notice>
        ) : (
          <p>{question.text}</p>
        )}
        <p>{question.consequence}</p>
        <p className="text-muted">A decision is made once, and is kept with who made it.</p>
        <Field label="Why" aside="Optional">
          {(wiring) => (
            <Textarea
              {...wiring}
              value={note}
              maxLength={LONGEST_NOTE}
              className="min-h-18"
              placeholder="The carrier had an outage then."
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        {deciding.isError && <FieldError>{sentence(deciding.error)}</FieldError>}
      </div>
    </Dialog>
  );
}

type LeftProps = { asked: Asked; outcome: Outcome; onClose: () => void };

function LeftAsTheyWere({ asked, outcome, onClose }: LeftProps) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={decidedWords(asked.decision, outcome.decided, outcome.refused.length)}
      footer={
        <div className="flex justify-end gap-2">
          {outcome.refused.some(({ needsMoney }) => needsMoney) && (
            <Button asChild>
              <Link to="/wallet">To the wallet</Link>
            </Button>
          )}
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      }
    >
      <ul aria-label="Left as before, and why" className="flex flex-col gap-3 text-sm">
        {outcome.refused.map(({ call, reason }) => (
          <li key={call.id} className="flex items-start gap-2">
            <CircleX className="mt-0.5 size-4 shrink-0 text-red" aria-hidden />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <span className="font-medium tabular-nums">{call.to}</span>
              <span className="block text-muted">{reason}</span>
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
