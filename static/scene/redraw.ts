import { hasTwin } from "../layout/chips";
import type { Layout } from "../layout/layout";
import { CARD_W } from "../layout/measures";
import { type Home, type PlacedRack, slotPlace } from "../layout/placement";
import type { Touched } from "../layout/touched";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { drawCard } from "./card";
import { chipItem } from "./drawing";
import { originOf } from "./ends";
import { head } from "./head";
import type { Figure, Point } from "./items";
import { barItem, drawLoose } from "./rack";
import { borderPort, shelfCard } from "./region";

/** The drawn items of one bridge or one namespace (`group`), as they are now. */
export interface Redrawn {
  readonly group: string;
  readonly items: readonly Figure[];
}

/**
 * Returns the drawn items to replace after changes that affect how something looks on the map, but not where it is
 * drawn.
 */
export function redrawn(store: Store, layout: Layout, touched: Touched): readonly Redrawn[] {
  const out: Redrawn[] = [];
  for (const ns of touched.looks) out.push(...redrawNamespace(store, layout, ns === "" ? layout.ground : ns));
  for (const key of touched.links) {
    const link = store.linkByKey(key);
    if (link !== null) out.push(...redrawLink(store, layout, link));
  }
  return out;
}

function redrawNamespace(store: Store, layout: Layout, ns: string): Redrawn[] {
  const region = layout.regions.get(ns);
  if (region !== undefined)
    return [{ group: `region:${ns}`, items: [head(store, layout, region, originOf(layout, region))] }];
  const home = layout.home(ns);
  return home === null || store.namespace(ns) === null ? [] : [redrawCard(store, layout, ns, home)];
}

function redrawCard(store: Store, layout: Layout, ns: string, home: Home): Redrawn {
  const { region, shelf, block } = home;
  const at = originOf(layout, region);
  if (block.kind !== "rack")
    return { group: `region:${region.ns}`, items: shelfCard(store, region, shelf, block, ns, at).items };
  const corner = slotCorner(layout, { region, shelf, block }, home.slot);
  return { group: `rack:${block.bridge}`, items: drawCard(store, ns, corner, CARD_W, null).items };
}

/**
 * Redraws a bridge, a link on the border of a namespace in which other namespaces are drawn, a port that is drawn
 * alone, or a peer that is drawn above a link. All other links are redrawn together with their namespace.
 */
function redrawLink(store: Store, layout: Layout, link: Link): Redrawn[] {
  const key = linkKey(link);
  const racks = layout.racks.get(key) ?? [];
  if (racks.length > 0)
    return [
      { group: `rack:${key}`, items: racks.map((placed) => barItem(store, link, placed, rackCorner(layout, placed))) },
    ];
  const region = layout.regions.get(link.ns);
  const chip = region?.chips.get(key);
  if (region !== undefined && chip !== undefined) {
    return [
      {
        group: `region:${link.ns}`,
        items: [chipItem(store, borderPort(link, chip.x, chip.w, originOf(layout, region)))],
      },
    ];
  }
  const home = layout.homeOf(key);
  if (home?.block.kind === "rack") {
    const corner = slotCorner(layout, { ...home, block: home.block }, home.slot);
    return [{ group: `rack:${home.block.bridge}`, items: drawLoose(store, key, corner).items }];
  }
  const peer = store.peer(link);
  return peer !== null && hasTwin(store, layout, link) ? redrawNamespace(store, layout, peer.ns) : [];
}

/** Returns the upper left corner of a bridge's drawing, in map coordinates. */
export function rackCorner(layout: Layout, { region, shelf, block }: PlacedRack): Point {
  const origin = originOf(layout, region);
  return { x: origin.x + block.x, y: origin.y + shelf.y };
}

function slotCorner(layout: Layout, placed: PlacedRack, slot: number): Point {
  const corner = rackCorner(layout, placed);
  const place = slotPlace(placed.block, slot);
  return { x: corner.x + place.x, y: corner.y + place.y };
}
