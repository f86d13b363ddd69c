import type { Words } from "./en";
import type { Language } from "./language";

/**
 * The words of the page in the chosen language. The catalogue is loaded after the modules have started, so a module
 * must read `t` only when it draws something.
 */
export let t: Words;

/** Loads the catalogue of one language. The catalogue of the other language is not downloaded. */
export async function loadWords(language: Language): Promise<void> {
  t = language === "zh-Hans" ? (await import("./zh_hans")).zhHans : (await import("./en")).en;
}
