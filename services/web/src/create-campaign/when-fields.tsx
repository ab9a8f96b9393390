/** When it starts: at once, or at a date and time on the clocks of a place. */

import { CalendarClock, Play } from "lucide-react";
import { useController, useFormContext, useWatch } from "react-hook-form";
import { Field, Input } from "@/ui/field";
import { Toggle } from "@/ui/toggle";
import { useNow } from "@/ui/use-now";
import { browserZone, here } from "@/words/moments";
import { NEVER } from "@/words/repeat";
import { chosenMoment, doubledWords, readWallTime, suggestions, wallTimeAt } from "@/words/wall-time";
import { currentName } from "@/words/zone-names";
import { useEdited } from "./edited-campaign";
import { type Draft, isRepeated, startProblem } from "./form";
import { MisfireField } from "./misfire-field";
import { RepeatFields } from "./repeat-fields";
import { Section } from "./section";
import { TimeZonePicker } from "./time-zone-picker";

/** `isSeries`: it is one already, which neither starts now nor only once. */
export function WhenFields({ isSeries = false }: { isSeries?: boolean }) {
  const { control, setValue, clearErrors, formState } = useFormContext<Draft>();
  const when = useWatch({ control, name: "when" });
  const edited = useEdited();
  // A duplicate's form has no repetition, and a campaign that is there does not become a series.
  const isRepeatable = edited === null && formState.defaultValues?.repeat !== undefined;
  if (edited?.hasBegun)
    return (
      <Section title="Campaign Execution">
        <p className="text-sm text-muted">
          It has begun, and its time is past. Resume it to go on; for another time, duplicate it.
        </p>
      </Section>
    );
  // A scheduled campaign without its time would start, and an edit starts nothing.
  if (edited?.status === "scheduled")
    return (
      <Section title="Campaign Execution">
        <Schedule />
      </Section>
    );
  return (
    <Section title="Campaign Execution">
      {!isSeries && (
        <Toggle
          label="Campaign Execution"
          value={when}
          onChange={(chosen) => {
            setValue("when", chosen, { shouldDirty: true });
            clearErrors(["date", "time", "zone", "repeat"]);
          }}
          choices={[
            { value: "now", label: edited ? "When Resumed" : "Run Immediately", icon: Play },
            { value: "later", label: "Schedule for Later", icon: CalendarClock, tone: "scheduled" },
          ]}
        />
      )}
      {when === "later" && <Schedule isRepeatable={isRepeatable} isSeries={isSeries} />}
    </Section>
  );
}

type ScheduleProps = {
  /** It may be a series. */
  isRepeatable?: boolean;
  /** It is one already. */
  isSeries?: boolean;
};

/** A date and a time, and how often it is repeated. */
export function Schedule({ isRepeatable = false, isSeries: wasSeries = false }: ScheduleProps) {
  const { register, control, setValue, formState, trigger } = useFormContext<Draft>();
  const { field: zone } = useController({ control, name: "zone" });
  const [date, time, repeat] = useWatch({ control, name: ["date", "time", "repeat"] });
  const isSeries = isRepeatable && isRepeated({ when: "later", repeat });
  const { errors, isSubmitted } = formState;
  const now = useNow(1_000);
  const own = currentName(browserZone());
  const reading = readWallTime({ date, time, zone: zone.value });
  const at = "at" in reading ? reading.at : now;
  const problem =
    date && time
      ? startProblem({ when: "later", repeat: isSeries ? repeat : NEVER, date, time, zone: zone.value }, now)
      : null;
  const isSaid = Boolean(errors.date ?? errors.time);

  // A date that is chosen anew may mend, or break, the time beside it.
  const together = { onChange: () => isSubmitted && void trigger(["date", "time"]) };

  return (
    <div className="flex flex-col gap-3 rounded-xl border border-purple/40 bg-purple-soft/40 p-3">
      <div className="grid grid-cols-2 gap-3">
        <Field label={isSeries ? "From" : "Date"} error={errors.date?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...register("date", together)}
              type="date"
              min={isSeries ? undefined : wallTimeAt(now, zone.value).date}
            />
          )}
        </Field>
        <Field label="Time" error={errors.time?.message}>
          {(wiring) => <Input {...wiring} {...register("time", together)} type="time" />}
        </Field>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: buttons of a kind, not fields */}
      <div className="flex flex-wrap gap-1.5" role="group" aria-label="Times that are often chosen">
        {suggestions(now, zone.value).map((each) => (
          <button
            key={each.label}
            type="button"
            className="rounded-md border border-line-strong bg-surface px-2 py-1 text-xs font-medium text-muted hover:text-ink"
            onClick={() => {
              setValue("date", each.date, { shouldDirty: true });
              setValue("time", each.time, { shouldDirty: true, shouldValidate: isSubmitted });
              if (isSubmitted) void trigger(["date", "time"]);
            }}
          >
            {each.label}
          </button>
        ))}
      </div>
      <Field label="Time zone" error={errors.zone?.message}>
        {(wiring) => (
          <TimeZonePicker
            {...wiring}
            value={zone.value}
            own={own}
            at={at}
            onChange={(chosen) => {
              zone.onChange(chosen);
              if (isSubmitted) void trigger(["date", "time"]);
            }}
            onBlur={zone.onBlur}
            ref={zone.ref}
          />
        )}
      </Field>
      <p aria-live="polite" className="min-h-5 text-sm font-medium text-purple">
        {problem ? (
          !isSaid && <span className="text-danger">{problem.message}</span>
        ) : isSeries ? (
          <span className="font-normal text-muted">Each time at this hour, on the clocks of this zone.</span>
        ) : "at" in reading ? (
          chosenMoment(reading.at, zone.value, here(now))
        ) : (
          <span className="font-normal text-muted">The time is that of the clocks in this zone.</span>
        )}
        {!problem && !isSeries && reading.kind === "doubled" && (
          <span className="mt-1 block font-normal">
            {doubledWords(reading.at, reading.second, zone.value)}
          </span>
        )}
      </p>
      {isRepeatable && <RepeatFields isSeries={wasSeries} />}
      {formState.defaultValues?.grace !== undefined && <MisfireField />}
    </div>
  );
}
