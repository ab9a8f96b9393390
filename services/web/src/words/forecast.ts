/** What a campaign will do, said before it does it. */

import type { Schemas } from "@/api/client";
import { counted, money } from "./amounts";
import { cityOf, moment, type Place, showSameTime, span } from "./moments";

type Forecast = Schemas["CampaignForecast"];

/** "Calls 1,914 people now, about USD 61.20". `zone`: that of a scheduled start; null: it starts now; "unknown": nobody has
 * said yet when. */
export function forecastWords(forecast: Forecast, zone: string | null, place: Place): string {
  const cost = `about ${money(forecast.estimated_cost, forecast.currency)}`;
  if (forecast.will_be_called === 0) return "Nobody on this list can be called";
  const people = counted(forecast.will_be_called, "person", "people");
  if (zone === "unknown") return `Calls ${people}, ${cost}`;
  return `Calls ${people} ${startWords(forecast.starts_at, zone, place)}, ${cost}`;
}

function startWords(at: string, zone: string | null, place: Place): string {
  if (zone === null) return "now";
  const said = moment(at, place, zone);
  return showSameTime(zone, place.zone, Date.parse(at)) ? said : `${said} in ${cityOf(zone)}`;
}

/** More about it: who is left out and why, how long it takes, when the first may be called. */
export function forecastDetails(forecast: Forecast, place: Place): string[] {
  const said: string[] = [];
  const { skipped, first_call_at: first } = forecast;
  if (first !== null && Date.parse(first) - Date.parse(forecast.starts_at) > 60_000)
    said.push(`first call ${moment(first, place)}, when calling hours begin`);
  if (forecast.will_be_called > 0 && forecast.estimated_duration > 0)
    said.push(`takes about ${span(forecast.estimated_duration)}`);
  if (skipped.do_not_call > 0)
    said.push(`${counted(skipped.do_not_call, "person", "people")} on the do-not-call list left out`);
  if (skipped.unknown_time_zone > 0)
    said.push(`${counted(skipped.unknown_time_zone, "number")} left out: nobody knows what time it is there`);
  return said;
}
