/** Money and counts as a person reads them. */

const counts = new Intl.NumberFormat();

/** "1,914". */
export function count(number: number): string {
  return counts.format(number);
}

/** "1 person", "1,914 people". */
export function counted(number: number, one: string, many: string = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** "USD 61.20": the API's decimal string in the currency's usual decimals; a smaller part is shown, never rounded away. */
export function money(amount: string, currency: string): string {
  const usual =
    new Intl.NumberFormat(undefined, { style: "currency", currency }).resolvedOptions()
      .maximumFractionDigits ?? 2;
  const decimals = amount.replace(/0+$/, "").split(".")[1]?.length ?? 0;
  const exact = new Intl.NumberFormat(undefined, {
    style: "currency",
    currency,
    currencyDisplay: "code",
    minimumFractionDigits: usual,
    maximumFractionDigits: Math.max(usual, Math.min(decimals, 6)),
  });
  return exact.format(amount as Intl.StringNumericLiteral).replaceAll(" ", " ");
}

/** Whether a decimal string is below another; neither is made a binary fraction before it must be. */
export function isLess(amount: string, other: string): boolean {
  return Number(amount) < Number(other);
}

/** "37 %". */
export function percent(share: number): string {
  return new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** A size of a file: "3.2 MB". */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
