/** What was typed, kept while the dialog is closed, the page loaded anew, or the session over: for this tab and this person. */

import type { Draft } from "./form";

export type Kept = {
  draft: Draft;
  /** The last attempt to create it: sent again unchanged, it has the same key, and is done once. */
  attempt: Attempt | null;
};
export type Attempt = { body: string; key: string };

const name = (owner: string) => `belltower.draft.${owner}`;

/** What was typed to edit a campaign, and what it was typed over. */
export type KeptEdit = { draft: Draft; before: Draft };

const editName = (owner: string, id: string) => `belltower.edit.${owner}.${id}`;

export function keepEdit(owner: string, id: string, kept: KeptEdit): void {
  try {
    sessionStorage.setItem(editName(owner, id), JSON.stringify(kept));
  } catch {
    // As above: the dialog still has it.
  }
}

export function keptEdit(owner: string, id: string): KeptEdit | null {
  try {
    return JSON.parse(sessionStorage.getItem(editName(owner, id)) ?? "null");
  } catch {
    return null;
  }
}

export function forgetEdit(owner: string, id: string): void {
  sessionStorage.removeItem(editName(owner, id));
}

export function keepDraft(owner: string, kept: Kept): void {
  try {
    sessionStorage.setItem(name(owner), JSON.stringify(kept));
  } catch {
    // The browser has no room for it, or keeps nothing: the dialog still has it.
  }
}

export function keptDraft(owner: string, blank: Draft): Kept | null {
  try {
    const kept: Kept = JSON.parse(sessionStorage.getItem(name(owner)) ?? "null");
    return kept && { draft: { ...blank, ...kept.draft }, attempt: kept.attempt };
  } catch {
    return null;
  }
}

/** Whether somebody began a campaign and has not created it yet. */
export function hasDraft(owner: string): boolean {
  return sessionStorage.getItem(name(owner)) !== null;
}

export function forgetDraft(owner: string): void {
  sessionStorage.removeItem(name(owner));
}
