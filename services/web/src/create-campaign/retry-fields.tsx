/** Who is rung again, after how long, and what comes of that. */

import { useFormContext, useWatch } from "react-hook-form";
import { Field, Input, Select } from "@/ui/field";
import { AFTER_WORD, type Retried, retriedBy, retryLines } from "@/words/retries";
import { retryRulesOf } from "./calling-values";
import { type Draft, MOST } from "./form";
import { Topic } from "./more-about-calling";

const GROWTH = [
  { value: "1", label: "is the same" },
  { value: "1.5", label: "is half as long again" },
  { value: "2", label: "is twice the one before" },
  { value: "3", label: "is 3 times the one before" },
];

export function RetryFields() {
  const { register, control, formState } = useFormContext<Draft>();
  const draft = useWatch({ control }) as Draft;
  const { errors } = formState;
  const rules = retryRulesOf(draft);
  const isAgain = rules.attempts > 1 || Boolean(errors.retryDelay ?? errors.retryAfter);
  const number = { type: "number", inputMode: "numeric", step: 1 } as const;
  const growth = GROWTH.some(({ value }) => value === draft.backoff)
    ? GROWTH
    : [...GROWTH, { value: draft.backoff, label: `is ${draft.backoff} times the one before` }];
  return (
    <Topic title="Ring again">
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Attempts per person" error={errors.attempts?.message}>
          {(wiring) => (
            <Input {...wiring} {...register("attempts")} {...number} min={1} max={MOST.attempts} />
          )}
        </Field>
        {isAgain && (
          <>
            <Field label="Minutes in between" error={errors.retryDelay?.message}>
              {(wiring) => (
                <Input {...wiring} {...register("retryDelay")} {...number} min={0} max={MOST.retryDelay} />
              )}
            </Field>
            <Field label="Each wait" error={errors.backoff?.message}>
              {(wiring) => (
                <Select {...wiring} {...register("backoff")}>
                  {growth.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </>
        )}
      </div>
      {isAgain && (
        <>
          <ul aria-label="How long to wait, by how the call ended" className="flex flex-col gap-2">
            {retriedBy(rules).map((ended) => (
              <After key={ended} ended={ended} />
            ))}
          </ul>
          <ul aria-live="polite" className="rounded-lg bg-sunken px-3 py-2 text-xs text-muted">
            {retryLines(rules).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      {!isAgain && <p className="text-xs text-muted">Everybody is called once, whatever comes of it.</p>}
    </Topic>
  );
}

/** What follows a call that ended in one way. */
function After({ ended }: { ended: Retried }) {
  const { register, control, setValue, formState } = useFormContext<Draft>();
  const kind = useWatch({ control, name: `retryAfter.${ended}.kind` });
  const error = formState.errors.retryAfter?.[ended]?.minutes?.message;
  const field = register(`retryAfter.${ended}.kind`);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_5.5rem] items-start gap-x-2 gap-y-1 text-sm sm:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)_5.5rem]">
      <span className="max-sm:col-span-2 sm:py-2">{AFTER_WORD[ended]}</span>
      <Select
        {...field}
        aria-label={`After “${AFTER_WORD[ended]}”`}
        className="h-9"
        onChange={(event) => {
          void field.onChange(event);
          if (event.target.value === "own") setValue(`retryAfter.${ended}.minutes`, USUAL[ended]);
        }}
      >
        <option value="usual">as above</option>
        <option value="own">after minutes</option>
        <option value="never">not again</option>
      </Select>
      {kind === "own" ? (
        <Input
          {...register(`retryAfter.${ended}.minutes`)}
          aria-label={`Minutes after “${AFTER_WORD[ended]}”`}
          aria-invalid={error ? true : undefined}
          title={error}
          inputMode="decimal"
          className="h-9"
        />
      ) : (
        <span />
      )}
      {error && <p className="col-span-full text-xs font-medium text-danger">{error}</p>}
    </li>
  );
}

/** Minutes that are offered first. */
const USUAL: Record<Retried, string> = { busy: "5", no_answer: "60", voicemail: "240", failed: "15" };
