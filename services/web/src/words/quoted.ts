/** Characters of a name that are shown in a sentence at most. */
const LONGEST = 60;

/** What turns the direction of all that follows it, and the blocks of letters that run from right to left (UAX #9). */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
const LEFTWARD = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name that somebody gave, in a sentence of ours: in quotes, not too long, and turning nothing but itself when it is written
 * from right to left. */
export function quoted(name: string): string {
  const letters = [...name.replaceAll(TURNS, "")];
  const shown = letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : letters.join("");
  return LEFTWARD.test(shown) ? `“\u2068${shown}\u2069”` : `“${shown}”`;
}
