import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/** Takes the dialog out of the address. */
export function useClose(): () => void {
  const navigate = useNavigate();
  return useCallback(
    () =>
      void navigate({
        to: ".",
        search: ({ create: _, at: __, edit: ___, add: ____, one: _____, ...rest }) => rest,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
}
