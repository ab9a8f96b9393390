import { type RefCallback, useCallback, useEffect, useRef } from "react";

/** Calls `onNear` when what the ref is on comes near the window, and while it stays there: for lists that read on. */
export function useNearEnd(wanted: boolean, onNear: () => void): RefCallback<HTMLElement> {
  const near = useRef(onNear);
  useEffect(() => {
    near.current = onNear;
  });
  return useCallback(
    (element) => {
      if (element === null || !wanted) return;
      const observer = new IntersectionObserver(
        ([entry]) => {
          if (entry?.isIntersecting) near.current();
        },
        { rootMargin: "600px" },
      );
      observer.observe(element);
      return () => observer.disconnect();
    },
    [wanted],
  );
}
