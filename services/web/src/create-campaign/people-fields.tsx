/** Whom to call: numbers that are typed, or a file. */

import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileSpreadsheet, Keyboard, Replace, UserPlus, Users } from "lucide-react";
import { useMemo } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import type { Schemas } from "@/api/client";
import { Field, Select } from "@/ui/field";
import { Toggle } from "@/ui/toggle";
import { countries } from "@/words/countries";
import { listWords } from "@/words/edit";
import { type EditedCampaign, useEdited } from "./edited-campaign";
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

export function PeopleFields(props: PeopleFieldsProps) {
  const { control } = useFormContext<Draft>();
  const list = useWatch({ control, name: "list" });
  const edited = useEdited();
  return (
    <Section title="Whom to call">
      {edited && <ListChoice edited={edited} />}
      {list !== "keep" && <Numbers {...props} />}
    </Section>
  );
}

/** What becomes of the list that there is. */
function ListChoice({ edited }: { edited: EditedCampaign }) {
  const { setValue, control, clearErrors } = useFormContext<Draft>();
  const list = useWatch({ control, name: "list" });
  return (
    <>
      <Toggle
        label="What becomes of the list"
        className="grid-cols-1 sm:grid-cols-3"
        value={list}
        onChange={(chosen) => {
          setValue("list", chosen, { shouldDirty: true });
          clearErrors(["numbers", "file"]);
        }}
        choices={[
          { value: "keep", label: "Keep the list", icon: Users },
          { value: "add", label: "Add people", icon: UserPlus },
          { value: "replace", label: "Replace the list", icon: Replace },
        ]}
      />
      <p className="text-sm text-muted">
        {listWords(list, edited)}
        {list === "keep" && (
          <>
            {" "}
            To take somebody off it, see{" "}
            <Link
              to="/campaigns/$campaignId"
              params={{ campaignId: edited.id }}
              search={{ tab: "contacts" }}
              className="underline underline-offset-2 hover:text-ink"
            >
              its contacts
            </Link>
            .
          </>
        )}
      </p>
    </>
  );
}

function Numbers({ forecast, analysis, isCurrent }: PeopleFieldsProps) {
  const { setValue, control, clearErrors } = useFormContext<Draft>();
  const source = useWatch({ control, name: "source" });
  return (
    <>
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
    </>
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
