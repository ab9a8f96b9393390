import type { ReactNode } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FieldError } from "@/ui/field";
import { moneyOr } from "./use-series";

type ConfirmProps = {
  title: string;
  /** What the buttons say: to do it, and not to. */
  deed: string;
  keep: string;
  isDanger?: boolean;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
};

/** Asks before something is done that others will notice. */
export function Confirm(props: ConfirmProps) {
  const { title, deed, keep, isDanger = false, isBusy, error, onConfirm, onClose, children } = props;
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title={title}
      className="sm:w-[min(92vw,28rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{keep}</Button>
          <Button variant={isDanger ? "danger" : "primary"} busy={isBusy} onClick={onConfirm}>
            {deed}
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {children}
        {error !== null && <FieldError>{moneyOr(error)}</FieldError>}
      </div>
    </Dialog>
  );
}
