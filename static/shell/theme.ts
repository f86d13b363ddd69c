import type { Actions } from "../actions/actions";
import { icons } from "../parts/icons";
import { t } from "../words/current";
import { isDark, keepColours } from "./colours";

/** The button that changes between light and dark colours. `changed` is called whenever the colours have changed. */
export class Theme {
  readonly button: HTMLButtonElement;

  constructor(
    actions: Actions,
    private readonly changed: () => void,
  ) {
    this.button = actions.button("theme", { class: "button quiet glyph" }, null);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.show();
      changed();
    });
    this.show();
  }

  turn(): void {
    const next = isDark() ? "light" : "dark";
    keepColours(next);
    this.show();
    this.changed();
  }

  private show(): void {
    this.button.replaceChildren(isDark() ? icons.light() : icons.dark());
    this.button.ariaLabel = this.button.title = isDark() ? t.page.light : t.page.dark;
  }
}
