/** Characters of a name that are shown in a sentence at most. */
const LONGEST = 60;

/** Those that turn the direction of what follows, beyond the name that holds them (UAX #9). */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A name that somebody gave, in a sentence of ours: in quotes, not too long, and turning nothing but itself when it is written
 * from right to left. */
export function quoted(name: string): string {
  const letters = [...name.replaceAll(TURNS, "")];
  const shown = letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : letters.join("");
  return `“\u2068${shown}\u2069”`;
}
