import { bridges } from "../layout/attach";
import type { Layout } from "../layout/layout";
import { BAR_H, CHIP_ABOVE } from "../layout/measures";
import { barRise, type Region } from "../layout/placement";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import type { Point } from "./items";
import type { End } from "./router";

/**
 * A link, and the point on its drawing where wires end. The coordinates are measured from the upper left corner of the
 * namespace that contains the wires.
 */
export interface Stand {
  readonly link: Link;
  readonly end: End;
}

/**
 * A namespace in which other namespaces are drawn begins a little below the top of its row, because the links on its
 * border extend above the border. Returns this distance.
 */
export function boxTop(): number {
  return CHIP_ABOVE;
}

/**
 * Returns for each bridge of a namespace, by key, where wires can end at the bar of the bridge: at its side or at its
 * top.
 */
export function barEnds(store: Store, layout: Layout, region: Region): Map<string, { side: End; top: End }> {
  const out = new Map<string, { side: End; top: End }>();
  for (const bridge of bridges(store, region.ns)) {
    const key = linkKey(bridge);
    const placed = layout.racks.get(key)?.find((rack) => rack.region === region);
    if (placed === undefined) continue;
    const { shelf, block } = placed;
    const band = region.shelves.indexOf(shelf);
    const bar = { kind: "bar" as const, shelf: band, left: block.x, right: block.x + block.w };
    const place = { ...bar, y: shelf.y + BAR_H / 2, top: shelf.y, net: `bar:${key}` };
    out.set(key, {
      side: { ...place, face: "side", above: 0 },
      top: { ...place, face: "top", above: barRise(shelf), net: `top:${key}` },
    });
  }
  return out;
}

/** Returns the upper left corner of a namespace's drawing, in map coordinates. */
export function originOf(layout: Layout, region: Region): Point {
  let x = 0;
  let y = 0;
  let at = region;
  for (let depth = 0; depth < 64; depth++) {
    const home = layout.home(at.ns);
    if (home?.block.kind !== "box") break;
    x += home.block.x;
    y += home.shelf.y + boxTop();
    at = home.region;
  }
  return { x, y };
}
