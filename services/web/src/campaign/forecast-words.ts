/** A forecast as a person says it. */

import { clockTime, type Place, span } from "@/words/moments";
import type { Forecast } from "./forecast";

/** Narrower than this, minutes would hide the range. Milliseconds. */
const NARROW = 150_000;

/** "14:02 to 14:06", and "in 12 to 16 min". */
export function forecastWords({ from, to }: Forecast, place: Place): { range: string; distance: string } {
  const format = new Intl.DateTimeFormat(place.locale, {
    timeZone: place.zone,
    hour: "numeric",
    minute: "2-digit",
    ...(to - place.now > 20 * 3_600_000 ? { weekday: "short", day: "numeric", month: "short" } : {}),
  });
  const say = to - from < NARROW ? (at: number) => clockTime(at, place) : (at: number) => format.format(at);
  const [first, last] = [say(from), say(to)];
  const [soon, late] = [span((from - place.now) / 1000), span((to - place.now) / 1000)];
  return {
    range: first === last ? `about ${first}` : `${first} to ${last}`,
    distance: soon === late ? `in ${soon}` : `in ${shortened(soon, late)}`,
  };
}

/** "12 to 16 min": one unit says it for both. */
function shortened(soon: string, late: string): string {
  const [, number, unit] = /^(\d+) (\S+)$/.exec(soon) ?? [];
  return number !== undefined && new RegExp(`^\\d+ ${unit}$`).test(late)
    ? `${number} to ${late}`
    : `${soon} to ${late}`;
}
