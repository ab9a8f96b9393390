import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

type CheckProps = Omit<ComponentProps<"input">, "type"> & { label: ReactNode; hint?: ReactNode };

/** Something that is so or not. */
export function Check({ label, hint, className, ...rest }: CheckProps) {
  return (
    <label className={cn("flex min-h-8 cursor-pointer items-start gap-3 py-1.5 text-sm", className)}>
      <input type="checkbox" className="mt-0.5 size-4 shrink-0 rounded accent-ink" {...rest} />
      <span className="min-w-0">
        <span className="block font-medium">{label}</span>
        {hint && <span className="block text-xs text-muted">{hint}</span>}
      </span>
    </label>
  );
}
