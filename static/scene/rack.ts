import { BAR_H, CARD_W, CHIP_ABOVE, chipWidth, RACK } from "../layout/measures";
import { barRise, type PlacedRack, slotPlace } from "../layout/placement";
import { addressOf, isDown, lacksPeer, isWarned } from "../model/facts";
import { edgeId, edgesOf, pairEdge } from "../model/graph";
import { type Tone, TONE, toneOf } from "../model/kinds";
import { shortNetwork } from "../model/prefix";
import type { Store } from "../model/store";
import { linkKey, linkRef, nsOfKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { t } from "../words/current";
import { linkTitle } from "../words/names";
import { drawCard } from "./card";
import { chipItem, dotItem, type Port, portOf, socketItem, wireItem } from "./drawing";
import { type Figure, type Point, Z } from "./items";

/**
 * A link that is drawn below a bridge, and the edges that the wire between this link and the bridge represents. The
 * link is a port of the bridge, the peer of a port, or stacked on the bridge.
 */
interface Drop {
  readonly port: Port;
  readonly row: number;
  /**
   * If this link is not itself a port of the bridge: the edge between this link and its peer (which is the port), or
   * between this link and the bridge, such as a VLAN link on the bridge. Otherwise empty.
   */
  readonly pair: string;
  /** The edge between the bridge and the port (this link or its peer). Empty if this link is stacked on the bridge. */
  readonly member: string;
  /**
   * The name of the bridge's port, if the link of this `Drop` is the peer of that port. Empty if the link is itself the
   * port, or is stacked on the bridge.
   */
  readonly name: string;
  readonly tone: Tone;
  readonly dashed: boolean;
}

/**
 * Draws a bridge and everything attached to it: the bar of the bridge, the vertical and horizontal wires below the bar,
 * and the namespaces and ports below these wires.
 */
export function drawRack(store: Store, placed: PlacedRack, at: Point): readonly Figure[] {
  const { block } = placed;
  const bridge = store.linkByKey(block.bridge);
  const items: Figure[] = [];
  const drops: Drop[] = [];
  for (const [slot, member] of block.slots.entries()) {
    if (member === null) continue;
    const place = slotPlace(block, slot);
    const row = Math.floor(slot / block.columns);
    const corner = { x: at.x + place.x, y: at.y + place.y };
    const ns = nsOfKey(member);
    const found = ns === null ? drawLoose(store, member, corner) : drawCard(store, ns, corner, CARD_W, null);
    items.push(...found.items);
    for (const port of found.ports) {
      const drop = bridge === null ? null : dropOf(store, bridge, port, row);
      if (drop !== null) drops.push(drop);
      else items.push(...pennants(store, port));
    }
  }
  if (bridge === null) return items;
  items.push({
    type: "rack",
    id: `rack:${block.bridge}:${block.part}`,
    ref: "",
    z: Z.rack,
    ...at,
    w: block.w,
    h: block.h,
  });
  items.push(barItem(store, bridge, placed, at), ...drawBus(block.bridge, block.part, drops, at));
  return items;
}

/** Draws a port alone, because there is no namespace to draw at its other end. */
export function drawLoose(
  store: Store,
  member: string,
  corner: Point,
): { items: readonly Figure[]; ports: readonly Port[] } {
  const ref = linkRef(member);
  const link = ref === null ? null : store.link(ref);
  if (link === null) return { items: [], ports: [] };
  const w = chipWidth(link.ifname);
  const port = portOf(link, corner.x + Math.round((CARD_W - w) / 2), corner.y - CHIP_ABOVE, w);
  return { items: [chipItem(store, port), caption(store, port, corner)], ports: [port] };
}

/** Writes a text below a port that is drawn alone. The text says what is at the other end of the port. */
function caption(store: Store, { link }: Port, corner: Point): Figure {
  const text = lacksPeer(store, link)
    ? t.map.noPeerFound
    : link.data?.t === "tun"
      ? t.map.toProgram(link.data.mode)
      : link.kind;
  const ref = lacksPeer(store, link) ? edgeId(pairEdge(link.kind, linkKey(link), null)) : linkKey(link);
  const place = { x: corner.x, y: corner.y + 12, w: CARD_W, h: 16 };
  return { type: "label", id: `caption:${linkKey(link)}`, ref, z: Z.label, ...place, text, tone: "lo" };
}

function dropOf(store: Store, bridge: Link, port: Port, row: number): Drop | null {
  const key = linkKey(port.link);
  const over = linkKey(bridge);
  if (port.link.ns === bridge.ns && port.link.master === bridge.ifindex) {
    return {
      port,
      row,
      pair: "",
      member: edgeId({ kind: "port", a: over, b: key }),
      name: "",
      tone: TONE.bar,
      dashed: false,
    };
  }
  const lower = store.lower(port.link);
  if (lower !== null && linkKey(lower) === over) {
    const pair = edgeId({ kind: "lower", a: key, b: over });
    return { port, row, pair, member: "", name: "", tone: toneOf(port.link.kind), dashed: true };
  }
  const peer = store.peer(port.link);
  if (peer === null || peer.ns !== bridge.ns || peer.master !== bridge.ifindex) return null;
  const far = linkKey(peer);
  const member = edgeId({ kind: "port", a: over, b: far });
  return {
    port,
    row,
    pair: edgeId(pairEdge(peer.kind, key, far)),
    member,
    name: peer.ifname,
    tone: TONE.bar,
    dashed: false,
  };
}

/**
 * Draws small signs above a link, one for each edge to a link that is in another namespace or not visible. These edges
 * are not shown as wires.
 */
function pennants(store: Store, port: Port): Figure[] {
  const leading = edgesOf(store, port.link).filter((edge) => {
    const near = edge.b === null ? null : store.linkByKey(edge.b === linkKey(port.link) ? edge.a : edge.b);
    return near?.ns !== port.link.ns;
  });
  return leading.map((edge, nth) => {
    const ref = edgeId(edge);
    const place = { x: port.x - 5 + 12 * nth, y: port.top - 10, w: 10, h: 8 };
    const tone = toneOf(port.link.kind);
    return {
      type: "label" as const,
      id: `pennant:${linkKey(port.link)}:${ref}`,
      ref,
      z: Z.label,
      ...place,
      text: "",
      tone,
    };
  });
}

/** Draws a bridge as a bar. */
export function barItem(store: Store, bridge: Link, { block, shelf }: PlacedRack, at: Point): Figure {
  const first = addressOf(store, bridge);
  const address = first === null ? "" : `${first.address}/${first.prefix}`;
  return {
    type: "bar",
    id: `bar:${block.bridge}:${block.part}`,
    ref: block.bridge,
    z: Z.bar,
    ...at,
    w: block.w,
    h: BAR_H,
    name: block.part === 0 ? linkTitle(store, bridge) : t.map.continued(linkTitle(store, bridge)),
    address,
    network: shortNetwork(address),
    count: t.common.ports(store.members(bridge).length),
    down: isDown(bridge) && store.members(bridge).length > 0,
    mark: isWarned(store, bridge) ? "warn" : null,
    above: barRise(shelf),
  };
}

/**
 * Draws the wires below a bridge: one vertical wire at the left, a horizontal one above each row, and one to each link,
 * with a dot where three wires meet.
 */
function drawBus(bridge: string, part: number, drops: readonly Drop[], at: Point): Figure[] {
  if (drops.length === 0) return [];
  const name = `${bridge}:${part}`;
  const trunkX = at.x + RACK.trunk;
  const rail = at.y + BAR_H + 2;
  const lastRow = Math.max(...drops.map((drop) => drop.row));
  const items: Figure[] = [socketItem(`socket:${name}`, bridge, { x: trunkX, y: rail - 1 }, TONE.bar)];
  const straight = drops.some((drop) => drop.row < lastRow);
  if (straight) {
    const end = { x: trunkX, y: busY(at, lastRow) - (lastRow > 0 ? 8 : 0) };
    items.push(wireItem(`trunk:${name}`, bridge, [{ x: trunkX, y: rail }, end], { tone: TONE.bar, part: "trunk" }));
  }
  for (let row = 0; row <= lastRow; row++) {
    const here = drops.filter((drop) => drop.row === row).sort((a, b) => a.port.x - b.port.x);
    if (here.length > 0)
      items.push(...drawRow(bridge, `${name}:${row}`, here, trunkX, { rail, y: busY(at, row), last: row === lastRow }));
  }
  return items;
}

/** The length of wire on both sides of the corner above the last link of a row. */
const CORNER = 8;

function busY(at: Point, row: number): number {
  return at.y + RACK.bus + row * RACK.pitch;
}

function drawRow(
  bridge: string,
  name: string,
  here: readonly Drop[],
  trunkX: number,
  { rail, y, last }: { rail: number; y: number; last: boolean },
): Figure[] {
  const end = here.at(-1);
  if (end === undefined) return [];
  const items: Figure[] = [];
  const start = last
    ? [
        { x: trunkX, y: Math.max(rail, y - RACK.pitch) },
        { x: trunkX, y },
      ]
    : [{ x: trunkX, y }];
  const stop = { x: end.port.x - CORNER, y };
  // The bus covers the corner above its last link, so that a highlighted bridge is highlighted up to that link. A dashed
  // wire has its corner for itself.
  const corner = end.dashed
    ? [stop]
    : [
        { x: end.port.x, y },
        { x: end.port.x, y: y + CORNER },
      ];
  const hit = [...start, stop];
  items.push(wireItem(`bus:${name}`, bridge, [...start, ...corner], { tone: TONE.bar, part: "bus", hit }));
  if (!last) items.push(dotItem(`dot:${name}`, { x: trunkX, y }, TONE.bar, ""));
  for (const drop of here) items.push(...drawDrop(drop, trunkX, rail, y, drop === end));
  return items;
}

/**
 * Draws the wire that goes down from a bridge's horizontal wire to a link of a namespace. This wire stands for two
 * edges. A click on its upper end selects the edge between the bridge and the bridge's port. A click below that selects
 * the edge between this port and the link, such as a veth pair.
 */
function drawDrop(drop: Drop, trunkX: number, rail: number, y: number, isEnd: boolean): Figure[] {
  const { port, pair, member, tone, dashed } = drop;
  const joint = { x: port.x, y };
  const foot = { x: port.x, y: port.top };
  const key = linkKey(port.link);
  const items: Figure[] = [];
  const path = isEnd ? [{ x: port.x - CORNER, y }, joint, foot] : [joint, foot];
  const look = { tone, dashed, part: "drop" as const, hit: [joint, foot] };
  items.push(wireItem(`drop:${key}`, pair === "" ? member : pair, path, look));
  if (member !== "") {
    const way = [{ x: trunkX, y: rail }, { x: trunkX, y }, joint];
    const hit = [{ x: Math.max(trunkX, port.x - 14), y }, joint];
    const name = pair === "" ? "" : drop.name;
    items.push(
      wireItem(`port:${key}`, member, way, {
        tone: TONE.bar,
        part: "unseen",
        name,
        hit: pair === "" ? [...hit, foot] : hit,
      }),
    );
  }
  if (!isEnd) items.push(dotItem(`dot:${key}`, joint, TONE.bar, member));
  return items;
}
