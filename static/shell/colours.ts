// The choice of light or dark colours, stored in this browser. Every page of the server needs this file, so it imports
// nothing.

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

/** Whether the page is dark now. */
export function isDark(): boolean {
  return (kept() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

/**
 * Applies the choice of light or dark colours that this browser stored. Without a choice, the page follows the system.
 */
export function applyColours(): void {
  const chosen = kept();
  if (chosen !== null) document.documentElement.dataset["theme"] = chosen;
}

/** Applies a choice of light or dark colours, and stores it in this browser. */
export function keepColours(colours: Colours): void {
  try {
    localStorage.setItem(KEY, colours);
  } catch {
    // If the browser cannot store the choice, it is valid only until the page is closed.
  }
  document.documentElement.dataset["theme"] = colours;
}
