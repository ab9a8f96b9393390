/** What becomes of a start that was missed, in words. */

import type { Campaign } from "@/api/client";
import { span } from "./moments";

/** Seconds that one may choose from. */
const USUAL = ["0", "300", "900", "1800", "3600", "10800", "43200", "86400"];

/** Whether a campaign is paused because nothing ran at its time. */
export function isMissed({
  status,
  status_reason: reason,
}: Pick<Campaign, "status" | "status_reason">): boolean {
  return status === "paused" && reason !== null && reason.startsWith("Missed by ");
}

/** How late a campaign may start; a choice of a program's is among them. */
export function graceChoices(held: string): { value: string; label: string }[] {
  const values = [...new Set([...USUAL, ...(held === "always" ? [] : [held])])];
  return [...values.sort((one, other) => Number(one) - Number(other)), "always"].map((value) => ({
    value,
    label: choice(value),
  }));
}

function choice(grace: string): string {
  if (grace === "always") return "However late";
  return grace === "0" ? "Not late at all" : `Up to ${span(Number(grace))}`;
}

/** "starts up to 1 h late, later it is paused". */
export function graceWords(grace: string): string {
  if (grace === "always") return "it starts however late";
  return grace === "0" ? "it is paused" : `it starts up to ${span(Number(grace))} late, else it is paused`;
}
