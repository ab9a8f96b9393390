import type { LucideIcon } from "lucide-react";
import { cn } from "./cn";

type Choice<T extends string> = { value: T; label: string; icon: LucideIcon; tone?: "plain" | "scheduled" };

type ToggleProps<T extends string> = {
  /** The name of the group, for those who cannot see it. */
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
  className?: string;
};

const PRESSED = {
  plain: "border-accent bg-accent text-on-accent",
  scheduled: "border-purple bg-purple-soft text-purple ring-1 ring-purple",
};

/** Buttons of which one is pressed. */
export function Toggle<T extends string>({ label, value, choices, onChange, className }: ToggleProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid everywhere
    <div role="group" aria-label={label} className={cn("grid grid-cols-2 gap-2", className)}>
      {choices.map(({ value: each, label: text, icon: Icon, tone = "plain" }) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === value}
          onClick={() => onChange(each)}
          className={cn(
            "flex min-h-10 items-center justify-center gap-2 rounded-lg border px-3 py-2 text-sm max-sm:gap-1.5 max-sm:px-1.5 font-medium shadow-xs transition-colors [&_svg]:size-4 [&_svg]:shrink-0",
            each === value ? PRESSED[tone] : "border-line-strong bg-surface text-ink hover:bg-sunken",
          )}
        >
          <Icon aria-hidden />
          {text}
        </button>
      ))}
    </div>
  );
}
