import { type ReactNode, useId } from "react";
import { cn } from "./cn";

type Choice<T extends string> = { value: T; label: string; hint?: ReactNode };

type ChoicesProps<T extends string> = {
  legend: string;
  /** Said to readers alone: the words above say the same. */
  hideLegend?: boolean;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
};

/** Some ways of which one is chosen, each with a sentence about what it means. */
export function Choices<T extends string>({ legend, hideLegend, value, choices, onChange }: ChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className={cn("text-sm font-medium", hideLegend ? "sr-only" : "mb-1.5")}>{legend}</legend>
      <div className="flex flex-col gap-2">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={cn(
              "flex cursor-pointer items-start gap-3 rounded-lg border px-3 py-2.5 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus",
              choice.value === value
                ? "border-accent bg-sunken"
                : "border-line-strong bg-surface hover:bg-sunken",
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              aria-labelledby={`${name}-${choice.value}-label`}
              aria-describedby={choice.hint ? `${name}-${choice.value}` : undefined}
              className="mt-0.5 size-4 shrink-0 accent-ink outline-none"
            />
            <span className="min-w-0 text-sm">
              <span id={`${name}-${choice.value}-label`} className="block font-medium">
                {choice.label}
              </span>
              {choice.hint && (
                <span id={`${name}-${choice.value}`} className="block text-xs text-muted">
                  {choice.hint}
                </span>
              )}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
