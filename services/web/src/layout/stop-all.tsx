import { useMutation, useQueryClient } from "@tanstack/react-query";
import { OctagonX } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { answered, api, newIdempotencyKey } from "@/api/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FieldError } from "@/ui/field";
import { sentence } from "@/ui/states";
import { counted } from "@/words/amounts";

/** On every page: stops all calling of the account, after a question. */
export function StopAllButton({ compact = false }: { compact?: boolean }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      {compact ? (
        <Button variant="quiet" size="icon" aria-label="Stop all calling" onClick={() => setAsked(true)}>
          <OctagonX aria-hidden />
        </Button>
      ) : (
        <button
          type="button"
          className="flex items-center gap-3 rounded-lg px-3 py-2 text-sm font-medium text-muted hover:bg-danger-soft hover:text-danger"
          onClick={() => setAsked(true)}
        >
          <OctagonX className="size-4.5" aria-hidden />
          Stop all calling
        </button>
      )}
      {isAsked && <StopAll onClose={() => setAsked(false)} />}
    </>
  );
}

/** Asks before everything that calls, or would, is paused. */
function StopAll({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const stopping = useMutation({
    mutationFn: () =>
      answered(
        api.POST("/api/pause-all", { params: { header: { "Idempotency-Key": newIdempotencyKey() } } }),
      ),
    onSuccess: async ({ paused, dialling }) => {
      onClose();
      toast.success(
        paused === 0
          ? "Nothing was calling, and nothing was scheduled."
          : `${counted(paused, "campaign")} paused.`,
        dialling > 0
          ? { description: `${counted(dialling, "call")} passed before, and may still be placed.` }
          : {},
      );
      await Promise.all(
        ["campaigns", "series", "calendar"].map((noun) => client.invalidateQueries({ queryKey: [noun] })),
      );
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title="Stop all calling?"
      className="sm:w-[min(92vw,28rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Go on calling</Button>
          <Button variant="danger" busy={stopping.isPending} onClick={() => stopping.mutate()}>
            {!stopping.isPending && <OctagonX aria-hidden />} Stop all calling
          </Button>
        </div>
      }
    >
      <p className="text-sm">
        Every campaign that calls or is scheduled is paused. People who are on the line can finish their call.
        You resume each campaign by itself.
      </p>
      {stopping.isError && (
        <div className="mt-3">
          <FieldError>{sentence(stopping.error)}</FieldError>
        </div>
      )}
    </Dialog>
  );
}
