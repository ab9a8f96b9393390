import { expect, test } from "vitest";
import { callerOf, callerPlace, callerProblems, callerWords, valuesOfCaller } from "./caller-form";

test("what is shown is what is sent, and nothing is null", () => {
  const caller = { caller_id: "+14155550100", voice_agent: "wss://agent.example.com/calls" };
  expect(callerOf(valuesOfCaller(caller))).toEqual(caller);
  const nobody = { caller_id: null, voice_agent: null };
  expect(valuesOfCaller(nobody)).toEqual({ callerId: "", voiceAgent: "" });
  expect(callerOf({ callerId: " ", voiceAgent: "" })).toEqual(nobody);
});

test("an agent's address begins with wss://", () => {
  expect(callerProblems({ callerId: "", voiceAgent: "https://agent.example.com" })).toHaveProperty(
    "voiceAgent",
  );
  expect(callerProblems({ callerId: "", voiceAgent: " wss://agent.example.com " })).toEqual({});
  expect(callerProblems({ callerId: "", voiceAgent: "" })).toEqual({});
});

test("what the API finds stands at its field", () => {
  expect([callerPlace("/caller_id"), callerPlace("/voice_agent"), callerPlace("")]).toEqual([
    "callerId",
    "voiceAgent",
    null,
  ]);
});

test("it is said who calls", () => {
  expect(callerWords({ caller_id: null, voice_agent: null })).toEqual([
    "Each campaign names the number that people see.",
    "People hear the message of the campaign.",
  ]);
  expect(callerWords({ caller_id: "+14155550100", voice_agent: "wss://a.example" }).join(" ")).toContain(
    "wss://a.example speaks with people",
  );
});
