/** What the address of the page says: which calls, of which campaign, and which one is looked at. */

export type UnresolvedSearch = {
  /** Those that were decided about; else those that wait. */
  decided?: true | undefined;
  campaign?: string | undefined;
  call?: string | undefined;
};

/** Anything else in the address is ignored. */
export function readUnresolvedSearch(given: Record<string, unknown>): UnresolvedSearch {
  return {
    ...(given.decided === true && { decided: true as const }),
    ...(typeof given.campaign === "string" && given.campaign !== "" && { campaign: given.campaign }),
    ...(typeof given.call === "string" && given.call !== "" && { call: given.call }),
  };
}
