/** What the address of a campaign's page says: which tab is open, what it is filtered by, and which call is looked at. A number
 * that is searched for is not in it: addresses are kept by browsers and shown to others. */

import type { ContactStatus, Disposition } from "@/api/queries";
import { CONTACT_STATUSES, DISPOSITIONS } from "@/words/outcomes";

export const TABS = ["calls", "contacts", "history", "settings", "errors"] as const;
export type Tab = (typeof TABS)[number];

export type CampaignSearch = {
  tab?: Tab | undefined;
  /** Of the calls. */
  outcome?: Disposition | undefined;
  /** Of the contacts. */
  contacts?: ContactStatus | undefined;
  /** The id of a call. */
  call?: string | undefined;
};

/** Anything else in the address is ignored. */
export function readCampaignSearch(given: Record<string, unknown>): CampaignSearch {
  const tab = TABS.find((each) => each === given.tab);
  const outcome = DISPOSITIONS.find((each) => each === given.outcome);
  const contacts = CONTACT_STATUSES.find((each) => each === given.contacts);
  const call = typeof given.call === "string" && given.call !== "" ? given.call : undefined;
  return {
    ...(tab && tab !== "calls" && { tab }),
    ...(outcome && { outcome }),
    ...(contacts && { contacts }),
    ...(call && { call }),
  };
}
