import type { ReactNode } from "react";
import { Button } from "@/ui/button";
import { FieldError } from "@/ui/field";

type SaveBarProps = {
  /** What will hold once it is saved. */
  words: ReactNode;
  label: string;
  isChanged: boolean;
  busy: boolean;
  problems: readonly string[];
  onDiscard: () => void;
};

/** What a form means, in words, and what can be done with it. */
export function SaveBar({ words, label, isChanged, busy, problems, onDiscard }: SaveBarProps) {
  return (
    <div className="flex flex-col gap-3 rounded-b-2xl border-t bg-canvas px-5 py-3.5">
      {problems.map((problem) => (
        <FieldError key={problem}>{problem}</FieldError>
      ))}
      <div className="flex flex-col gap-3 sm:flex-row sm:items-center sm:justify-between">
        <div role="status" className="min-w-0 text-sm text-muted">
          {words}
        </div>
        <div className="flex shrink-0 gap-2 max-sm:justify-end">
          {isChanged && <Button onClick={onDiscard}>Discard</Button>}
          <Button type="submit" variant="primary" disabled={!isChanged} busy={busy}>
            {label}
          </Button>
        </div>
      </div>
    </div>
  );
}
