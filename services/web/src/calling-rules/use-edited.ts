import { useState } from "react";

/** Values of a form that start as something saved, and follow it while nobody has typed. */
export function useEdited<T>(saved: T): {
  values: T;
  change: (changed: Partial<T>) => void;
  reset: () => void;
  /** What was sent is kept, in these words. What was typed meanwhile stays. */
  keep: (sent: T, kept: T) => void;
  isChanged: boolean;
} {
  const [base, setBase] = useState(saved);
  const [values, setValues] = useState(saved);
  const isChanged = !isSame(values, base);
  if (!isSame(saved, base)) {
    // It was saved, here or by somebody else. What was typed meanwhile stays.
    setBase(saved);
    if (!isChanged) setValues(saved);
  }
  return {
    values,
    change: (changed) => setValues((held) => ({ ...held, ...changed })),
    reset: () => setValues(base),
    keep: (sent, kept) => {
      setBase(kept);
      setValues((held) => (isSame(held, sent) ? kept : held));
    },
    isChanged,
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
