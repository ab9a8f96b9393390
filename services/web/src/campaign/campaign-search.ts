/** What the address of a campaign's page says: which tab is open, what it is filtered by, and whose call is looked at. */

import type { ContactStatus, Disposition } from "@/api/queries";
import { CONTACT_STATUSES, DISPOSITIONS } from "@/words/outcomes";

export const TABS = ["calls", "contacts", "history", "settings", "errors"] as const;
export type Tab = (typeof TABS)[number];

export type CampaignSearch = {
  tab?: Tab | undefined;
  /** Of the calls. */
  outcome?: Disposition | undefined;
  number?: string | undefined;
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
  // A number without its + is read as one by the router.
  const number = given.number === undefined || given.number === "" ? undefined : String(given.number);
  const call = typeof given.call === "string" && given.call !== "" ? given.call : undefined;
  return {
    ...(tab && tab !== "calls" && { tab }),
    ...(outcome && { outcome }),
    ...(number && { number }),
    ...(contacts && { contacts }),
    ...(call && { call }),
  };
}
