import { type Action, type When, WHENS } from "./action";

/** What a key does now: of the conditions that hold, the narrowest that has an action for it. Null for nothing. */
export function actionFor(actions: readonly Action[], key: string, holds: ReadonlySet<When>): Action | null {
  for (const when of WHENS) {
    if (!holds.has(when)) continue;
    const found = actions.find((action) => action.when === when && action.keys.includes(key));
    if (found !== undefined) return found;
  }
  return null;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  [" ", "Space"],
  ["ArrowLeft", "←"],
  ["ArrowRight", "→"],
  ["ArrowUp", "↑"],
  ["ArrowDown", "↓"],
  ["PageUp", "Page Up"],
  ["PageDown", "Page Down"],
]);

/** A key as it stands on a keyboard. */
export function keyName(key: string): string {
  return NAMES.get(key) ?? key;
}

/** A group of the list of keys: where they hold, and what each does. */
export interface KeyGroup {
  readonly title: string;
  readonly rows: readonly { readonly keys: readonly string[]; readonly label: string }[];
}

const TITLES: readonly (readonly [string, readonly When[]])[] = [
  ["Everywhere", ["page", "reading", "panel", "selected"]],
  ["On the map", ["map"]],
  ["In the outline", ["outline"]],
  ["In the search field", ["search"]],
  ["In the inspector", ["tabs", "line"]],
];

/** All keys for a help page, grouped by where they hold. */
export function keyList(actions: readonly Action[]): readonly KeyGroup[] {
  return TITLES.map(([title, whens]) => {
    const here = whens.flatMap((when) => actions.filter((action) => action.when === when && action.keys.length > 0));
    return { title, rows: here.map(({ keys, label }) => ({ keys: keys.map(keyName), label })) };
  });
}
