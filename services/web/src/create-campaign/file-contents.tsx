import { useFormContext, useWatch } from "react-hook-form";
import type { Schemas } from "@/api/client";
import { importParameters } from "@/api/queries";
import { Select } from "@/ui/field";
import { Counts } from "./counts";
import { type ChosenFile, type Draft, readingOf } from "./form";
import { mapped, nameOfUse, type Use, usesFor } from "./mapping";
import { RejectedList } from "./rejected-list";

export type FileContentsProps = {
  file: ChosenFile;
  found: Schemas["ContactImport"];
  onChange: (file: ChosenFile) => void;
};

/** What is in a file: how many can be called, what its columns become, who comes first, and what is left out. */
export function FileContents({ file, found, onChange }: FileContentsProps) {
  const { control } = useFormContext<Draft>();
  const country = useWatch({ control, name: "country" });
  return (
    <div className="flex flex-col gap-3">
      <Counts valid={found.contacts} invalid={found.rejected.count} duplicate={found.duplicates} />
      {found.columns.length > 0 && <Columns file={file} columns={found.columns} onChange={onChange} />}
      <FirstPeople sample={found.sample} />
      <RejectedList rejected={found.rejected} place="Line" download={rejectedAddress(file, country)} />
    </div>
  );
}

function Columns({
  file,
  columns,
  onChange,
}: {
  file: ChosenFile;
  columns: readonly Schemas["ImportColumn"][];
  onChange: (file: ChosenFile) => void;
}) {
  return (
    <div className="rounded-lg border">
      <h4 className="border-b px-3 py-2 text-xs font-semibold text-muted">What the columns are</h4>
      <ul className="max-h-80 divide-y overflow-y-auto">
        {columns.map((column) => (
          <li key={column.title} className="flex gap-x-3 gap-y-1.5 px-3 py-2 max-sm:flex-col sm:items-center">
            <div className="min-w-0 sm:flex-1">
              <p className="truncate text-sm font-medium" title={column.title}>
                {column.title}
              </p>
              <p className="truncate text-xs text-muted">{column.samples.join(", ") || "empty"}</p>
            </div>
            <Select
              aria-label={`What ${column.title} is`}
              className="h-9 shrink-0 sm:w-44"
              value={column.used_as}
              onChange={(event) => onChange(mapped(file, column, event.target.value as Use))}
            >
              {usesFor(column).map((use) => (
                <option key={use} value={use}>
                  {nameOfUse(use, column.field ?? column.title)}
                </option>
              ))}
            </Select>
          </li>
        ))}
      </ul>
    </div>
  );
}

const ROWS = 5;
const FIELDS = 4;

function FirstPeople({ sample }: { sample: readonly Schemas["ImportContact"][] }) {
  const first = sample.slice(0, ROWS);
  if (first.length === 0) return null;
  const fields = [...new Set(first.flatMap((contact) => Object.keys(contact.fields)))].slice(0, FIELDS);
  const hasNames = first.some(({ name }) => name !== null);
  return (
    <section
      className="overflow-x-auto rounded-lg border"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
      tabIndex={0}
      aria-label="The first people"
    >
      <table className="w-full text-left text-xs">
        <thead className="border-b text-muted">
          <tr>
            <Title>Phone</Title>
            {hasNames && <Title>Name</Title>}
            {fields.map((field) => (
              <Title key={field}>{field}</Title>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {first.map((contact) => (
            <tr key={contact.phone}>
              <td className="px-3 py-1.5 font-mono whitespace-nowrap">{contact.phone}</td>
              {hasNames && <td className="max-w-40 truncate px-3 py-1.5">{contact.name}</td>}
              {fields.map((field) => (
                <td key={field} className="max-w-40 truncate px-3 py-1.5">
                  {contact.fields[field]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Title({ children }: { children: string }) {
  return (
    <th scope="col" className="max-w-40 truncate px-3 py-2 font-semibold">
      {children}
    </th>
  );
}

/** Where all rows can be downloaded that would be left out of a file. */
export function rejectedAddress(file: ChosenFile, country: string): string {
  const given = Object.entries(importParameters(readingOf(file, country)));
  const query = new URLSearchParams(given.flatMap(([name, value]) => (value ? [[name, value]] : [])));
  return `/api/imports/${file.id}/rejected/download?${query}`;
}
