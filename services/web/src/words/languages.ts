/** The languages that a message can be read out in, and the carrier's voices for each; the first is the usual one. */

export type Language = { tag: string; voices: readonly string[] };

/** Twilio's `alice`, and voices of Amazon Polly as Twilio names them ("Say", in its TwiML reference). */
export const LANGUAGES: readonly Language[] = [
  { tag: "en-US", voices: ["alice", "Polly.Joanna", "Polly.Matthew"] },
  { tag: "en-GB", voices: ["alice", "Polly.Amy", "Polly.Brian"] },
  { tag: "en-AU", voices: ["alice", "Polly.Nicole", "Polly.Russell"] },
  { tag: "en-CA", voices: ["alice"] },
  { tag: "en-IN", voices: ["alice", "Polly.Aditi", "Polly.Raveena"] },
  { tag: "ca-ES", voices: ["alice"] },
  { tag: "da-DK", voices: ["alice", "Polly.Naja", "Polly.Mads"] },
  { tag: "de-DE", voices: ["alice", "Polly.Vicki", "Polly.Hans"] },
  { tag: "es-ES", voices: ["alice", "Polly.Lucia", "Polly.Enrique"] },
  { tag: "es-MX", voices: ["alice", "Polly.Mia"] },
  { tag: "es-US", voices: ["Polly.Lupe", "Polly.Miguel"] },
  { tag: "fi-FI", voices: ["alice"] },
  { tag: "fr-CA", voices: ["alice", "Polly.Chantal"] },
  { tag: "fr-FR", voices: ["alice", "Polly.Lea", "Polly.Mathieu"] },
  { tag: "hi-IN", voices: ["Polly.Aditi"] },
  { tag: "it-IT", voices: ["alice", "Polly.Bianca", "Polly.Giorgio"] },
  { tag: "ja-JP", voices: ["alice", "Polly.Mizuki", "Polly.Takumi"] },
  { tag: "ko-KR", voices: ["alice", "Polly.Seoyeon"] },
  { tag: "nb-NO", voices: ["alice", "Polly.Liv"] },
  { tag: "nl-NL", voices: ["alice", "Polly.Lotte", "Polly.Ruben"] },
  { tag: "pl-PL", voices: ["alice", "Polly.Ewa", "Polly.Jacek"] },
  { tag: "pt-BR", voices: ["alice", "Polly.Camila", "Polly.Ricardo"] },
  { tag: "pt-PT", voices: ["alice", "Polly.Ines", "Polly.Cristiano"] },
  { tag: "ro-RO", voices: ["Polly.Carmen"] },
  { tag: "ru-RU", voices: ["alice", "Polly.Tatyana", "Polly.Maxim"] },
  { tag: "sv-SE", voices: ["alice", "Polly.Astrid"] },
  { tag: "tr-TR", voices: ["Polly.Filiz"] },
  { tag: "zh-CN", voices: ["alice"] },
  { tag: "zh-HK", voices: ["alice"] },
  { tag: "zh-TW", voices: ["alice"] },
];

/** "German (Germany)", in the reader's language. */
export function languageName(tag: string): string {
  return new Intl.DisplayNames(undefined, { type: "language", languageDisplay: "standard" }).of(tag) ?? tag;
}

/** "Alice", "Joanna": a voice without the name of whoever makes it. */
export function voiceName(voice: string): string {
  const name = voice.split(".").at(-1) ?? voice;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function voicesOf(tag: string): readonly string[] {
  return LANGUAGES.find((language) => language.tag === tag)?.voices ?? ["alice"];
}

/** The voice to go on with in another language: the same if it speaks it. */
export function voiceFor(tag: string, voice: string): string {
  const voices = voicesOf(tag);
  return voices.includes(voice) ? voice : (voices[0] ?? "alice");
}

/** The language to begin with: the reader's own where it can be spoken. */
export function usualLanguage(locales: readonly string[]): string {
  for (const locale of locales) {
    const own = new Intl.Locale(locale).maximize();
    const same = LANGUAGES.find(({ tag }) => tag === `${own.language}-${own.region}`);
    const near = LANGUAGES.find(({ tag }) => tag.startsWith(`${own.language}-`));
    const found = same ?? near;
    if (found !== undefined) return found.tag;
  }
  return "en-US";
}
