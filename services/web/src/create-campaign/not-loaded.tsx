import { offline } from "@/api/client";
import { Dialog } from "@/ui/dialog";
import { Failure } from "@/ui/states";
import { useClose } from "./use-close";

/** Stands for the dialog when its code could not be loaded. */
export function NotLoaded({ title }: { title: string }) {
  const close = useClose();
  return (
    <Dialog open onOpenChange={close} title={title}>
      <Failure reason={offline()} onRetry={() => location.reload()} />
    </Dialog>
  );
}
