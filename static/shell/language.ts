import type { Actions } from "../actions/actions";
import { el, serverPart } from "../parts/dom";
import { t } from "../words/current";

/** The language to change to: its code for the server, and its code for `lang` attributes. */
function other(): { readonly code: string; readonly lang: string } {
  return t.language === "en" ? { code: "zh-hans", lang: "zh-Hans" } : { code: "en", lang: "en" };
}

/** A button with the name of the other language, written in that language. */
export function languageButton(actions: Actions): HTMLButtonElement {
  return actions.button("language", { class: "button quiet language", attrs: [["lang", other().lang]] });
}

/** Asks the server for the other language. It redirects back to this page, which keeps its hash and so its selection. */
export function changeLanguage(): void {
  const field = (name: string, value: string): HTMLInputElement =>
    el("input", {
      attrs: [
        ["type", "hidden"],
        ["name", name],
        ["value", value],
      ],
    });
  const form = el(
    "form",
    {
      attrs: [
        ["method", "post"],
        // A redirect without a hash keeps the hash of the request (Fetch standard, "location URL").
        ["action", `/language/${location.hash}`],
        ["hidden", ""],
      ],
    },
    field("csrfmiddlewaretoken", csrfToken()),
    field("language", other().code),
    field("next", location.pathname + location.search),
  );
  document.body.append(form);
  form.submit();
}

/** Django's token for forms, which the server wrote into the form that signs out. */
function csrfToken(): string {
  const [token] = [...serverPart("sign-out").getElementsByTagName("input")].filter(
    ({ name }) => name === "csrfmiddlewaretoken",
  );
  return token?.value ?? "";
}
