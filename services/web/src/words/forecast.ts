/** What a campaign will do, said before it does it. */

import type { Schemas } from "@/api/client";
import { count, counted, money } from "./amounts";
import { cityOf, moment, type Place, showSameTime, span } from "./moments";
import { openingWords } from "./opening";

type Forecast = Schemas["CampaignForecast"];

/** "Calls 1,914 people now, about USD 61.20"; "Calls 46 people now, 70 wait until 08:00 in Berlin, about USD 3.70". `zone`: that of
 * a scheduled start; null: it starts now; "unknown": nobody has said yet when. */
export function forecastWords(forecast: Forecast, zone: string | null, place: Place): string {
  const cost = `about ${money(forecast.estimated_cost, forecast.currency)}`;
  if (forecast.will_be_called === 0) return "Nobody on this list can be called";
  const people = counted(forecast.will_be_called, "person", "people");
  if (zone === "unknown") return `Calls ${people}, ${cost}`;
  const start = startWords(forecast.starts_at, zone, place);
  const { calling_window: window } = forecast;
  const [first] = window?.waits ?? [];
  if (!window || window.waiting === 0 || first === undefined) return `Calls ${people} ${start}, ${cost}`;
  const until = `until ${openingWords(first.opens_at, first.timezone, place)}`;
  const later = window.waits.length > 1 ? " or later" : "";
  if (window.at_start === 0)
    return `Nobody can be called ${start}: ${counted(window.waiting, "person waits", "people wait")} ${until}${later}, ${cost}`;
  const now = counted(window.at_start, "person", "people");
  return `Calls ${now} ${start}, ${counted(window.waiting, "waits", "wait")} ${until}${later}, ${cost}`;
}

function startWords(at: string, zone: string | null, place: Place): string {
  if (zone === null) return "now";
  const said = moment(at, place, zone);
  return showSameTime(zone, place.zone, Date.parse(at)) ? said : `${said} in ${cityOf(zone)}`;
}

/** Openings that are said one by one. */
const OPENINGS = 4;

/** More about it: who waits where, who is left out and why, how long it takes. */
export function forecastDetails(forecast: Forecast, place: Place): string[] {
  const said: string[] = [];
  const { skipped } = forecast;
  const waits = forecast.calling_window?.waits ?? [];
  if (waits.length > 1) {
    for (const { contacts, opens_at, timezone } of waits.slice(0, OPENINGS))
      said.push(`${count(contacts)} until ${openingWords(opens_at, timezone, place)}`);
    if (waits.length > OPENINGS) said.push("others later");
  }
  if (forecast.will_be_called > 0 && forecast.estimated_duration > 0)
    said.push(`takes about ${span(forecast.estimated_duration)}`);
  if (skipped.do_not_call > 0)
    said.push(`${counted(skipped.do_not_call, "person", "people")} on the do-not-call list left out`);
  if (skipped.unknown_time_zone > 0)
    said.push(`${counted(skipped.unknown_time_zone, "number")} left out: nobody knows what time it is there`);
  if (skipped.window_never_opens > 0)
    said.push(
      `${counted(skipped.window_never_opens, "person", "people")} never called: no hours of theirs come before it ends`,
    );
  return said;
}
