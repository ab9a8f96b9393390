import type { ReactNode } from "react";
import type { Tone } from "@/words/status";
import { cn } from "./cn";

export const TONE: Record<Tone, string> = {
  green: "bg-green-soft text-green",
  blue: "bg-blue-soft text-blue",
  yellow: "bg-yellow-soft text-yellow",
  purple: "bg-purple-soft text-purple",
  red: "bg-red-soft text-red",
  grey: "bg-grey-soft text-grey",
  orange: "bg-orange-soft text-orange",
};

/** A word in a tone, never colour alone. */
export function Badge({
  tone,
  className,
  children,
}: {
  tone: Tone;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        "inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2 py-0.5 text-xs font-semibold ring-1 ring-current/20 ring-inset [&_svg]:size-3.5",
        TONE[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
