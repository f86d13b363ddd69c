import type { Actions } from "../actions/actions";
import { serverPart } from "../parts/dom";
import { t } from "../words/current";

/** Makes a button with the name of the other language, written in that language. */
export function languageButton(actions: Actions): HTMLButtonElement {
  const lang = t.language === "en" ? "zh-Hans" : "en";
  return actions.button("language", { class: "button quiet language", attrs: [["lang", lang]] });
}

/**
 * Submits the server's form for the other language. The server redirects back to the page, and the hash with the
 * selection is kept.
 */
export function changeLanguage(): void {
  const form = serverPart("language");
  if (!(form instanceof HTMLFormElement)) return;
  // A redirect without a hash keeps the hash of the request (Fetch standard, "location URL").
  form.setAttribute("action", `${form.getAttribute("action") ?? ""}${location.hash}`);
  form.submit();
}
