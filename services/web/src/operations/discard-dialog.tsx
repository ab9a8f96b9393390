import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import { deadLettersQuery } from "@/api/queries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FieldError } from "@/ui/field";
import { sentence } from "@/ui/states";
import { reasonWords } from "@/words/dead-letters";

type Letter = Schemas["DeadLetter"];

/** Asks before a message is gone for good. */
export function DiscardDialog({ letter, onClose }: { letter: Letter | null; onClose: () => void }) {
  const client = useQueryClient();
  const [held, setHeld] = useState(letter); // it stays while the dialog closes
  const [attempt, setAttempt] = useState(newIdempotencyKey);
  if (letter !== null && letter !== held) setHeld(letter);
  const discard = useMutation({
    mutationFn: ({ id }: Letter) =>
      answered(
        api.POST("/api/operations/dead-letters/{letter_id}/discard", {
          params: { path: { letter_id: id }, header: { "Idempotency-Key": attempt } },
        }),
      ),
    onSuccess: async () => {
      toast.success("The dead letter is discarded.");
      setAttempt(newIdempotencyKey());
      close();
      await client.invalidateQueries({ queryKey: deadLettersQuery.queryKey });
    },
  });

  function close() {
    discard.reset();
    onClose();
  }

  if (held === null) return null;
  return (
    <Dialog
      open={letter !== null}
      onOpenChange={(wanted) => !wanted && close()}
      title="Discard this dead letter?"
      description={reasonWords(held).title}
      className="sm:w-[min(92vw,28rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Keep it</Button>
          <Button variant="danger" busy={discard.isPending} onClick={() => discard.mutate(held)}>
            Discard for good
          </Button>
        </div>
      }
    >
      <p className="text-sm">
        It cannot be sent again afterwards, and what it held is deleted. No campaign is touched: what is due
        is announced by itself, and what is paused stays paused.
      </p>
      {discard.isError && (
        <div className="mt-3">
          <FieldError>{sentence(discard.error)}</FieldError>
        </div>
      )}
    </Dialog>
  );
}
