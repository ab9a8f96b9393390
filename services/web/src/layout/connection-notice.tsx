import { WifiOff } from "lucide-react";
import { connection } from "@/api/live";
import { useStored } from "@/api/store";

/** Says that changes do not arrive, while they do not. */
export function ConnectionNotice() {
  const state = useStored(connection);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center px-4 lg:bottom-6"
    >
      {state === "lost" && (
        <p className="flex items-center gap-2 rounded-full bg-accent px-4 py-2 text-sm font-medium text-on-accent shadow-lg">
          <WifiOff className="size-4" aria-hidden />
          Connection lost. What you see may be old; trying again.
        </p>
      )}
    </div>
  );
}
