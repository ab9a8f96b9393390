/** Who calls for the account: values of the form, what is wrong with them, and what is sent. */

import type { Schemas } from "@/api/client";

type Caller = Schemas["Caller"];

export type CallerValues = {
  /** Empty: each campaign names its own. */
  callerId: string;
  /** Empty: the message is spoken. */
  voiceAgent: string;
};
export type CallerProblems = Partial<Record<keyof CallerValues, string>>;

export function valuesOfCaller(caller: Caller): CallerValues {
  return { callerId: caller.caller_id ?? "", voiceAgent: caller.voice_agent ?? "" };
}

export function callerProblems({ voiceAgent }: CallerValues): CallerProblems {
  const address = voiceAgent.trim();
  return address === "" || address.startsWith("wss://")
    ? {}
    : { voiceAgent: "The address of a voice agent begins with wss://" };
}

export function callerOf({ callerId, voiceAgent }: CallerValues): Caller {
  return { caller_id: callerId.trim() || null, voice_agent: voiceAgent.trim() || null };
}

/** Where in the form the API found something. */
export function callerPlace(pointer: string): keyof CallerValues | null {
  return pointer === "/caller_id" ? "callerId" : pointer === "/voice_agent" ? "voiceAgent" : null;
}

/** Who calls, in sentences. */
export function callerWords({ caller_id: number, voice_agent: agent }: Caller): string[] {
  return [
    number
      ? `People see ${number} when a campaign names no number of its own.`
      : "Each campaign names the number that people see.",
    agent
      ? `${agent} speaks with people, instead of the message.`
      : "People hear the message of the campaign.",
  ];
}
