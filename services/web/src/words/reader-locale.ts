/** The app speaks English; dates and clocks are written as they are where the reader lives: "Fri, 27 Nov, 09:30" for a browser
 * in German, "Fri, Nov 27, 9:30 AM" for one of the United States. Never "heute" in the middle of an English sentence. */
export function readerLocale(browser: string): string {
  const { region, hourCycle } = new Intl.Locale(browser).maximize();
  return new Intl.Locale("en", { ...(region && { region }), ...(hourCycle && { hourCycle }) }).toString();
}

export const LOCALE = readerLocale(Intl.DateTimeFormat().resolvedOptions().locale);
