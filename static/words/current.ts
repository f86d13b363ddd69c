import type { Words } from "./en";
import type { Language } from "./language";

/** The words of the page. Read it when something is drawn: it is not there yet while modules start. */
export let t: Words;

/** Loads the catalogue of one language. The other one is not downloaded. */
export async function loadWords(language: Language): Promise<void> {
  t = language === "zh-Hans" ? (await import("./zh_hans")).zhHans : (await import("./en")).en;
}
