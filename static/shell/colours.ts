// Light or dark colours, as this person chose them here. Every page of the server needs it: it imports nothing.

const KEY = "netviz-theme";

type Colours = "light" | "dark";

function kept(): Colours | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

/** Whether the page has dark colours now. */
export function isDark(): boolean {
  return (kept() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

/** Applies what was chosen here before; without a choice the page follows the system. */
export function applyColours(): void {
  const chosen = kept();
  if (chosen !== null) document.documentElement.dataset["theme"] = chosen;
}

/** Applies a choice and remembers it. */
export function keepColours(colours: Colours): void {
  try {
    localStorage.setItem(KEY, colours);
  } catch {
    // The browser stores nothing: the choice holds for this page.
  }
  document.documentElement.dataset["theme"] = colours;
}
