/** Whom to call: numbers that are typed, or a file. */

import type { UseQueryResult } from "@tanstack/react-query";
import { FileSpreadsheet, Keyboard } from "lucide-react";
import { useMemo } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import type { Schemas } from "@/api/client";
import { Field, Select } from "@/ui/field";
import { Toggle } from "@/ui/toggle";
import { countries } from "@/words/countries";
import { FileField } from "./file-field";
import type { Draft } from "./form";
import { Section } from "./section";
import { TypedNumbers } from "./typed-numbers";

type PeopleFieldsProps = {
  forecast: UseQueryResult<Schemas["CampaignForecast"]>;
  analysis: UseQueryResult<Schemas["ContactImport"]>;
  /** Whether the answers are about what is typed now. */
  isCurrent: boolean;
};

export function PeopleFields({ forecast, analysis, isCurrent }: PeopleFieldsProps) {
  const { setValue, control, clearErrors } = useFormContext<Draft>();
  const source = useWatch({ control, name: "source" });
  return (
    <Section title="Whom to call">
      <Toggle
        label="Where the numbers come from"
        value={source}
        onChange={(chosen) => {
          setValue("source", chosen, { shouldDirty: true });
          clearErrors(["numbers", "file"]);
        }}
        choices={[
          { value: "typed", label: "Type numbers", icon: Keyboard },
          { value: "file", label: "Upload a file", icon: FileSpreadsheet },
        ]}
      />
      {source === "typed" ? (
        <>
          <TypedNumbers forecast={forecast} isCurrent={isCurrent} />
          <Country />
        </>
      ) : (
        <>
          <Country />
          <FileField analysis={analysis} />
        </>
      )}
    </Section>
  );
}

export function Country() {
  const { register, formState } = useFormContext<Draft>();
  const all = useMemo(countries, []);
  return (
    <Field
      label="Country of numbers without a country code"
      error={formState.errors.country?.message}
      className="sm:max-w-80"
    >
      {(wiring) => (
        <Select {...wiring} {...register("country")} autoComplete="country">
          {all.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
