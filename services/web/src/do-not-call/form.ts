/** What somebody fills in to add numbers, and what the API is sent. Fields have the names that the form of a campaign gives them:
 * both show the same parts. */

import type { Schemas } from "@/api/client";
import { type ChosenFile, entriesOf } from "@/create-campaign/form";
import { usualCountry } from "@/words/countries";

export type AddDraft = {
  source: "typed" | "file";
  numbers: string;
  file: ChosenFile | null;
  country: string;
  note: string;
};

export const LONGEST_NOTE = 200;

export function blankDraft(source: AddDraft["source"] = "typed"): AddDraft {
  return { source, numbers: "", file: null, country: usualCountry(navigator.languages), note: "" };
}

/** What is sent to add the numbers. Those of a file are known by its name, unless something else is noted. */
export function bodyOf({ source, numbers, file, country, note }: AddDraft): Schemas["DoNotCallBatch"] {
  const noted = note.trim();
  if (source === "typed" || file === null)
    return { phone_numbers: numbers, default_country: country, ...(noted && { note: noted }) };
  return {
    import_id: file.id,
    default_country: country,
    ...(file.phoneColumn !== null && { phone_column: file.phoneColumn }),
    note: noted || file.filename.slice(0, LONGEST_NOTE),
  };
}

/** How typed numbers are checked: as a campaign with them would be. Nobody is called by asking. Null: there are none. */
export function checkOf({ source, numbers, country }: AddDraft): Schemas["CampaignPreflight"] | null {
  if (source !== "typed" || entriesOf(numbers).length === 0) return null;
  return {
    phone_numbers: numbers,
    default_country: country,
    welcome_message: "Hello.",
    caller_id: "+12025550100",
  };
}

/** What is missing, or null. */
export function problemOf({ source, numbers, file }: AddDraft): {
  field: "numbers" | "file";
  message: string;
} | null {
  if (source === "typed" && entriesOf(numbers).length === 0)
    return { field: "numbers", message: "Add at least one phone number." };
  if (source === "file" && file === null)
    return { field: "file", message: "Upload a file of phone numbers." };
  return null;
}
