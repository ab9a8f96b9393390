import { readWallTime, wallTimeAt } from "@/words/wall-time";

/** The time as it is meant: what clocks in the campaign's zone show, wherever that says which instant. */
export function meantTime(at: number, zone: string): string {
  const wall = wallTimeAt(at, zone);
  const read = readWallTime({ ...wall, zone });
  const isThis = "at" in read && Math.floor(read.at / 60_000) === Math.floor(at / 60_000);
  return isThis ? `${wall.date}T${wall.time}` : new Date(at).toISOString();
}
