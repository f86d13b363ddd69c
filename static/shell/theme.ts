import { button } from "../parts/dom";
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

/** The button that changes between light and dark; `changed` is called whenever colours have another value. */
export function themeButton(changed: () => void): HTMLButtonElement {
  const made = button(null, { class: "button quiet glyph", press: toggle });
  const show = (): void => {
    const label = isDark() ? "Light colours" : "Dark colours";
    made.replaceChildren(isDark() ? icons.light() : icons.dark());
    made.ariaLabel = made.title = label;
  };
  function toggle(): void {
    const next = isDark() ? "light" : "dark";
    try {
      localStorage.setItem(KEPT, next);
    } catch {
      // Not kept then; it holds for this page.
    }
    document.documentElement.dataset["theme"] = next;
    show();
    changed();
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    show();
    changed();
  });
  show();
  return made;
}
