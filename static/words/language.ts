/** The languages of the page, as `<html lang>` names them. */
export type Language = "en" | "zh-Hans";

/**
 * Returns the language of a page from the value of its `lang` attribute. It is English if there is no catalogue for
 * that value.
 */
export function languageOf(lang: string): Language {
  return /^zh\b/i.test(lang) ? "zh-Hans" : "en";
}
