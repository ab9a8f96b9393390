import { useEffect, useState } from "react";

/** The time, kept current: the page says "in 5 minutes" and means it. Milliseconds between two looks. */
export function useNow(interval = 15_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
