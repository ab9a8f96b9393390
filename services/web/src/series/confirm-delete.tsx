import { quoted } from "@/words/quoted";
import type { Series } from "@/words/series";
import { Confirm } from "./confirm";
import { useDeleteSeries } from "./use-series";

type ConfirmDeleteProps = { series: Series; onDeleted?: () => Promise<void>; onClose: () => void };

/** Asks before a series ends for good. */
export function ConfirmDelete({ series, onDeleted, onClose }: ConfirmDeleteProps) {
  const remove = useDeleteSeries(async () => {
    await onDeleted?.();
    onClose();
  });
  return (
    <Confirm
      title={`Delete ${quoted(series.name)}?`}
      deed="Delete for good"
      keep="Keep it"
      isDanger
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(series)}
      onClose={onClose}
    >
      <p>
        Nothing of it starts any more. A campaign of it that calls now goes on, and those that ran stay among
        the campaigns. It cannot be undone; a paused series can be resumed instead.
      </p>
    </Confirm>
  );
}
