/** The languages of the page, as `<html lang>` names them. */
export type Language = "en" | "zh-Hans";

/** The language of a page, from its `lang`; English for a language without a catalogue. */
export function languageOf(lang: string): Language {
  return /^zh\b/i.test(lang) ? "zh-Hans" : "en";
}
