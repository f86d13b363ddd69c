import { el } from "./dom";

/**
 * Returns a text in which the browser breaks a line only at a space, or after a comma in a list of words. Without it,
 * the browser also breaks names such as `br-0a1b2c` and `DOCKER-USER` at their hyphens. A word wider than its column
 * still wraps.
 */
export function unbroken(text: string): (Node | string)[] {
  const parts = text.split(/(\s+)|(?<=,)(?=[^\s\d])/).filter((part) => part !== undefined && part !== "");
  return parts.map((part) => (needsHold(part) ? el("span", { class: "word" }, part) : part));
}

/** Whether the browser may break a line inside this word. Chinese sentences have no spaces and break anywhere. */
function needsHold(word: string): boolean {
  return /[^\s\w.:]/.test(word) && !/[\u2e80-\uffef]/.test(word);
}
