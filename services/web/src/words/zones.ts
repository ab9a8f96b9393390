/** Time zones as people look for them: by city, region, offset or the letters on their calendar. */

import { cityOf, offsetOf } from "./moments";
import { currentName } from "./zone-names";

export type Zone = {
  name: string;
  city: string;
  /** "Asia", "America / Argentina". */
  region: string;
  /** "GMT+5:30", at this time of the year. */
  offset: string;
};

/** Letters that people write for zones whose names do not hold them. The first is looked at first. */
const LETTERS: Record<string, readonly string[]> = {
  ist: ["Asia/Kolkata", "Asia/Calcutta", "Asia/Jerusalem", "Europe/Dublin"],
  cet: ["Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome"],
  cest: ["Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome"],
  eet: ["Europe/Athens", "Europe/Helsinki", "Europe/Bucharest"],
  bst: ["Europe/London"],
  wet: ["Europe/Lisbon"],
  est: ["America/New_York", "America/Toronto"],
  edt: ["America/New_York", "America/Toronto"],
  cst: ["America/Chicago", "America/Mexico_City", "Asia/Shanghai"],
  cdt: ["America/Chicago"],
  mst: ["America/Denver", "America/Phoenix"],
  mdt: ["America/Denver"],
  pst: ["America/Los_Angeles"],
  pdt: ["America/Los_Angeles"],
  jst: ["Asia/Tokyo"],
  kst: ["Asia/Seoul"],
  sgt: ["Asia/Singapore"],
  gst: ["Asia/Dubai"],
  pkt: ["Asia/Karachi"],
  aest: ["Australia/Sydney", "Australia/Brisbane"],
  aedt: ["Australia/Sydney"],
  nzst: ["Pacific/Auckland"],
  nzdt: ["Pacific/Auckland"],
};

/** Every zone that the browser knows, UTC and the reader's own among them, with its offset at an instant. */
export function allZones(at: number, own: string): Zone[] {
  const names = [currentName(own), "UTC", ...Intl.supportedValuesOf("timeZone").map(currentName)];
  return [...new Set(names)].map((name) => ({
    name,
    city: cityOf(name),
    region: name.split("/").slice(0, -1).join(" / ").replaceAll("_", " "),
    offset: offsetOf(name, at),
  }));
}

/** The zones that fit what somebody typed, the likeliest first: "new york", "kolkata", "IST", "+5:30", "gmt+1". */
export function findZones(zones: readonly Zone[], text: string): Zone[] {
  const wanted = folded(text);
  if (wanted === "") return [...zones];
  const letters = LETTERS[wanted];
  const offset = offsetWanted(wanted);
  const found = zones.flatMap((zone) => {
    const rank = rankOf(zone, wanted, letters, offset);
    return rank === null ? [] : [{ zone, rank }];
  });
  return found.sort((one, other) => one.rank - other.rank).map(({ zone }) => zone);
}

function rankOf(
  zone: Zone,
  wanted: string,
  letters: readonly string[] | undefined,
  offset: string | null,
): number | null {
  const listed = letters?.indexOf(zone.name) ?? -1;
  if (listed >= 0) return listed;
  const city = folded(zone.city);
  if (city.startsWith(wanted)) return 10;
  if (city.includes(wanted)) return 11;
  if (folded(`${zone.region} ${zone.name}`).includes(wanted)) return 12;
  return offset !== null && zone.offset === offset ? 13 : null;
}

/** "+5:30", "gmt+05:30", "utc-3" and "530" alone are no words; with a sign they are an offset: "GMT+5:30". */
function offsetWanted(text: string): string | null {
  const found = /^(?:gmt|utc)? ?([+-])0?(\d{1,2})(?::?([0-5]\d))?$/.exec(text);
  if (found === null) return null;
  const [, sign, hours, minutes] = found;
  if (Number(hours) === 0 && Number(minutes ?? 0) === 0) return "GMT";
  return `GMT${sign}${Number(hours)}${minutes === undefined || minutes === "00" ? "" : `:${minutes}`}`;
}

function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll(/[_/]/g, " ")
    .replaceAll("−", "-")
    .trim()
    .toLowerCase();
}
