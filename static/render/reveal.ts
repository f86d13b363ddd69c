import { HEAD } from "../layout/measures";
import type { Box, Item } from "../scene/items";

/**
 * Returns the rectangle to bring into view when a namespace, link or edge is selected: its own drawing, or the title of
 * a namespace in which other namespaces are drawn. Returns null if it is not drawn.
 */
export function boxToReveal(items: readonly Item[]): Box | null {
  const own = items.find(({ type }) => type === "card" || type === "chip" || type === "bar");
  if (own !== undefined) return own;
  const region = items.find(({ type }) => type === "region");
  if (region === undefined) return items[0] ?? null;
  const { x, y, w, h } = region;
  return { x, y, w: Math.min(w, HEAD.width), h: Math.min(h, HEAD.height) };
}
