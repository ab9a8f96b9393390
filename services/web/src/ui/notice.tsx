import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";

/** Something to know, or to do something about, in a box. */
export function Notice({
  tone,
  icon: Icon,
  children,
}: {
  tone: "warning" | "danger" | "plain";
  icon: LucideIcon;
  children: ReactNode;
}) {
  const look = {
    warning: "bg-warning-soft text-warning",
    danger: "bg-danger-soft text-danger",
    plain: "bg-sunken text-muted",
  }[tone];
  return (
    <div className={cn("flex items-start gap-2.5 rounded-lg px-3 py-2.5 text-sm", look)}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">{children}</div>
    </div>
  );
}
