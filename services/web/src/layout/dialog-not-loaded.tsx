import { offline } from "@/api/client";
import { Dialog } from "@/ui/dialog";
import { Failure } from "@/ui/states";

/** Stands for a dialog whose code could not be loaded. */
export function DialogNotLoaded({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title="Not loaded">
      <Failure reason={offline()} onRetry={() => location.reload()} />
    </Dialog>
  );
}
