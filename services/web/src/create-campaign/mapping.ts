/** What the columns of a file become, and how somebody changes that. */

import type { Schemas } from "@/api/client";
import { placeholderFor } from "@/words/placeholders";
import type { ChosenFile } from "./form";

type Column = Schemas["ImportColumn"];
export type Use = Column["used_as"];

/** The file with one of its columns used otherwise. What the API found out stays wherever nothing else is said. */
export function mapped(file: ChosenFile, column: Column, use: Use): ChosenFile {
  const { [column.title]: _, ...others } = file.columns;
  if (use === "phone") return { ...file, phoneColumn: column.title, columns: others };
  const phoneColumn = file.phoneColumn === column.title ? null : file.phoneColumn;
  if (use === "name" || use === "timezone") {
    const kept = Object.entries(others).filter(([, target]) => target !== use); // there is one name, and one time zone
    return { ...file, phoneColumn, columns: { ...Object.fromEntries(kept), [column.title]: use } };
  }
  const target = use === "nothing" ? null : fieldFor(column.title);
  return { ...file, phoneColumn, columns: { ...others, [column.title]: target } };
}

/** The uses that a column can be given. A column of numbers is left by choosing another. */
export function usesFor(column: Column): readonly Use[] {
  return column.used_as === "phone" ? ["phone"] : ["phone", "name", "timezone", "field", "nothing"];
}

/** What a use is called. */
export function nameOfUse(use: Use, title: string): string {
  switch (use) {
    case "phone":
      return "Phone number";
    case "name":
      return "Name";
    case "timezone":
      return "Time zone";
    case "field":
      return `Field ${placeholderFor(title)}`;
    case "nothing":
      return "Leave out";
  }
}

/** The placeholders that a file's columns, or nothing but numbers, can fill; and those of a list that there is. */
export function placeholdersOf(columns: readonly Column[], listed: readonly string[] = []): string[] {
  const fields = columns.flatMap(({ field }) => (field === null ? [] : [field]));
  return [...new Set(["name", ...listed, ...fields])].map(placeholderFor);
}

const OWN = new Set(["name", "phone", "timezone", "time_zone", "tz"]);

/** A column called `name`, `phone` or `timezone` that is to be a field needs another name: those are the contact's own. */
function fieldFor(title: string): string {
  const key = title
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  return OWN.has(key) ? `${title} 2` : title;
}
