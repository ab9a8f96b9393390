/** The places in a message that each contact fills with a value of its own: `{{field}}` or `{{field|fallback}}`. */

const PLACEHOLDER = /\{\{[^{}]+\}\}/g;

export type Part = { text: string; isPlaceholder: boolean };

/** A message in parts, so that its placeholders can be shown as such. */
export function partsOf(message: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of message.matchAll(PLACEHOLDER)) {
    if (found.index > end) parts.push({ text: message.slice(end, found.index), isPlaceholder: false });
    parts.push({ text: found[0], isPlaceholder: true });
    end = found.index + found[0].length;
  }
  if (end < message.length) parts.push({ text: message.slice(end), isPlaceholder: false });
  return parts;
}

/** A message with something put where the cursor is, apart from the words around it, and where the cursor comes to stand. */
export function inserted(
  message: string,
  placeholder: string,
  start: number,
  end: number,
): { message: string; cursor: number } {
  const before = message.slice(0, start);
  const after = message.slice(end);
  const gap = /[\p{L}\p{N}.,;:!?}]$/u.test(before) ? " " : "";
  const next = /^[\p{L}\p{N}{]/u.test(after) ? " " : "";
  const put = `${before}${gap}${placeholder}`;
  return { message: `${put}${next}${after}`, cursor: put.length };
}

/** Placeholders for fields; no braces or bars can stand in a name. */
export function placeholderFor(field: string): string {
  return `{{${field.replaceAll(/[{}|]/g, " ").trim()}}}`;
}
