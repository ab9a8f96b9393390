/** What the parts of the form know of the campaign that is edited. */

import { createContext, useContext } from "react";
import type { Schemas } from "@/api/client";

export type EditedCampaign = {
  id: string;
  /** It calls at its time, or not until it is resumed. */
  status: "scheduled" | "paused";
  /** Its time is past, and stays. */
  hasBegun: boolean;
  /** How many are on its list, and how many of them are still to be called. */
  total: number;
  waiting: number;
  /** What its contacts have for placeholders. */
  fields: readonly string[];
  /** The first of those whom it will call. */
  sample: readonly Schemas["ImportContact"][] | undefined;
};

export const EditedCampaign = createContext<EditedCampaign | null>(null);

/** Null: a campaign is created. */
export function useEdited(): EditedCampaign | null {
  return useContext(EditedCampaign);
}
