import { columns, columnsWidth } from "../layout/cards";
import { CARD_H, CHIP_ABOVE, CHIP_GAP, CHIP_H, chipWidth, TWIN } from "../layout/measures";
import { lacksPeer, mainAddress } from "../model/facts";
import { edgeId, pairEdge } from "../model/graph";
import { isInside, TONE } from "../model/kinds";
import { isAnonymous } from "../model/labels";
import type { Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { t } from "../words/current";
import { namespaceTitle } from "../words/names";
import { frozenWords, processLine, shortNature } from "../words/summaries";
import { acrossGap, chipItem, ownEdges, type Port, portOf, stubItem, wireItem } from "./drawing";
import { type Figure, type Point, Z } from "./items";

export interface Drawn {
  readonly items: readonly Figure[];
  readonly ports: readonly Port[];
}

const SMALL_W = 16;
const SMALL_GAP = 4;

/**
 * Draws a namespace as a rectangle (a card), with its links as small rectangles (chips) on the border and `lo` inside.
 */
export function drawCard(store: Store, ns: string, at: Point, w: number, twinsOf: string | null): Drawn {
  const items: Figure[] = [cardItem(store, ns, at, w)];
  const found = columns(store, ns, twinsOf);
  const ports = found.length === 0 ? [] : chipRow(store, ns, at, w, found, items);
  drawOwnEdges(store, ports, items);
  return { items, ports };
}

function cardItem(store: Store, ns: string, at: Point, w: number): Figure {
  const namespace = store.namespace(ns);
  const lo = store.of(ns, "link").find((link) => isInside(link.kind));
  const processes = processLine(store, ns);
  const warned = (namespace?.notes.length ?? 0) > 0 || store.count(ns, "gap") > 0;
  return {
    type: "card",
    id: `card:${ns}`,
    ref: nsKey(ns),
    z: Z.card,
    ...at,
    w,
    h: CARD_H,
    name: namespaceTitle(store, ns),
    ...addressLine(store, ns),
    processes,
    note: frozenWords(store, ns) || (processes !== "" || namespace === null ? "" : shortNature(store, namespace)),
    anonymous: namespace !== null && isAnonymous(store, namespace),
    mark: warned ? "warn" : null,
    lo: lo === undefined ? null : lo.admin_up ? "up" : "down",
  };
}

/** Returns the address of a namespace, or what to write instead, and its family. */
function addressLine(store: Store, ns: string): { readonly address: string; readonly family: string } {
  const words = (text: string): { address: string; family: string } => ({ address: text, family: text });
  const segments = new Set<string>();
  for (const link of store.links(ns)) {
    const peer = store.peer(link);
    const master = peer === null || peer.ns === ns ? null : store.master(peer);
    if (master !== null) segments.add(linkKey(master));
  }
  if (segments.size > 1) return words(t.common.segments(segments.size));
  const main = mainAddress(store, ns);
  if (main === null) return words(t.map.noAddress);
  if (main.scope === "link") return words(t.map.linkLocal);
  return { address: main.address, family: main.family === "ip" ? "IPv4" : "IPv6" };
}

function chipRow(
  store: Store,
  ns: string,
  at: Point,
  w: number,
  found: ReturnType<typeof columns>,
  items: Figure[],
): Port[] {
  const named = columnsWidth(found) <= w + CHIP_GAP;
  const gap = named ? CHIP_GAP : SMALL_GAP;
  const room = Math.floor((w + SMALL_GAP) / (SMALL_W + SMALL_GAP));
  const shown = named || found.length <= room ? found : found.slice(0, room - 1);
  const widths = shown.map((column) => (named ? column.w : SMALL_W));
  const total = widths.reduce((sum, width) => sum + width + gap, -gap);
  let x = at.x + Math.round((w - total) / 2);
  const ports: Port[] = [];
  for (const [index, column] of shown.entries()) {
    const width = widths[index] ?? 0;
    const middle = x + width / 2;
    const own = named ? chipWidth(column.link.ifname) : SMALL_W;
    const twinned = named && column.twin !== null;
    const port = portOf(column.link, middle - own / 2, at.y - CHIP_ABOVE, own, twinned);
    ports.push(port);
    items.push(chipItem(store, port, !named));
    if (named && column.twin !== null) items.push(...drawTwin(store, port, column.twin));
    x += width + gap;
  }
  if (shown.length < found.length) items.push(moreChip(ns, x, at.y - CHIP_ABOVE, found.length - shown.length));
  if (!named) return ports;
  for (const port of ports) if (lacksPeer(store, port.link)) items.push(stubItem(port));
  return ports;
}

/** The peer of the link in `port` is drawn above that link. Returns the y coordinate of the upper edge of the peer. */
export function twinTop(port: Port): number {
  return port.top - TWIN.wire - TWIN.chip;
}

/** Draws the peer of a link above the link, and the wire between both. */
function drawTwin(store: Store, port: Port, twin: Link): Figure[] {
  const w = chipWidth(twin.ifname);
  const above = portOf(twin, port.x - w / 2, twinTop(port), w);
  const edge = pairEdge(twin.kind, linkKey(port.link), linkKey(twin));
  const path = [
    { x: port.x, y: above.bottom },
    { x: port.x, y: port.top },
  ];
  return [chipItem(store, above), wireItem(`wire:${edgeId(edge)}`, edgeId(edge), path, { tone: TONE.pair })];
}

function moreChip(ns: string, x: number, y: number, count: number): Figure {
  return {
    type: "label",
    id: `more:${ns}`,
    ref: nsKey(ns),
    z: Z.label,
    x,
    y,
    w: 24,
    h: CHIP_H,
    text: `+${count}`,
    tone: "lo",
  };
}

/**
 * Draws the edges between links of one namespace: a short line between two links that are side by side, otherwise a
 * line above the links.
 */
function drawOwnEdges(store: Store, ports: readonly Port[], items: Figure[]): void {
  const byKey = new Map(ports.map((port, at) => [linkKey(port.link), { port, at }]));
  for (const [at, port] of ports.entries()) {
    for (const { id, far, tone, dashed } of ownEdges(store, port.link)) {
      const other = byKey.get(far);
      if (other === undefined) continue;
      const near = Math.abs(other.at - at) === 1;
      items.push(
        wireItem(`wire:${id}`, id, near ? acrossGap(port, other.port) : bracket(port, other.port), { tone, dashed }),
      );
    }
  }
}

function bracket(a: Port, b: Port): Point[] {
  const y = a.top - 6;
  return [
    { x: a.x, y: a.top },
    { x: a.x, y },
    { x: b.x, y },
    { x: b.x, y: b.top },
  ];
}
