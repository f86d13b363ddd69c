import { fits } from "../layout/chips";
import type { Layout } from "../layout/layout";
import { CHIP_H, HEAD, PAD } from "../layout/measures";
import { type Block, cardTop, type Region, type Shelf } from "../layout/placement";
import { lacksPeer } from "../model/facts";
import type { Store } from "../model/store";
import { linkKey, nsOfKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { drawCard, type Drawn, twinTop } from "./card";
import { chipItem, type Port, portOf, stubItem } from "./drawing";
import { boxTop, type Stand } from "./ends";
import { head, plates } from "./head";
import type { Figure, Point } from "./items";
import type { End, Obstacle } from "./router";
import { drawWires } from "./wires";

/**
 * Draws a namespace in which other namespaces are drawn: its background, title and links, the other namespaces that are
 * not below a bridge, and the wires between them.
 */
export function drawRegion(store: Store, layout: Layout, region: Region, at: Point): readonly Figure[] {
  const items: Figure[] = [head(store, layout, region, at)];
  const stands = new Map<string, Stand>();
  drawBorder(store, layout, region, at, items, stands);
  const cards = new Map<Block, readonly [number, number]>();
  for (const [band, shelf] of region.shelves.entries()) {
    for (const block of shelf.blocks) {
      const ns = block.kind === "rack" ? null : nsOfKey(block.member);
      if (ns === null) continue;
      if (block.kind === "card")
        cards.set(block, drawShelfCard(store, region, shelf, block, ns, band, at, items, stands));
      else standBox(store, layout, shelf, block, ns, band, stands);
    }
  }
  const obstacles = (shelf: Shelf): readonly Obstacle[] => obstaclesOf(layout, region, shelf, cards);
  items.push(...drawWires(store, layout, region, at, stands, obstacles));
  return items;
}

/**
 * Draws the links on the border of a namespace. Wires that lead from these links out of the namespace are drawn with
 * the outer namespace.
 */
function drawBorder(
  store: Store,
  layout: Layout,
  region: Region,
  at: Point,
  items: Figure[],
  stands: Map<string, Stand>,
): void {
  const ports: Port[] = [];
  for (const [key, { x, w }] of region.chips) {
    const link = store.linkByKey(key);
    if (link === null) continue;
    const port = borderPort(link, x, w, at);
    ports.push(port);
    items.push(chipItem(store, port));
    stands.set(key, { link, end: chipEnd(key, 0, port.x - at.x, CHIP_H / 2) });
  }
  const signs = region.ns === layout.ground ? plates(store, region, ports) : [];
  const stubs = ports.filter((port) => lacksPeer(store, port.link)).map(stubItem);
  items.push(...signs, ...stubs.filter((stub) => !signs.some((sign) => sign.ref === stub.ref)));
}

/** Makes the drawing of a link on the border of a namespace whose upper left corner is `at`. */
export function borderPort(link: Link, x: number, w: number, at: Point): Port {
  return portOf(link, at.x + x, at.y - CHIP_H / 2, w);
}

function chipEnd(key: string, band: number, x: number, y: number): End {
  return { kind: "chip", band, x, y, net: `chip:${key}` };
}

/**
 * Draws a namespace that is not below a bridge. The peers of its links are drawn above the namespace if there is room.
 */
export function shelfCard(store: Store, region: Region, shelf: Shelf, block: Block, ns: string, at: Point): Drawn {
  const twins = shelf.twins && fits(store, ns, region.ns, block.w) ? region.ns : null;
  return drawCard(store, ns, { x: at.x + block.x, y: at.y + shelf.y + cardTop(shelf) }, block.w, twins);
}

function drawShelfCard(
  store: Store,
  region: Region,
  shelf: Shelf,
  block: Block,
  ns: string,
  band: number,
  at: Point,
  items: Figure[],
  stands: Map<string, Stand>,
): readonly [number, number] {
  const drawn = shelfCard(store, region, shelf, block, ns, at);
  items.push(...drawn.items);
  let from = block.x;
  let to = block.x + block.w;
  for (const port of drawn.ports) {
    from = Math.min(from, port.left - at.x);
    to = Math.max(to, port.right - at.x);
    const twin = port.twinned ? store.peer(port.link) : null;
    const link = twin ?? port.link;
    const key = linkKey(link);
    const top = twin === null ? port.top : twinTop(port);
    stands.set(key, { link, end: chipEnd(key, band, port.x - at.x, top - at.y) });
  }
  return [from, to];
}

/**
 * Adds to `stands` the points where wires can end at the links of the namespace `ns`, which is drawn inside another
 * namespace. The coordinates are measured from the upper left corner of that outer namespace.
 */
function standBox(
  store: Store,
  layout: Layout,
  shelf: Shelf,
  block: Block,
  ns: string,
  band: number,
  stands: Map<string, Stand>,
): void {
  const inner = layout.regions.get(ns);
  if (inner === undefined) return;
  for (const [key, { x, w }] of inner.chips) {
    const link = store.linkByKey(key);
    if (link === null) continue;
    const end = chipEnd(key, band, Math.round(block.x + x + w / 2), shelf.y + boxTop() - CHIP_H / 2);
    stands.set(key, { link, end });
  }
}

function obstaclesOf(
  layout: Layout,
  region: Region,
  shelf: Shelf,
  cards: ReadonlyMap<Block, readonly [number, number]>,
): readonly Obstacle[] {
  const out: Obstacle[] = shelf.blocks.map((block) => {
    const [from, to] = cards.get(block) ?? [block.x, block.x + block.w];
    return { from, to, kind: block.kind === "card" ? "card" : "other" };
  });
  if (shelf.kind === "head") out.push({ from: PAD, to: region.ns === layout.ground ? HEAD.width : 220, kind: "title" });
  return out;
}
