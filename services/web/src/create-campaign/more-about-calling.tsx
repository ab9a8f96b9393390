/** What most people leave alone, folded away behind a line that says what it means. It opens by itself where something is wrong. */

import { ChevronDown } from "lucide-react";
import { type ReactNode, useEffect, useId, useState } from "react";
import { type FieldPath, useFormContext, useWatch } from "react-hook-form";
import { cn } from "@/ui/cn";
import { useNow } from "@/ui/use-now";
import { here } from "@/words/moments";
import { callingSummary } from "./calling-values";
import { type Draft, isRepeated } from "./form";

const FOLDED = [
  "attempts",
  "retryDelay",
  "retryAfter",
  "backoff",
  "answeringMachine",
  "ownHours",
  "endDate",
  "endTime",
] as const satisfies readonly (keyof Draft)[];

export function MoreAboutCalling({ children }: { children: ReactNode }) {
  const { control, formState, setFocus } = useFormContext<Draft>();
  const draft = useWatch({ control }) as Draft;
  const place = here(useNow());
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { errors, submitCount } = formState;
  const wrong = FOLDED.find((name) => errors[name] !== undefined);
  const isOnlyHere = Object.keys(errors).every((name) => FOLDED.some((each) => each === name));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt to send it opens it anew
  useEffect(() => {
    if (wrong === undefined || submitCount === 0) return;
    setOpen(true);
    // What is folded away cannot take the focus until it is shown.
    if (isOnlyHere) requestAnimationFrame(() => setFocus(wrong as FieldPath<Draft>));
  }, [wrong, submitCount]);
  return (
    <div className="rounded-xl border">
      <button
        type="button"
        aria-expanded={isOpen}
        {...(isOpen && { "aria-controls": id })}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-start gap-3 rounded-xl px-3 py-2.5 text-left hover:bg-sunken"
      >
        <span className="min-w-0 flex-1">
          <span className="block text-sm font-medium">More about calling</span>
          <span className="block text-xs text-muted">
            {callingSummary(isRepeated(draft) ? { ...draft, ends: "never" } : draft, place)}
          </span>
        </span>
        <ChevronDown
          className={cn("mt-0.5 size-4 shrink-0 text-muted transition-transform", isOpen && "rotate-180")}
          aria-hidden
        />
      </button>
      {isOpen && (
        <div id={id} className="flex flex-col gap-6 border-t px-3 py-4">
          {children}
        </div>
      )}
    </div>
  );
}

/** One of the things behind it. */
export function Topic({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
      <h4 id={id} className="text-sm font-semibold">
        {title}
      </h4>
      {children}
    </section>
  );
}
