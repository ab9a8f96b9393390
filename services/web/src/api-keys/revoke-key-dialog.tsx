import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { ApiProblem, answered, api, type Schemas } from "@/api/client";
import { apiKeysQuery } from "@/api/queries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FieldError } from "@/ui/field";
import { sentence } from "@/ui/states";
import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";

type ApiKey = Schemas["ApiKey"];

/** Asks before a key stops working for good. */
export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKey | null; onClose: () => void }) {
  const client = useQueryClient();
  const [held, setHeld] = useState(apiKey); // its name stays while the dialog closes
  if (apiKey !== null && apiKey !== held) setHeld(apiKey);
  const revoke = useMutation({
    mutationFn: async ({ id }: ApiKey) => {
      try {
        await answered(api.DELETE("/api/api-keys/{key_id}", { params: { path: { key_id: id } } }));
      } catch (reason) {
        if (!(reason instanceof ApiProblem && reason.status === 404)) throw reason; // somebody was quicker
      }
    },
    onSuccess: async (_, { name }) => {
      toast.success(`The key ${quoted(name)} is revoked.`);
      close();
      await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
    },
  });

  function close() {
    revoke.reset();
    onClose();
  }

  if (held === null) return null;
  return (
    <Dialog
      open={apiKey !== null}
      onOpenChange={(wanted) => !wanted && close()}
      title={`Revoke ${quoted(held.name)}?`}
      description={
        <>
          The key <code className="font-mono text-xs">{held.prefix}…</code>
          {held.last_used_at === null
            ? " was never used."
            : ` was last used ${moment(held.last_used_at, here())}.`}
        </>
      }
      className="sm:w-[min(92vw,28rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Keep it</Button>
          <Button variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate(held)}>
            Revoke for good
          </Button>
        </div>
      }
    >
      <p className="text-sm">
        Programs that use it are refused from this moment on: they create no campaigns and read no results.
        Campaigns that they created go on. It cannot be undone; create another key if you need one.
      </p>
      {revoke.isError && (
        <div className="mt-3">
          <FieldError>{sentence(revoke.error)}</FieldError>
        </div>
      )}
    </Dialog>
  );
}
