import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { Button } from "./button";
import { cn } from "./cn";

/** What somebody who opens a dialog wants to type into. */
const FIELD = "input:not([type=hidden], :disabled), textarea:not(:disabled)";

type DialogProps = {
  open: boolean;
  /** Without it there is no way out but what is in the dialog. */
  onOpenChange?: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** Stays in view below what scrolls. */
  footer?: ReactNode;
  className?: string;
  /** A click beside it leaves it open: nothing typed is lost by a slip. Escape and the cross close it. */
  keepOpenOutside?: boolean;
  children: ReactNode;
};

/** A dialog in the middle of the page; on a phone, the whole page. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  footer,
  className,
  keepOpenOutside,
  children,
}: DialogProps) {
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} {...(onOpenChange && { onOpenChange })}>
      <Radix.Portal>
        <Radix.Overlay data-overlay className="fixed inset-0 z-50 bg-black/45 backdrop-blur-[1px]" />
        <Radix.Content
          className={cn(
            "fixed inset-0 z-50 flex flex-col bg-surface shadow-xl outline-none sm:inset-auto sm:top-1/2 sm:left-1/2 sm:max-h-[min(92dvh,60rem)] sm:w-[min(92vw,34rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl sm:ring-1 sm:ring-line",
            className,
          )}
          onCloseAutoFocus={(event) => {
            if (!(opener.current instanceof HTMLElement) || !opener.current.isConnected) return;
            event.preventDefault();
            opener.current.focus();
          }}
          onOpenAutoFocus={(event) => {
            opener.current = document.activeElement;
            const field =
              event.target instanceof HTMLElement &&
              (event.target.querySelector<HTMLElement>("[data-first]") ??
                event.target.querySelector<HTMLElement>(FIELD));
            if (!field) return; // then what can be focused first is: the cross
            event.preventDefault();
            field.focus();
          }}
          onPointerDownOutside={(event) => keepOpenOutside && event.preventDefault()}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className="flex items-start justify-between gap-4 border-b px-5 py-4">
            <div className="min-w-0 [overflow-wrap:anywhere]">
              <Radix.Title className="text-lg font-semibold tracking-tight">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-0.5 text-sm text-muted">{description}</Radix.Description>
              )}
            </div>
            {onOpenChange && (
              <Radix.Close asChild>
                <Button variant="quiet" size="icon" className="-mt-1 -mr-2" aria-label="Close">
                  <X aria-hidden />
                </Button>
              </Radix.Close>
            )}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-4">{children}</div>
          {footer && <footer className="border-t bg-canvas px-5 py-3.5 sm:rounded-b-2xl">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
