import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { ApiProblem, answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FieldError } from "@/ui/field";
import { sentence } from "@/ui/states";
import { here, moment } from "@/words/moments";
import { showNewest, takeOff } from "./held-list";

type Entry = Schemas["DoNotCallEntry"];

/** Milliseconds to change one's mind. */
const UNDO = 8_000;

/** Asks before a number may be called again, and lets it be put back. */
export function RemoveDialog({ entry, onClose }: { entry: Entry | null; onClose: () => void }) {
  const client = useQueryClient();
  const [held, setHeld] = useState(entry); // its number stays while the dialog closes
  if (entry !== null && entry !== held) setHeld(entry);
  const putBack = useMutation({
    mutationFn: ({ phone, note, key }: { phone: string; note: string; key: string }) =>
      answered(
        api.POST("/api/do-not-call", {
          body: { phone, note },
          params: { header: { "Idempotency-Key": key } },
        }),
      ),
    onSuccess: () => showNewest(client),
    onError: (reason, { phone }) =>
      toast.error(`${phone} is not back on the list.`, { description: sentence(reason) }),
  });
  const remove = useMutation({
    mutationFn: async ({ phone }: Entry) => {
      try {
        await answered(api.DELETE("/api/do-not-call/{phone}", { params: { path: { phone } } }));
      } catch (reason) {
        if (!(reason instanceof ApiProblem && reason.status === 404)) throw reason; // somebody was quicker
      }
    },
    onSuccess: (_, { phone, note, reason }) => {
      takeOff(client, phone);
      close();
      const said =
        note ?? (reason === "key_press" ? "Pressed 9; taken off and put back" : "Taken off and put back");
      toast(`${phone} may be called again.`, {
        duration: UNDO,
        action: {
          label: "Undo",
          onClick: () => putBack.mutate({ phone, note: said, key: newIdempotencyKey() }),
        },
      });
    },
  });

  function close() {
    remove.reset();
    onClose();
  }

  if (held === null) return null;
  return (
    <Dialog
      open={entry !== null}
      onOpenChange={(wanted) => !wanted && close()}
      title={`Let ${held.phone} be called again?`}
      description={`On the list since ${moment(held.created_at, here())}.`}
      className="sm:w-[min(92vw,28rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Keep it on the list</Button>
          <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(held)}>
            Take it off
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <p>
          {held.reason === "key_press" && "Whoever answered pressed 9 so as not to be called again. "}
          Take the number off only if its owner wants to be called: calling somebody who refused may be
          against the law.
        </p>
        <p>
          Campaigns may call it from then on. Those that have skipped it do not go back to it. That you took
          it off stays on record.
        </p>
      </div>
      {remove.isError && (
        <div className="mt-3">
          <FieldError>{sentence(remove.error)}</FieldError>
        </div>
      )}
    </Dialog>
  );
}
