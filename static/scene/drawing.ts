import { CHIP_H } from "../layout/measures";
import { isDown, isWarned } from "../model/facts";
import { edgeId, pairEdge, tunnelEdge } from "../model/graph";
import { formOf, isBar, type Tone, TONE, toneOf } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { t } from "../words/current";
import { boxOf, type ChipItem, type Figure, type Point, type WireItem, Z } from "./items";

/** The drawing of a link: the rectangle with the link's name, and the x coordinate of wires that end at it. */
export interface Port {
  readonly link: Link;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Whether the peer of the link is drawn directly above the link. */
  readonly twinned: boolean;
}

export function portOf(link: Link, x: number, y: number, w: number, twinned = false): Port {
  return { link, x: Math.round(x + w / 2), top: y, bottom: y + CHIP_H, left: x, right: x + w, twinned };
}

export function chipItem(store: Store, port: Port, small = false): ChipItem {
  const tone = toneOf(port.link.kind);
  return {
    type: "chip",
    id: `chip:${linkKey(port.link)}`,
    ref: linkKey(port.link),
    z: Z.chip,
    x: port.left,
    y: port.top,
    w: port.right - port.left,
    h: CHIP_H,
    name: port.link.ifname,
    tone,
    form: formOf(tone),
    down: isDown(port.link),
    mark: isWarned(store, port.link) ? "warn" : null,
    small,
  };
}

/** Draws a short line with a cross above a link whose peer is not visible. */
export function stubItem(port: Port): Figure {
  const ref = edgeId(pairEdge(port.link.kind, linkKey(port.link), null));
  const place = { x: port.x - 6, y: port.top - 20, w: 12, h: 20 };
  return { type: "stub", id: `stub:${linkKey(port.link)}`, ref, z: Z.wire, ...place, text: t.map.noPeerFound };
}

/** Returns the edges from a link to other links of its namespace, except edges to a bridge. */
export function ownEdges(
  store: Store,
  link: Link,
): { id: string; far: string; tone: WireItem["tone"]; dashed: boolean }[] {
  const key = linkKey(link);
  const out = [];
  const lower = store.lower(link);
  if (lower !== null && lower.ns === link.ns && !isBar(lower.kind)) {
    const far = linkKey(lower);
    out.push({ id: edgeId({ kind: "lower", a: key, b: far }), far, tone: toneOf(link.kind), dashed: true });
  }
  const master = store.master(link);
  if (master !== null && !isBar(master.kind)) {
    const far = linkKey(master);
    out.push({ id: edgeId({ kind: "port", a: far, b: key }), far, tone: toneOf(master.kind), dashed: false });
  }
  const peer = store.peer(link);
  if (peer !== null && peer.ns === link.ns && key < linkKey(peer)) {
    const far = linkKey(peer);
    out.push({ id: edgeId(pairEdge(link.kind, key, far)), far, tone: TONE.pair, dashed: false });
  }
  for (const far of store.tunnels(link).filter((other) => other.ns === link.ns && key < linkKey(other)))
    out.push({ id: edgeId(tunnelEdge(key, linkKey(far))), far: linkKey(far), tone: toneOf(link.kind), dashed: true });
  return out;
}

export function acrossGap(a: Port, b: Port): Point[] {
  const [first, second] = a.x < b.x ? [a, b] : [b, a];
  const y = first.top + CHIP_H / 2;
  return [
    { x: first.right, y },
    { x: second.left, y },
  ];
}

/** Makes a wire of the map. A click anywhere on the wire selects it, unless `hit` names a shorter part. */
export function wireItem(
  id: string,
  ref: string,
  path: readonly Point[],
  look: { tone: WireItem["tone"]; dashed?: boolean; part?: WireItem["part"]; hit?: readonly Point[]; name?: string },
): WireItem {
  const { tone, dashed = false, part = "wire", hit = path, name = "" } = look;
  return { type: "wire", id, ref, z: Z.wire, ...boxOf(path), path, hit, tone, dashed, part, name };
}

export function dotItem(id: string, at: Point, tone: Tone, ref: string): Figure {
  return { type: "dot", id, ref, z: Z.dot, x: at.x - 3, y: at.y - 3, w: 6, h: 6, tone };
}

export function socketItem(id: string, ref: string, at: Point, tone: Tone, above = 0): Figure {
  return { type: "socket", id, ref, z: Z.socket, x: at.x - 4, y: at.y - 4, w: 8, h: 8, tone, above };
}
