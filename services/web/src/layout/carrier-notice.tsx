import { useQuery } from "@tanstack/react-query";
import { FlaskConical, PhoneOutgoing } from "lucide-react";
import { sessionQuery } from "@/api/queries";
import { cn } from "@/ui/cn";

/** On every page, before signing in too: whether somebody's telephone rings. */
export function CarrierNotice() {
  const { data: session } = useQuery(sessionQuery);
  if (session === undefined) return <div className="h-8 border-b bg-sunken" aria-hidden />;
  const simulated = session.calls_are_simulated;
  const Icon = simulated ? FlaskConical : PhoneOutgoing;
  return (
    <aside
      aria-label="Kind of calls"
      className={cn(
        "flex h-8 items-center justify-center gap-2 border-b px-4 text-xs font-medium",
        simulated ? "bg-sunken text-muted" : "bg-orange-soft text-orange",
      )}
    >
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span className="truncate">
        {simulated ? "Simulated calls: nobody is really called." : "Live calls: real telephones ring."}
      </span>
    </aside>
  );
}
