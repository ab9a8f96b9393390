import { expect, it } from "vitest";
import type { Call, Schemas } from "@/api/client";
import { testCallWords } from "./test-call";

const call = (status: Call["status"], reason: string | null = null) => ({ status, reason }) as Call;
const test = (given: Partial<Schemas["TestCall"]>): Schemas["TestCall"] => ({
  id: "1",
  phone: "+12025550100",
  message: "Hello.",
  status: "waiting",
  reason: null,
  call: null,
  created_at: "2026-11-24T00:00:00.000Z",
  ...given,
});

it("follows a call to its end", () => {
  const said = (given: Partial<Schemas["TestCall"]>) => testCallWords(test(given));
  expect(said({})).toEqual({ tone: "blue", text: "Calling +12025550100 now.", isOver: false });
  expect(said({ status: "calling", call: call("ringing") }).text).toBe("+12025550100 is ringing.");
  expect(said({ status: "reached", call: call("completed") })).toMatchObject({ tone: "green", isOver: true });
  expect(said({ status: "unreached", call: call("busy") }).text).toContain("was busy");
  expect(said({ status: "unreached", call: call("failed", "no_route") }).text).toBe(
    "+12025550100 could not be rung. No route.",
  );
  expect(said({ status: "skipped", reason: "do_not_call" }).text).toBe(
    "+12025550100 was not rung. The number is on the do-not-call list.",
  );
});
