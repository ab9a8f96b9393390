/** What becomes of a test call, in a sentence. */

import type { Schemas } from "@/api/client";
import { isLive } from "./outcomes";
import type { Tone } from "./status";

type TestCall = Schemas["TestCall"];

export function testCallWords(test: TestCall): { tone: Tone; text: string; isOver: boolean } {
  const { call, phone } = test;
  if (call === null || isLive(call)) {
    if (test.status === "skipped" || test.status === "expired" || test.status === "unreached")
      return { tone: "red", text: `${phone} was not rung. ${reasonOf(test)}`.trim(), isOver: true };
    return { tone: "blue", text: liveWords(call, phone), isOver: false };
  }
  switch (call.status) {
    case "completed":
      return { tone: "green", text: `${phone} answered and heard the message.`, isOver: true };
    case "busy":
      return { tone: "yellow", text: `${phone} was busy. Try again in a moment.`, isOver: true };
    case "no_answer":
      return { tone: "orange", text: `Nobody answered at ${phone}.`, isOver: true };
    case "unknown":
      return { tone: "purple", text: `The carrier cannot say whether ${phone} rang.`, isOver: true };
    default:
      return { tone: "red", text: `${phone} could not be rung. ${reasonOf(test)}`.trim(), isOver: true };
  }
}

function liveWords(call: TestCall["call"], phone: string): string {
  if (call?.status === "ringing") return `${phone} is ringing.`;
  if (call?.status === "in_progress") return `${phone} answered and hears the message.`;
  return `Calling ${phone} now.`;
}

function reasonOf({ reason, call }: TestCall): string {
  const said = call?.reason ?? reason;
  if (!said) return "";
  if (said === "do_not_call") return "The number is on the do-not-call list.";
  const text = said.replaceAll("_", " ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
