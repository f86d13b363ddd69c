import type { Actions } from "../actions/actions";
import { icons } from "../parts/icons";

const KEPT = "netviz-theme";

function kept(): "light" | "dark" | null {
  try {
    const value = localStorage.getItem(KEPT);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

function isDark(): boolean {
  return (kept() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

/** Applies what the person chose here before; without a choice the page follows the system. */
export function applyTheme(): void {
  const chosen = kept();
  if (chosen !== null) document.documentElement.dataset["theme"] = chosen;
}

/** Changes between light and dark; `changed` is called whenever colours have another value. */
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
    try {
      localStorage.setItem(KEPT, next);
    } catch {
      // Not kept then; it holds for this page.
    }
    document.documentElement.dataset["theme"] = next;
    this.show();
    this.changed();
  }

  private show(): void {
    this.button.replaceChildren(isDark() ? icons.light() : icons.dark());
    this.button.ariaLabel = this.button.title = isDark() ? "Light colours" : "Dark colours";
  }
}
