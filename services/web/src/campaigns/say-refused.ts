import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { toast } from "sonner";
import { needsMoney } from "@/api/client";
import { sentence } from "@/ui/states";

/** Says why something was not done; where more money would help, with the way to the wallet. */
export function useSayRefused(): (reason: unknown) => void {
  const navigate = useNavigate();
  return useCallback(
    (reason) => {
      const action = { label: "To the wallet", onClick: () => void navigate({ to: "/wallet" }) };
      toast.error(sentence(reason), needsMoney(reason) ? { action, duration: 10_000 } : {});
    },
    [navigate],
  );
}
