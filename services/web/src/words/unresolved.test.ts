import { expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import {
  aftermath,
  decidedWords,
  decisionQuestion,
  heldBy,
  lookNotes,
  lookWords,
  needDecision,
  requestWords,
} from "./unresolved";

const place = { locale: "en-GB", zone: "UTC", now: Date.parse("2030-05-17T08:00:00Z") };

const look: Schemas["CarrierLook"] = {
  first_at: "2030-05-17T07:31:00Z",
  last_at: "2030-05-17T07:41:30Z",
  times: 3,
  asked: "list",
  result: "in_doubt",
  calls: [
    {
      carrier_call_id: "CA1",
      status: "completed",
      created_at: "2030-05-17T07:30:02Z",
      duration: 23,
      taken: false,
    },
    {
      carrier_call_id: "CA2",
      status: "busy",
      created_at: "2030-05-17T07:30:03Z",
      duration: null,
      taken: true,
    },
  ],
  other_calls_in_doubt: 1,
  error: null,
};

const call = {
  status: "unknown",
  decision: null,
  hold: "0.20",
  currency: "USD",
} as Schemas["UnknownCallDetail"];

it("says how many need a decision", () => {
  expect(needDecision(1)).toBe("1 call needs a decision");
  expect(needDecision(1200)).toBe("1,200 calls need a decision");
});

it("warns before a redial that they may have been rung", () => {
  const { title, text, consequence } = decisionQuestion("redial", 1, "USD 0.20");
  expect(title).toBe("Redial 1 person?");
  expect(text).toBe("This person may have been rung already: the carrier cannot say.");
  expect(consequence).toMatch(/^A new campaign, linked to the call’s own, calls them now.*USD 0.20/);
  expect(decisionQuestion("give_up", 3, "USD 0.60").title).toBe("Give up 3 calls?");
});

it("says what came of it", () => {
  expect(decidedWords("redial", 2, 0)).toBe("2 people are called again.");
  expect(decidedWords("give_up", 1, 2)).toBe("1 call given up, 2 calls were left as they were.");
  expect(decidedWords("redial", 0, 1)).toBe("1 call was left as it was.");
});

it("adds up what is set aside without losing a part of a cent", () => {
  expect(heldBy([call, { ...call, hold: "0.100001" }])).toMatch(/USD.0\.300001/);
});

it("says what is known of the request", () => {
  const request = {
    ring_timeout: 30,
    time_limit: 600,
    send_by: "2030-05-17T07:30:02Z",
    ended_at: null,
    result: null,
  };
  expect(requestWords({ ...call, carrier_call_id: null, request })).toMatch(/cut off/);
  const answered = { ...request, ended_at: "2030-05-17T07:30:01Z", result: "the carrier answered 500" };
  expect(requestWords({ ...call, carrier_call_id: null, request: answered })).toBe(
    "It cannot be said whether the call was placed: the carrier answered 500.",
  );
  expect(requestWords({ ...call, carrier_call_id: "CA1", request: answered })).toMatch(/took it/);
});

it("says what was found", () => {
  expect(lookWords(look)).toBe("The carrier lists a call that may be this one");
  expect(lookWords({ ...look, calls: [] })).toBe("The carrier lists no such call");
  expect(lookWords({ ...look, asked: "call", calls: [] })).toBe(
    "The carrier does not know the call any more",
  );
  expect(lookNotes(look, place)).toEqual([
    "Answered, 23 s, created 07:30:02",
    "Busy, created 07:30:03: another call of yours",
    "1 other call of yours to this number in doubt as well",
    "Seen 3 times until 07:41:30",
  ]);
  const silent: Schemas["CarrierLook"] = {
    ...look,
    result: "carrier_unavailable",
    calls: null,
    times: 1,
    other_calls_in_doubt: null,
    error: "It answered 503.",
  };
  expect([lookWords(silent), lookNotes(silent, place)]).toEqual([
    "The carrier did not answer",
    ["It answered 503."],
  ]);
});

it("says what came of a decision", () => {
  const redialled = (status: Schemas["CallStatus"], contact: Schemas["ContactStatus"]) =>
    aftermath({
      ...call,
      status,
      decision: { decision: "redial", contact_status: contact } as Schemas["DecisionMade"],
    });
  expect(redialled("unknown", "reached")).toBe("Reached when called again.");
  expect(redialled("completed", "skipped")).toBe(
    "The first call had reached them, so they are not called again.",
  );
  expect(redialled("no_answer", "waiting")).toBe("The carrier reported since: no answer.");
  expect(aftermath({ ...call, decision: { decision: "give_up" } as Schemas["DecisionMade"] })).toBe(
    "Nobody calls them again.",
  );
  expect(aftermath(call)).toBeNull();
});
