/** What the API says against what is typed, at the fields that it is about and beside the button. */

import { type FieldValues, type Path, type UseFormReturn, useFormContext } from "react-hook-form";
import { needsMoney } from "@/api/client";
import { FieldError } from "@/ui/field";
import type { Said } from "@/words/campaign-problems";
import { ToWallet } from "./balance";
import type { Draft } from "./form";

/** What concerns no field, and whether more money would help. */
export type Problems = { said: readonly string[]; needsMoney: boolean };

export const NO_PROBLEMS: Problems = { said: [], needsMoney: false };

/** Puts what is wrong at its fields. Returns what is about none of them. */
export function putAtFields<Fields extends FieldValues>(
  form: UseFormReturn<Fields>,
  said: readonly Said[],
  reason: unknown,
): Problems {
  let isFirst = true;
  const others: string[] = [];
  for (const { field, message } of said) {
    if (field === null) others.push(message);
    else {
      form.setError(
        visible(field, form.getValues("source" as Path<Fields>)) as Path<Fields>,
        { type: "api", message },
        { shouldFocus: isFirst },
      );
      isFirst = false;
    }
  }
  return { said: others, needsMoney: needsMoney(reason) };
}

/** What the form shows of a field of the API: numbers and file are not shown together. */
function visible(field: NonNullable<Said["field"]>, source: Draft["source"] | undefined): keyof Draft {
  if (field !== "file" && field !== "numbers") return field;
  return source === "file" ? "file" : "numbers";
}

export function ProblemsSaid({ problems }: { problems: Problems }) {
  const { formState } = useFormContext<Draft>();
  const wrong = Object.keys(formState.errors).length;
  return (
    <>
      {problems.said.map((message) => (
        <FieldError key={message}>
          {message} {problems.needsMoney && <ToWallet>Go to the wallet</ToWallet>}
        </FieldError>
      ))}
      {wrong > 1 && formState.isSubmitted && (
        <FieldError>{`${wrong} fields need another look: each says what is wrong.`}</FieldError>
      )}
    </>
  );
}
