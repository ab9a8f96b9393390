/** What is said of messages between scheduler and dialers that came to nothing. */

import type { Schemas } from "@/api/client";
import type { Tone } from "./status";

type Letter = Schemas["DeadLetter"];
type Words = { title: string; meaning: string; tone: Tone };

const REASON: Record<Letter["reason"], Words> = {
  undecodable: {
    title: "Could not be read",
    meaning: "No dialer understood it: it is not Belltower's, or of a version that is gone. Discard it.",
    tone: "orange",
  },
  failed: {
    title: "Campaign could not be taken over",
    meaning:
      "A dialer failed whenever it took this campaign over. After three failures in a row the campaign is paused with the reason; once that is mended, resume it.",
    tone: "red",
  },
  redelivered: {
    title: "Never confirmed",
    meaning:
      "It was handed to dialers again and again, and none confirmed it: they were lost, or cut off. Sending it again does no harm.",
    tone: "yellow",
  },
  rejected: {
    title: "Dropped by the broker",
    meaning: "A dialer refused it, or its queue was full or deleted. Sending it again does no harm.",
    tone: "grey",
  },
};

/** Why it came to nothing, and what that means. */
export function reasonWords({ reason }: Pick<Letter, "reason">): Words {
  return REASON[reason];
}

/** "came once", "came 3 times". */
export function timesWords(times: number): string {
  return times === 1 ? "came once" : times === 2 ? "came twice" : `came ${times} times`;
}

/** "74 bytes", "68 kB". */
export function sizeWords(bytes: number): string {
  return bytes === 1 ? "1 byte" : bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`;
}

/** Where it came from, in short. */
export function originWords({
  publisher,
  reported_by: dialer,
}: Pick<Letter, "publisher" | "reported_by">): string {
  const from = publisher === null ? "from somebody unknown" : `from ${publisher}`;
  return dialer === null ? `${from}, given up by the broker` : `${from}, given up by ${dialer}`;
}
