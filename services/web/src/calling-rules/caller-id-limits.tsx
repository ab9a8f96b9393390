import { Plus, X } from "lucide-react";
import { Button } from "@/ui/button";
import { FieldError, Input } from "@/ui/field";
import type { CallerIdValues, LimitsProblems } from "./limits-form";

type CallerIdLimitsProps = {
  value: readonly CallerIdValues[];
  problems: LimitsProblems;
  onChange: (value: CallerIdValues[]) => void;
};

const COLUMNS =
  "grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_2.25rem] gap-2 sm:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)_minmax(0,1fr)_2.25rem]";

/** What bounds the calls from single numbers: carriers allow each number so many. */
export function CallerIdLimits({ value, problems, onChange }: CallerIdLimitsProps) {
  const change = (index: number, changed: Partial<CallerIdValues>) =>
    onChange(value.map((each, at) => (at === index ? { ...each, ...changed } : each)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-sm font-semibold">Single caller IDs</legend>
      <p className="text-xs text-muted">
        Carriers often allow each number so many calls. Campaigns that show the same number share them.
      </p>
      {value.length > 0 && (
        <div aria-hidden className={`${COLUMNS} text-xs font-medium text-muted max-sm:hidden`}>
          <span>Caller ID</span>
          <span>Calls at once</span>
          <span>New calls a second</span>
        </div>
      )}
      {value.map((each, index) => {
        const name = each.callerId || `Caller ID ${index + 1}`;
        const wrong = ["callerId", "atOnce", "perSecond"].flatMap(
          (field) => problems[`callerIds.${index}.${field}`] ?? [],
        );
        const at = (field: string) => problems[`callerIds.${index}.${field}`] !== undefined || undefined;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
          <div key={index}>
            <div className={COLUMNS}>
              <Input
                aria-label={`Caller ID ${index + 1}`}
                aria-invalid={at("callerId")}
                type="tel"
                autoComplete="off"
                placeholder="+1 202 555 0100"
                className="max-sm:col-span-2"
                value={each.callerId}
                onChange={(event) => change(index, { callerId: event.target.value })}
              />
              <Button
                variant="quiet"
                size="icon"
                className="mt-0.5 sm:order-last"
                aria-label={`Remove the limits of ${name}`}
                onClick={() => onChange(value.filter((_, other) => other !== index))}
              >
                <X aria-hidden />
              </Button>
              <Input
                aria-label={`${name}: calls at once`}
                aria-invalid={at("atOnce")}
                inputMode="numeric"
                placeholder="At once"
                value={each.atOnce}
                onChange={(event) => change(index, { atOnce: event.target.value })}
              />
              <Input
                aria-label={`${name}: new calls a second`}
                aria-invalid={at("perSecond")}
                inputMode="numeric"
                placeholder="A second"
                value={each.perSecond}
                onChange={(event) => change(index, { perSecond: event.target.value })}
              />
            </div>
            {wrong.length > 0 && (
              <div className="mt-1.5">
                <FieldError>{[...new Set(wrong)].join(" ")}</FieldError>
              </div>
            )}
          </div>
        );
      })}
      <Button
        size="small"
        className="self-start"
        onClick={() => onChange([...value, { callerId: "", atOnce: "", perSecond: "" }])}
      >
        <Plus aria-hidden /> Add a caller ID
      </Button>
    </fieldset>
  );
}
