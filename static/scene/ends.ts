import { bridges } from "../layout/attach";
import type { Layout } from "../layout/layout";
import { BAR_H, CHIP_ABOVE } from "../layout/measures";
import type { Region } from "../layout/placement";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import type { Point } from "./items";
import type { End } from "./router";

/** A chip where wires may end. The coordinates are those of the area in which the wires are drawn. */
export interface Stand {
  readonly link: Link;
  readonly end: End;
}

/**
 * Returns the distance from the top of a row to a nested namespace in it. This distance leaves room for the chips on
 * the border.
 */
export function boxTop(): number {
  return CHIP_ABOVE;
}

/** Returns, for each bridge of an area, where wires end at the bridge's bar. */
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
    out.set(key, { side: { ...place, face: "side" }, top: { ...place, face: "top", net: `top:${key}` } });
  }
  return out;
}

/** Returns the upper left corner of a namespace's area on the map. */
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
