import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { toast } from "sonner";
import { ApiProblem, answered, api, type Schemas } from "@/api/client";
import { callingHoursQuery } from "@/api/queries";
import { TimeZonePicker } from "@/create-campaign/time-zone-picker";
import { Choices } from "@/ui/choices";
import { Field } from "@/ui/field";
import { sentence } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { callingHoursWords } from "@/words/calling-hours";
import { browserZone, here } from "@/words/moments";
import { currentName } from "@/words/zone-names";
import { Holidays } from "./holidays";
import { hoursOf, valuesOfHours } from "./hours-form";
import { SaveBar } from "./save-bar";
import { useEdited } from "./use-edited";
import { WeekEditor } from "./week-editor";

/** When people may be called, for administrators. */
export function HoursForm({ hours }: { hours: Schemas["CallingHours"] }) {
  const client = useQueryClient();
  const now = useNow();
  const own = currentName(browserZone());
  const { values, change, reset, isChanged } = useEdited(valuesOfHours(hours, own));
  const wanted = hoursOf(values);
  const save = useMutation({
    mutationFn: (body: Schemas["CallingHours"]) => answered(api.PUT("/api/calling-hours", { body })),
    onSuccess: (saved) => {
      client.setQueryData(callingHoursQuery.queryKey, saved);
      toast.success("The calling hours are saved", {
        description: "They hold from now on. Whoever waits for the former ones is looked at again.",
      });
      void client.invalidateQueries({ queryKey: ["preflight"] });
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (wanted !== null && !save.isPending) save.mutate(wanted);
  }

  return (
    <form onSubmit={submit} noValidate aria-label="Calling hours">
      <div className="flex flex-col gap-6 px-5 py-4">
        <Choices
          legend="When may people be called?"
          value={values.when}
          onChange={(when) => change({ when })}
          choices={[
            { value: "within", label: "Within calling hours", hint: "On the clocks of the person called." },
            {
              value: "any",
              label: "At any time",
              hint: "No hours at all. In many countries the law has some: check before you call real people.",
            },
          ]}
        />
        {values.when === "within" && (
          <>
            <WeekEditor value={values.week} onChange={(week) => change({ week })} />
            <Holidays value={values.holidays} onChange={(holidays) => change({ holidays })} />
            <Choices
              legend="Numbers that do not tell where they are"
              value={values.unknown}
              onChange={(unknown) => change({ unknown })}
              choices={[
                {
                  value: "closed",
                  label: "Do not call them",
                  hint: "The safe choice: nobody knows what time it is there. A list can say it in a column “timezone”.",
                },
                {
                  value: "zone",
                  label: "Take them to be in one time zone",
                  hint: "Where you know where your people are.",
                },
                { value: "open", label: "Call them at any time", hint: "They may ring at night." },
              ]}
            />
            {values.unknown === "zone" && (
              <Field label="Time zone of such numbers">
                {(wiring) => (
                  <TimeZonePicker
                    {...wiring}
                    value={values.zone}
                    own={own}
                    at={now}
                    onChange={(zone) => change({ zone })}
                    onBlur={() => undefined}
                    ref={null}
                  />
                )}
              </Field>
            )}
          </>
        )}
      </div>
      <SaveBar
        words={wanted === null ? "Something above needs another look." : callingHoursWords(wanted, here(now))}
        label="Save hours"
        isChanged={isChanged}
        busy={save.isPending}
        problems={save.isError ? problemsOf(save.error) : []}
        onDiscard={() => {
          reset();
          save.reset();
        }}
      />
    </form>
  );
}

function problemsOf(reason: unknown): string[] {
  if (reason instanceof ApiProblem && reason.fields.length > 0)
    return reason.fields.map(({ detail }) => detail);
  return [sentence(reason)];
}
