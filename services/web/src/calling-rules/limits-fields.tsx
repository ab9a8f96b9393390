import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { toast } from "sonner";
import { ApiProblem, answered, api, type Schemas } from "@/api/client";
import { callLimitsQuery } from "@/api/queries";
import { Check } from "@/ui/check";
import { Field, Input, Select } from "@/ui/field";
import { sentence } from "@/ui/states";
import { CallerIdLimits } from "./caller-id-limits";
import {
  type LimitsProblems,
  type LimitsValues,
  limitsOf,
  limitsProblems,
  limitsWords,
  placeOf,
  type Unit,
  unnamed,
  valuesOfLimits,
} from "./limits-form";
import { SaveBar } from "./save-bar";
import { useEdited } from "./use-edited";

const NUMBER = { inputMode: "numeric", autoComplete: "off" } as const;

/** How fast all campaigns together call, how often one number, and when a campaign stops by itself. For administrators. */
export function LimitsForm({ limits }: { limits: Schemas["CallLimits"] }) {
  const client = useQueryClient();
  const { values, change: set, reset, keep, isChanged } = useEdited(valuesOfLimits(limits));
  const [problems, setProblems] = useState<LimitsProblems>({});
  const [others, setOthers] = useState<string[]>([]);
  const save = useMutation({
    mutationFn: (sent: LimitsValues) => answered(api.PUT("/api/call-limits", { body: limitsOf(sent) })),
    onSuccess: (saved, sent) => {
      client.setQueryData(callLimitsQuery.queryKey, saved);
      keep(sent, valuesOfLimits(saved));
      toast.success("The call limits are saved", {
        description: "Every call that is placed from now on keeps to them. Calls on the line go on.",
      });
    },
    onError: (reason) => {
      const fields = reason instanceof ApiProblem ? reason.fields : [];
      const placed = fields.map(({ pointer, detail }) => [placeOf(pointer), unnamed(detail)] as const);
      const known = placed.filter(([place]) => PLACES.test(place));
      setProblems(Object.fromEntries(known));
      setOthers(
        fields.length === 0
          ? [sentence(reason)]
          : placed.filter(([place]) => !PLACES.test(place)).map(([, detail]) => detail),
      );
    },
  });

  function change(changed: Partial<LimitsValues>) {
    set(changed);
    if (Object.keys(problems).length > 0) setProblems(limitsProblems({ ...values, ...changed }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (save.isPending) return;
    const found = limitsProblems(values);
    setProblems(found);
    setOthers([]);
    if (Object.keys(found).length === 0) save.mutate(values);
  }

  const isRight = Object.keys(limitsProblems(values)).length === 0;
  return (
    <form onSubmit={submit} noValidate aria-label="Call limits">
      <div className="flex flex-col gap-6 px-5 py-4">
        <Group title="All campaigns together">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Calls at once"
              hint="Calls that ring or are answered. Empty: no limit."
              error={problems.atOnce}
            >
              {(wiring) => (
                <Input
                  {...wiring}
                  {...NUMBER}
                  value={values.atOnce}
                  placeholder="No limit"
                  onChange={(event) => change({ atOnce: event.target.value })}
                />
              )}
            </Field>
            <Field
              label="New calls a second"
              hint="Your carrier allows so many, too. Empty: no limit."
              error={problems.perSecond}
            >
              {(wiring) => (
                <Input
                  {...wiring}
                  {...NUMBER}
                  value={values.perSecond}
                  placeholder="No limit"
                  onChange={(event) => change({ perSecond: event.target.value })}
                />
              )}
            </Field>
          </div>
        </Group>
        <CallerIdLimits
          value={values.callerIds}
          problems={problems}
          onChange={(callerIds) => change({ callerIds })}
        />
        <Group title="The same person">
          <Check
            label="Do not call a number too often"
            hint="Counted over all campaigns, retries and test calls. Whoever was called often enough waits."
            checked={values.isCapped}
            onChange={(event) => change({ isCapped: event.target.checked })}
          />
          {values.isCapped && (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Calls at most" error={problems.capCalls}>
                {(wiring) => (
                  <Input
                    {...wiring}
                    {...NUMBER}
                    value={values.capCalls}
                    onChange={(event) => change({ capCalls: event.target.value })}
                  />
                )}
              </Field>
              <Field label="In any" error={problems.capPeriod}>
                {(wiring) => (
                  <div className="flex gap-2">
                    <Input
                      {...wiring}
                      inputMode="decimal"
                      autoComplete="off"
                      value={values.capPeriod}
                      onChange={(event) => change({ capPeriod: event.target.value })}
                    />
                    <Select
                      aria-label="Minutes, hours or days"
                      value={values.capUnit}
                      onChange={(event) => change({ capUnit: event.target.value as Unit })}
                    >
                      <option value="minutes">minutes</option>
                      <option value="hours">hours</option>
                      <option value="days">days</option>
                    </Select>
                  </div>
                )}
              </Field>
            </div>
          )}
        </Group>
        <Group title="When calls fail">
          <Check
            label="Pause a campaign whose calls keep failing"
            hint="Failed is what the carrier refused or could not put through. Busy and not answered is no failure."
            checked={values.hasBreaker}
            onChange={(event) => change({ hasBreaker: event.target.checked })}
          />
          {values.hasBreaker && (
            <div className="grid gap-4 sm:grid-cols-3">
              <Field
                label="Of the last calls"
                hint="So many have to have ended."
                error={problems.breakerCalls}
              >
                {(wiring) => (
                  <Input
                    {...wiring}
                    {...NUMBER}
                    value={values.breakerCalls}
                    onChange={(event) => change({ breakerCalls: event.target.value })}
                  />
                )}
              </Field>
              <Field label="Within seconds" hint="Older calls do not count." error={problems.breakerWithin}>
                {(wiring) => (
                  <Input
                    {...wiring}
                    {...NUMBER}
                    value={values.breakerWithin}
                    onChange={(event) => change({ breakerWithin: event.target.value })}
                  />
                )}
              </Field>
              <Field label="Failed, in percent" hint="At least this share." error={problems.breakerShare}>
                {(wiring) => (
                  <Input
                    {...wiring}
                    inputMode="decimal"
                    autoComplete="off"
                    value={values.breakerShare}
                    onChange={(event) => change({ breakerShare: event.target.value })}
                  />
                )}
              </Field>
            </div>
          )}
        </Group>
      </div>
      <SaveBar
        words={
          isRight
            ? limitsWords(limitsOf(values)).map((words) => <p key={words}>{words}</p>)
            : "Something above needs another look."
        }
        label="Save limits"
        isChanged={isChanged}
        busy={save.isPending}
        problems={others}
        onDiscard={() => {
          reset();
          setProblems({});
          setOthers([]);
        }}
      />
    </form>
  );
}

/** The places in the form that can say what is wrong with them. */
const PLACES = /^(atOnce|perSecond|capCalls|capPeriod|breaker\w+|callerIds\.\d+\.\w+)$/;

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-3 text-sm font-semibold">{title}</legend>
      {children}
    </fieldset>
  );
}
