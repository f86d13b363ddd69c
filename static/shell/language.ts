import type { Actions } from "../actions/actions";
import { el, serverPart } from "../parts/dom";
import { t } from "../words/current";

/** The name that the server has for the language which the page is not in, and that of `lang` attributes. */
function other(): { readonly code: string; readonly lang: string } {
  return t.language === "en" ? { code: "zh-hans", lang: "zh-Hans" } : { code: "en", lang: "en" };
}

/** A button named in the language that it leads to. */
export function languageButton(actions: Actions): HTMLButtonElement {
  return actions.button("language", { class: "button quiet language", attrs: [["lang", other().lang]] });
}

/** Asks the server for the other language. The page that it answers with shows the same: the address keeps its hash. */
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
        // A redirect without a hash of its own keeps that of the address which it answers (Fetch, "location URL").
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

/** The token that Django wants of every form: the server wrote it into the one that signs out. */
function csrfToken(): string {
  const [token] = [...serverPart("sign-out").getElementsByTagName("input")].filter(
    ({ name }) => name === "csrfmiddlewaretoken",
  );
  return token?.value ?? "";
}
