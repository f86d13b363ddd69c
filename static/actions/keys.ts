import { t } from "../words/current";
import { type Action, type When, WHENS } from "./action";

/**
 * Returns the action that a key performs, or null if it performs none. `holds` contains those conditions of `WHENS`
 * that are true now.
 */
export function actionFor(actions: readonly Action[], key: string, holds: ReadonlySet<When>): Action | null {
  for (const when of WHENS) {
    if (!holds.has(when)) continue;
    const found = actions.find((action) => action.when === when && action.keys.includes(key));
    if (found !== undefined) return found;
  }
  return null;
}

/** Returns the name of a key as it is printed on a keyboard. */
export function keyName(key: string): string {
  switch (key) {
    case " ":
      return t.keys.space;
    case "ArrowLeft":
      return "←";
    case "ArrowRight":
      return "→";
    case "ArrowUp":
      return "↑";
    case "ArrowDown":
      return "↓";
    case "PageUp":
      return t.keys.pageUp;
    case "PageDown":
      return t.keys.pageDown;
    default:
      return key;
  }
}

/** A group in the list of keyboard shortcuts: the part of the page in which these keys work, and what each key does. */
export interface KeyGroup {
  readonly title: string;
  readonly rows: readonly { readonly keys: readonly string[]; readonly label: string }[];
}

type Place = "everywhere" | "map" | "outline" | "search" | "inspector";

const GROUPS: readonly (readonly [Place, readonly When[]])[] = [
  ["everywhere", ["page", "reading", "panel", "selected"]],
  ["map", ["map"]],
  ["outline", ["outline"]],
  ["search", ["search"]],
  ["inspector", ["tabs", "line"]],
];

/** Lists all keyboard shortcuts, grouped by the part of the page in which they work. */
export function keyList(actions: readonly Action[]): readonly KeyGroup[] {
  return GROUPS.map(([group, whens]) => {
    const here = whens.flatMap((when) => actions.filter((action) => action.when === when && action.keys.length > 0));
    return {
      title: t.keys[group],
      rows: here.map(({ name, keys }) => ({ keys: keys.map(keyName), label: t.actions[name] })),
    };
  });
}
