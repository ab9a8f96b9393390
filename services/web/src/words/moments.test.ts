import { expect, it } from "vitest";
import { ago, type Place } from "./moments";

const NOW = Date.parse("2026-11-24T10:00:00Z");
const place: Place = { locale: "en-GB", zone: "UTC", now: NOW };

it("says of what happened that it is past, though our clock be slow", () => {
  expect(ago(NOW + 4_000, place)).toBe("now");
  expect(ago("2026-11-24T09:58:00Z", place)).toBe("2 minutes ago");
});
