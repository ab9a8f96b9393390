/** What the calendar's address says: `?view=week&date=2026-11-26`. Small: the routes know it before the calendar is loaded. */

export const VIEWS = ["month", "week", "day", "agenda"] as const;

export type View = (typeof VIEWS)[number];

/** A day as the address has it: "2026-11-26". */
export type CalendarSearch = { view?: View | undefined; date?: string | undefined };

/** What of an address is meant for the calendar; anything else in it is ignored. */
export function readCalendarSearch(given: Record<string, unknown>): CalendarSearch {
  const view = VIEWS.find((each) => each === given.view);
  const date = typeof given.date === "string" && isDay(given.date) ? given.date : undefined;
  return { ...(view && { view }), ...(date && { date }) };
}

/** Whether a text is a day that there is, in the centuries that the API knows. */
function isDay(text: string): boolean {
  if (!/^(19[7-9]\d|2[01]\d\d)-\d\d-\d\d$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}
