import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { amountFault, amountOf, isCharge, signed } from "./ledger";

function entry(amount: string): Schemas["WalletEntry"] {
  const rest = { id: 1, at: "2026-11-26T08:00:00Z", written_off: "0.00", call_id: null, note: null };
  return { ...rest, kind: "call", currency: "USD", amount };
}

describe("an entry's amount", () => {
  it("has a sign that is no hyphen", () => {
    expect(signed(entry("-0.02"))).toMatch(/^−USD.0\.02$/);
    expect(signed(entry("250.00"))).toMatch(/^\+USD.250\.00$/);
    expect(signed(entry("0.00"))).toMatch(/^USD.0\.00$/);
    expect([isCharge(entry("-0.02")), isCharge(entry("0.02"))]).toEqual([true, false]);
  });
});

describe("an amount that somebody typed", () => {
  it("is taken as the API takes it", () => {
    for (const text of ["250", " 250.00 ", "0.000001", "1000000", "250,50", "7,5"])
      expect(amountFault(text)).toBeNull();
  });

  it("may have a comma before the decimals", () => {
    expect([amountOf(" 250,50 "), amountOf("7,5"), amountOf("1.5")]).toEqual(["250.50", "7.5", "1.5"]);
  });

  it("is refused with what to do", () => {
    expect(amountFault("")).toMatch(/how much/);
    expect(amountFault("250,000")).toMatch(/point/);
    for (const text of ["1e3", "-5", "+5", "12.", ".5", "0x10", "1 000", "1.0000001"]) {
      expect(amountFault(text)).toMatch(/digits/);
    }
    expect(amountFault("0.00")).toMatch(/above zero/);
    expect(amountFault("1000000.01")).toMatch(/At most/);
  });
});
