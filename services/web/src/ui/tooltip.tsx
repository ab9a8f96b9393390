import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** A word more about what is pointed at or focused. What matters stands on the page itself. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          className="z-50 max-w-xs rounded-lg bg-accent px-2.5 py-1.5 text-xs text-balance text-on-accent shadow-lg"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
