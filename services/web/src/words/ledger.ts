/** The wallet's entries in words, and the amounts that people type. */

import type { Schemas } from "@/api/client";
import { isLess, money } from "./amounts";

type Entry = Schemas["WalletEntry"];

export const KIND_WORD: Record<Entry["kind"], string> = {
  top_up: "Top-up",
  call: "Call",
  correction: "Correction",
};

/** Whether an entry took money out of the wallet. */
export function isCharge(entry: Entry): boolean {
  return isLess(entry.amount, "0");
}

/** "+USD 250.00", "−USD 0.02": with its sign, and a real minus. */
export function signed(entry: Entry): string {
  const amount = money(entry.amount.replace(/^-/, ""), entry.currency);
  return Number(entry.amount) === 0 ? amount : `${isCharge(entry) ? "−" : "+"}${amount}`;
}

/** An amount as the API takes it: "250,50" is 250.50 for many, and can mean nothing else. */
export function amountOf(text: string): string {
  return text.trim().replace(/^(\d+),(\d{1,2})$/, "$1.$2");
}

/** What is wrong with an amount that somebody typed; null: nothing. The API's own rule. */
export function amountFault(text: string): string | null {
  const amount = amountOf(text);
  if (amount === "") return "Say how much.";
  if (/^\d+,\d+$/.test(amount)) return "Write a point before the decimals, such as 250.00.";
  if (!/^\d{1,7}(\.\d{1,6})?$/.test(amount)) return "Write digits, and a point before the decimals: 250.00.";
  if (Number(amount) === 0) return "An amount above zero is needed.";
  if (isLess("1000000", amount)) return "At most 1,000,000 can be added at once.";
  return null;
}
