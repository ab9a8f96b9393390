import { expect, it } from "vitest";
import { contactNote } from "./outcomes";

const place = { locale: "en-GB", zone: "Europe/Berlin", now: Date.parse("2026-11-24T11:00:00Z") };
const contact = {
  id: 1,
  phone: "+12025550143",
  name: null,
  fields: {},
  timezone: null,
  status: "waiting" as const,
  attempts: 1,
  next_attempt_at: "2026-11-24T12:00:00.000Z",
  reason: null,
};

it("says why somebody waits, and from when they may be called", () => {
  expect(contactNote(contact, place)).toBe("Again today, 13:00");
  expect(contactNote({ ...contact, reason: "frequency_cap", attempts: 0 }, place)).toBe(
    "Called often enough; may be called again from today, 13:00",
  );
  const outside = "outside the calling window: opens at 08:00 in Berlin (CET)";
  expect(contactNote({ ...contact, reason: outside }, place)).toBe(
    "Outside the calling window: opens at 08:00 in Berlin (CET)",
  );
  expect(contactNote({ ...contact, reason: "an answering machine answered" }, place)).toBe(
    "An answering machine answered, again today, 13:00",
  );
  expect(
    contactNote({ ...contact, status: "skipped", next_attempt_at: null, reason: "removed" }, place),
  ).toBe("Taken off the list");
});
