import type { Trace } from "../render/overlay";
import type { Item } from "../scene/items";
import type { Scene } from "../scene/scene";
import type { RecentChange } from "../words/recent";

/** A burst would only flicker: the words say how many there were. */
const MOST = 200;

/** What a step leaves on the map for a moment: what was added or changed glows, what is gone leaves its outline. */
export function tracesOf(
  recent: readonly RecentChange[],
  gone: readonly Item[],
  scene: Scene,
  since: number,
): readonly Trace[] {
  const ghosts = gone.filter((item) => item.type !== "region").map((item): Trace => ({ kind: "gone", item, since }));
  const glows = recent
    .filter((one) => one.kind !== "removed")
    .flatMap(({ kind, ref }) => {
      const items = scene.itemsOf(ref).filter(({ type }) => type === "card" || type === "chip" || type === "bar");
      return items.map((item): Trace => ({ kind: kind === "added" ? "add" : "chg", item, since }));
    });
  return [...ghosts, ...glows].slice(0, MOST);
}
