import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { ApiProblem, answered, api, type Schemas } from "@/api/client";
import { callerQuery, meQuery } from "@/api/queries";
import { Field, Input } from "@/ui/field";
import { sentence } from "@/ui/states";
import {
  type CallerProblems,
  type CallerValues,
  callerOf,
  callerPlace,
  callerProblems,
  callerWords,
  valuesOfCaller,
} from "./caller-form";
import { unnamed } from "./limits-form";
import { SaveBar } from "./save-bar";
import { useEdited } from "./use-edited";

/** The number that people see, and who speaks with them. For administrators. */
export function CallerForm({ caller }: { caller: Schemas["Caller"] }) {
  const client = useQueryClient();
  const { values, change: set, reset, keep, isChanged } = useEdited(valuesOfCaller(caller));
  const [problems, setProblems] = useState<CallerProblems>({});
  const [others, setOthers] = useState<string[]>([]);
  const save = useMutation({
    mutationFn: (sent: CallerValues) => answered(api.PUT("/api/caller", { body: callerOf(sent) })),
    onSuccess: (saved, sent) => {
      client.setQueryData(callerQuery.queryKey, saved);
      keep(sent, valuesOfCaller(saved));
      void client.invalidateQueries({ queryKey: meQuery.queryKey });
      toast.success("Who calls is saved", {
        description: "It holds for campaigns that begin from now on. What calls already goes on as it is.",
      });
    },
    onError: (reason) => {
      const fields = reason instanceof ApiProblem ? reason.fields : [];
      const found: CallerProblems = {};
      const elsewhere: string[] = fields.length === 0 ? [sentence(reason)] : [];
      for (const { pointer, detail } of fields) {
        const place = callerPlace(pointer);
        if (place === null) elsewhere.push(detail);
        else found[place] = unnamed(detail);
      }
      setProblems(found);
      setOthers(elsewhere);
    },
  });

  function change(changed: Partial<CallerValues>) {
    set(changed);
    if (Object.keys(problems).length > 0) setProblems(callerProblems({ ...values, ...changed }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (save.isPending) return;
    const found = callerProblems(values);
    setProblems(found);
    setOthers([]);
    if (Object.keys(found).length === 0) save.mutate(values);
  }

  return (
    <form onSubmit={submit} noValidate aria-label="Who calls">
      <div className="grid gap-4 px-5 py-4 sm:grid-cols-2">
        <Field
          label="Caller ID"
          hint="What people see when a campaign names no number of its own. Your carrier has to know it as yours."
          error={problems.callerId}
        >
          {(wiring) => (
            <Input
              {...wiring}
              type="tel"
              autoComplete="off"
              value={values.callerId}
              placeholder="+14155550100"
              onChange={(event) => change({ callerId: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Voice agent"
          hint="A WebSocket address to which answered calls are streamed. Empty: the message is spoken."
          error={problems.voiceAgent}
        >
          {(wiring) => (
            <Input
              {...wiring}
              type="url"
              autoComplete="off"
              spellCheck={false}
              value={values.voiceAgent}
              placeholder="wss://agent.example.com/calls"
              onChange={(event) => change({ voiceAgent: event.target.value })}
            />
          )}
        </Field>
      </div>
      <SaveBar
        words={
          Object.keys(callerProblems(values)).length === 0
            ? callerWords(callerOf(values)).map((words) => <p key={words}>{words}</p>)
            : "Something above needs another look."
        }
        label="Save caller"
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
