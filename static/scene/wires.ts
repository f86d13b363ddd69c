import { attachment } from "../layout/attach";
import type { Layout } from "../layout/layout";
import { CHIP_H, chipWidth } from "../layout/measures";
import type { Region, Shelf } from "../layout/placement";
import { edgeId, pairEdge, tunnelEdge } from "../model/graph";
import { type Tone, TONE, toneOf } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { linkName } from "../words/names";
import { dotItem, ownEdges, socketItem, wireItem } from "./drawing";
import { barEnds, type Stand } from "./ends";
import { type Figure, type Point, Z } from "./items";
import { apart, endPart, without } from "./polyline";
import { type End, type Obstacle, type Routed, Router } from "./router";

/** A wire to draw: the edges that it represents, and the name to write instead of the wire if no path is found. */
interface Plan {
  readonly id: string;
  readonly a: End;
  readonly b: End;
  readonly edge: string;
  /**
   * If the wire begins at the bar of a bridge, `portA` is the edge between this bridge and its port; otherwise it is
   * empty. `portB` is the same for the end of the wire.
   */
  readonly portA: string;
  readonly portB: string;
  readonly tone: Tone;
  readonly dashed: boolean;
  readonly label: string;
  /**
   * The index of this tunnel among the tunnels of its link, from 0. Signs of several tunnels are drawn side by side.
   */
  readonly nth?: number;
}

type Bars = ReadonlyMap<string, { side: End; top: End }>;

/**
 * Draws all wires inside a namespace except those below its bridges. The shortest wires are routed first, so that they
 * are straight.
 */
export function drawWires(
  store: Store,
  layout: Layout,
  region: Region,
  at: Point,
  stands: ReadonlyMap<string, Stand>,
  obstacles: (shelf: Shelf) => readonly Obstacle[],
): Figure[] {
  const bars = barEnds(store, layout, region);
  const items: Figure[] = [];
  const plans = new Map<string, Plan>();
  for (const stand of stands.values()) {
    const found =
      stand.link.ns === region.ns ? ownPlans(store, bars, stands, stand) : farPlans(store, bars, stands, stand, region);
    for (const plan of [...found, ...tunnelPlans(store, stands, stand)]) plans.set(plan.edge, plan);
  }
  for (const plan of patchPlans(store, bars, region)) plans.set(plan.edge, plan);
  const router = new Router(region, obstacles);
  for (const { a, b } of plans.values()) {
    router.reserve(a);
    router.reserve(b);
  }
  const nets = new Map<string, (readonly Point[])[]>();
  for (const plan of [...plans.values()].sort((p, q) => span(p) - span(q))) {
    const routed = plan.a === plan.b ? null : (neighbours(plan, stands) ?? router.route(plan.a, plan.b));
    if (routed === null) items.push(...signs(plan, at, stands));
    else items.push(...draw(plan, routed, at, nets));
  }
  for (const [net, paths] of nets) items.push(...joints(net, paths));
  return items;
}

function span({ a, b }: Plan): number {
  if (a.kind === "chip" && b.kind === "chip") return Math.abs(a.x - b.x) + 400 * Math.abs(a.band - b.band);
  const chip = a.kind === "chip" ? a : b;
  const bar = a.kind === "chip" ? b : a;
  if (chip.kind !== "chip" || bar.kind !== "bar") return 10_000;
  return Math.min(Math.abs(chip.x - bar.left), Math.abs(chip.x - bar.right)) + 400 * Math.abs(chip.band - bar.shelf);
}

/**
 * `stand` is a link whose namespace is drawn inside `region`. Plans the wire from this link to what it is attached to.
 * If the other end of the wire would be outside `region`, the name of the other end is written instead.
 */
function farPlans(store: Store, bars: Bars, stands: ReadonlyMap<string, Stand>, stand: Stand, region: Region): Plan[] {
  const { link, end } = stand;
  const key = linkKey(link);
  const found = attachment(store, link);
  if (found === null) return [];
  const far = linkKey(found.far);
  const label = found.far.ns === region.ns ? found.far.ifname : linkName(store, found.far);
  if (found.how === "segment") {
    const peer = store.peer(link);
    const tone: Tone = peer === null ? toneOf(link.kind) : TONE.pair;
    const edge =
      peer === null ? edgeId({ kind: "lower", a: key, b: far }) : edgeId(pairEdge(link.kind, key, linkKey(peer)));
    const portB = peer === null ? "" : edgeId({ kind: "port", a: far, b: linkKey(peer) });
    return [
      { id: key, a: end, b: bars.get(far)?.side ?? end, edge, portA: "", portB, tone, dashed: peer === null, label },
    ];
  }
  const other = stands.get(far)?.end ?? end;
  const lower = found.how === "lower";
  const edge = lower ? edgeId({ kind: "lower", a: key, b: far }) : edgeId(pairEdge(link.kind, key, far));
  return [
    {
      id: key,
      a: end,
      b: other,
      edge,
      portA: "",
      portB: "",
      tone: lower ? toneOf(link.kind) : TONE.pair,
      dashed: lower,
      label,
    },
  ];
}

/**
 * Plans wires from a link on the border of a namespace to other links on that border, or to bridges of the namespace.
 */
function ownPlans(store: Store, bars: Bars, stands: ReadonlyMap<string, Stand>, { link, end }: Stand): Plan[] {
  const key = linkKey(link);
  const out: Plan[] = [];
  const base = { id: key, a: end, portA: "", portB: "" };
  for (const { id, far, tone, dashed } of ownEdges(store, link)) {
    const other = stands.get(far);
    if (other !== undefined) out.push({ ...base, b: other.end, edge: id, tone, dashed, label: other.link.ifname });
  }
  const lower = store.lower(link);
  const under = lower === null || lower.ns !== link.ns ? undefined : bars.get(linkKey(lower));
  if (lower !== null && under !== undefined) {
    const edge = edgeId({ kind: "lower", a: key, b: linkKey(lower) });
    out.push({ ...base, b: under.top, edge, tone: toneOf(link.kind), dashed: true, label: lower.ifname });
  }
  const master = store.master(link);
  const bar = master === null ? undefined : bars.get(linkKey(master));
  if (master !== null && bar !== undefined) {
    const edge = edgeId({ kind: "port", a: linkKey(master), b: key });
    out.push({ ...base, b: bar.top, edge, portB: edge, tone: TONE.bar, dashed: false, label: master.ifname });
  }
  out.push(...patchPlan(store, bars, link, end));
  return out;
}

/**
 * Plans the tunnels from a link to links of other namespaces. If the namespaces of both links are drawn inside the same
 * outer namespace, a wire connects the links. Otherwise the name of the other link is written at this link.
 */
function tunnelPlans(store: Store, stands: ReadonlyMap<string, Stand>, { link, end }: Stand): Plan[] {
  const key = linkKey(link);
  const elsewhere = store.tunnels(link).filter((far) => far.ns !== link.ns);
  return elsewhere.flatMap((far, nth) => {
    const edge = edgeId(tunnelEdge(key, linkKey(far)));
    const other = stands.get(linkKey(far))?.end;
    if (other !== undefined && linkKey(far) < key) return [];
    const label = linkName(store, far);
    // A link may have many tunnels. Wires with the same `net` may overlap, so each tunnel gets a `net` of its own.
    const own = (at: End): End => ({ ...at, net: `${at.net}:${edge}` });
    const ends = other === undefined ? { a: end, b: end } : { a: own(end), b: own(other) };
    const base = { id: `${key}:${edge}`, ...ends, portA: "", portB: "", nth };
    return [{ ...base, edge, tone: toneOf(link.kind), dashed: true, label }];
  });
}

/** Plans the wire from a link to a bridge of the same namespace, if the link's peer is a port of that bridge. */
function patchPlan(store: Store, bars: Bars, link: Link, end: End): Plan[] {
  const peer = store.peer(link);
  const master = peer === null || peer.ns !== link.ns ? null : store.master(peer);
  const bar = master === null ? undefined : bars.get(linkKey(master));
  if (peer === null || master === null || bar === undefined) return [];
  const edge = edgeId(pairEdge(link.kind, linkKey(link), linkKey(peer)));
  const portB = edgeId({ kind: "port", a: linkKey(master), b: linkKey(peer) });
  return [
    {
      id: linkKey(link),
      a: end,
      b: bar.side,
      edge,
      portA: "",
      portB,
      tone: TONE.pair,
      dashed: false,
      label: master.ifname,
    },
  ];
}

/**
 * Two bridges of the same namespace can be connected by a pair of links: one link is a port of the first bridge, its
 * peer a port of the second. Plans a wire between the two bridges for each such pair.
 */
function patchPlans(store: Store, bars: Bars, region: Region): Plan[] {
  const out: Plan[] = [];
  for (const [key, bar] of bars) {
    const bridge = store.linkByKey(key);
    for (const port of bridge === null ? [] : store.members(bridge)) {
      const peer = store.peer(port);
      if (peer === null || peer.ns !== region.ns || linkKey(peer) < linkKey(port)) continue;
      const portA = edgeId({ kind: "port", a: key, b: linkKey(port) });
      out.push(...patchPlan(store, bars, port, bar.side).map((plan) => ({ ...plan, portA })));
    }
  }
  return out;
}

/** Returns a straight wire between two links that are side by side on one border, or null if they are not. */
function neighbours({ a, b, dashed }: Plan, stands: ReadonlyMap<string, Stand>): Routed | null {
  if (!dashed || a.kind !== "chip" || b.kind !== "chip" || a.band !== 0 || b.band !== 0 || a.y !== b.y) return null;
  const [from, to] = a.x < b.x ? [a, b] : [b, a];
  let [left, right] = [from.x, to.x];
  for (const { link, end } of stands.values()) {
    if (end.kind !== "chip" || end.band !== 0 || end.y !== a.y) continue;
    if (end.x > from.x && end.x < to.x) return null;
    const half = Math.floor(chipWidth(link.ifname) / 2);
    if (samePlace(end, from)) left += half;
    if (samePlace(end, to)) right -= half;
  }
  const y = a.y - CHIP_H / 2;
  const path = [
    { x: left, y },
    { x: right, y },
  ];
  return { path, sockets: [] };
}

function samePlace(a: End, b: End): boolean {
  return a.kind === "chip" && b.kind === "chip" && a.band === b.band && a.x === b.x && a.y === b.y;
}

/**
 * Draws a sign above each end of a wire for which no path was found. The sign has the name of the opposite end, if the
 * name is not wider than the link's drawing.
 */
function signs(
  { id, a, b, edge, tone, label, nth = 0 }: Plan,
  at: Point,
  stands: ReadonlyMap<string, Stand>,
): Figure[] {
  return [...new Set([a, b])].flatMap((end, index) => {
    const stand = [...stands.values()].find((known) => samePlace(known.end, end));
    if (end.kind !== "chip" || stand === undefined) return [];
    const needed = Math.ceil(label.length * 6.6) + 22;
    const fits = nth === 0 && index === 0 && needed <= chipWidth(stand.link.ifname);
    const top = at.y + end.y - (end.y === CHIP_H / 2 ? CHIP_H : 0);
    const place = fits
      ? { x: at.x + end.x - Math.floor(needed / 2), y: top - 18, w: needed, h: 16 }
      : { x: at.x + end.x - 5 + 12 * nth, y: top - 10, w: 10, h: 8 };
    return [
      {
        type: "label" as const,
        id: `sign:${id}:${index}`,
        ref: edge,
        z: Z.label,
        ...place,
        text: fits ? label : "",
        tone,
      },
    ];
  });
}

/**
 * Where a wire meets the bar of a bridge, a click on the last part of the wire selects the edge between the bridge and
 * its port. This is the length of that part, in pixels.
 */
const PORT_PART = 16;

function draw(plan: Plan, routed: Routed, at: Point, nets: Map<string, (readonly Point[])[]>): Figure[] {
  const path = routed.path.map(({ x, y }) => ({ x: at.x + x, y: at.y + y }));
  const shared = new Set([plan.b.net, ...(plan.a.kind === "bar" ? [plan.a.net] : [])]);
  const before = [...shared].flatMap((net) => nets.get(net) ?? []);
  for (const net of shared) nets.set(net, [...(nets.get(net) ?? []), path]);
  // Where a wire overlaps an earlier wire, a click selects the earlier one. Only wires with the same name in `nets` may
  // overlap.
  const own = apart(path, before);
  const { tone, dashed, edge } = plan;
  const sides = [
    { end: plan.a, port: plan.portA, socket: path[0], part: endPart(own.toReversed(), PORT_PART).toReversed() },
    { end: plan.b, port: plan.portB, socket: path.at(-1), part: endPart(own, PORT_PART) },
  ];
  const ports = sides.filter(({ port }) => port !== "" && port !== edge);
  const middle = ports.reduce((left, { part }) => without(left, part), own);
  const items: Figure[] = [wireItem(`wire:${edge}`, edge, path, { tone, dashed, hit: middle })];
  for (const { port, part } of ports)
    items.push(wireItem(`port:${port}`, port, path, { tone, part: "unseen", hit: part }));
  for (const { end, port, socket } of sides) {
    if (end.kind !== "bar" || socket === undefined) continue;
    const known = before.some((other) => other.some((point) => point.x === socket.x && point.y === socket.y));
    if (!known) items.push(socketItem(`socket:${edge}:${end.net}`, port === "" ? edge : port, socket, tone, end.above));
  }
  return items;
}

/**
 * Draws a dot at each point where wires branch, so that lines lead from it in at least three directions. All `paths`
 * belong to wires with the same `net`, because only such wires may overlap.
 */
function joints(net: string, paths: readonly (readonly Point[])[]): Figure[] {
  if (paths.length < 2) return [];
  const out = new Map<string, Figure>();
  for (const path of paths) {
    for (const point of path.slice(1, -1)) {
      if (directions(point, paths).size < 3) continue;
      const id = `joint:${net}:${point.x}:${point.y}`;
      out.set(id, dotItem(id, point, net.startsWith("bar:") ? TONE.pair : TONE.out, ""));
    }
  }
  return [...out.values()];
}

function directions(point: Point, paths: readonly (readonly Point[])[]): Set<string> {
  const out = new Set<string>();
  for (const path of paths) {
    for (const [at, from] of path.entries()) {
      const to = path[at + 1];
      if (to === undefined || !on(point, from, to)) continue;
      for (const end of [from, to]) {
        if (end.x !== point.x || end.y !== point.y)
          out.add(`${Math.sign(end.x - point.x)},${Math.sign(end.y - point.y)}`);
      }
    }
  }
  return out;
}

function on(point: Point, from: Point, to: Point): boolean {
  if (from.x === to.x) return point.x === from.x && (point.y - from.y) * (point.y - to.y) <= 0;
  return point.y === from.y && (point.x - from.x) * (point.x - to.x) <= 0;
}
