/** The calendar's views, as FullCalendar calls them. */

import type { View } from "./calendar-search";

const TYPE: Record<View, string> = {
  month: "dayGridMonth",
  week: "timeGridWeek",
  day: "timeGridDay",
  agenda: "agenda",
};
/** A week as a list: seven columns are too many for a telephone. */
export const WEEK_LIST = "weekList";

/** The views that are lists of days, not grids. */
export const LISTS: readonly string[] = ["agenda", WEEK_LIST];

export function typeOf(view: View, isList: boolean): string {
  return isList && view === "week" ? WEEK_LIST : TYPE[view];
}
