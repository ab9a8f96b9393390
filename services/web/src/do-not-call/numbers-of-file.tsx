import { useFormContext, useWatch } from "react-hook-form";
import { Counts } from "@/create-campaign/counts";
import { type FileContentsProps, rejectedAddress } from "@/create-campaign/file-contents";
import { RejectedList } from "@/create-campaign/rejected-list";
import { Field, Select } from "@/ui/field";
import type { AddDraft } from "./form";

/** What is in a file of numbers: how many, in which column, and what is left out. */
export function NumbersOfFile({ file, found, onChange }: FileContentsProps) {
  const { control } = useFormContext<AddDraft>();
  const country = useWatch({ control, name: "country" });
  const first = found.sample.slice(0, 3).map(({ phone }) => phone);
  return (
    <div className="flex flex-col gap-3">
      <Counts valid={found.contacts} invalid={found.rejected.count} duplicate={found.duplicates} />
      {found.columns.length > 1 && (
        <Field label="Column of numbers" hint={first.length > 0 && `Read as ${first.join(", ")}`}>
          {(wiring) => (
            <Select
              {...wiring}
              value={found.phone_column ?? ""}
              onChange={(event) => onChange({ ...file, phoneColumn: event.target.value })}
            >
              {found.columns.map(({ title, samples }) => (
                <option key={title} value={title}>
                  {samples.length > 0 ? `${title} (${samples[0]} …)` : title}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <RejectedList rejected={found.rejected} place="Line" download={rejectedAddress(file, country)} />
    </div>
  );
}
