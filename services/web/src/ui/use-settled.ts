import { useEffect, useState } from "react";

/** A value once it has stayed the same for a while (milliseconds): what is typed is asked about when somebody pauses. */
export function useSettled<T>(value: T, pause: number): T {
  const [settled, setSettled] = useState(value);
  const name = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an equal value is the same
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [name, pause]);
  return settled;
}
