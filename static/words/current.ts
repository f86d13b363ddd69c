import type { Words } from "./en";
import type { Language } from "./language";

/**
 * The words of the page in the chosen language. They are loaded after modules start, so read them only when something
 * is drawn.
 */
export let t: Words;

/** Loads the catalogue of one language. The catalogue of the other language is not downloaded. */
export async function loadWords(language: Language): Promise<void> {
  t = language === "zh-Hans" ? (await import("./zh_hans")).zhHans : (await import("./en")).en;
}
