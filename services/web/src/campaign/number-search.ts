/** What somebody types to find the calls to a number. The API knows whole numbers only. */

/** The number to ask for, or null while it cannot be a whole one: "1415 555 01 23" is +14155550123. */
export function wholeNumber(typed: string): string | null {
  const digits = typed.replace(/\D/g, "");
  if (digits.length < 7 || /[^\d\s+()./-]/.test(typed)) return null;
  if (typed.trim().startsWith("+")) return `+${digits}`;
  if (digits.startsWith("00")) return `+${digits.slice(2)}`;
  return digits.startsWith("0") ? null : `+${digits}`;
}
