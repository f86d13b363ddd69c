import { linkKey, nsOfKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { isBar, isPaired } from "./kinds";
import type { Store } from "./store";

/**
 * An edge between two links, given by their keys. netviz.model.graph (Python) has the same edges.
 *
 * "veth" and any other paired kind: the two ends of a pair, the smaller key first; `b` is null if the peer is not
 * visible. "port": the master and its port. "lower": the upper link and its lower link. "tunnel": the two ends of a
 * tunnel, the smaller key first.
 */
export interface Edge {
  readonly kind: string;
  readonly a: string;
  readonly b: string | null;
}

/** The kinds of edges that do not connect a pair. An edge between a pair has the kind of its links, such as veth. */
const OTHERS: ReadonlySet<string> = new Set(["port", "lower", "tunnel"]);

export function isPair(edge: Edge): boolean {
  return !OTHERS.has(edge.kind);
}

export function edgeId(edge: Edge): string {
  return `${edge.kind}:${edge.a}:${edge.b ?? ""}`;
}

/**
 * Returns the edge that an id describes, or null if the text is not the id of an edge. Whether the edge exists on the
 * host is not checked: `edgeStands` does that.
 */
export function edgeOfId(id: string): Edge | null {
  const found = /^([^/:]+):(link\/[^/:]*\/[0-9]+):(link\/[^/:]*\/[0-9]+)?$/.exec(id);
  if (found === null) return null;
  return { kind: found[1] ?? "", a: found[2] ?? "", b: found[3] ?? null };
}

/** Makes the edge between the two ends of a pair of this kind. */
export function pairEdge(kind: string, a: string, b: string | null): Edge {
  return b !== null && b < a ? { kind, a: b, b: a } : { kind, a, b };
}

/** Makes the edge of a tunnel between two links. */
export function tunnelEdge(a: string, b: string): Edge {
  return { kind: "tunnel", a: a < b ? a : b, b: a < b ? b : a };
}

/** Returns the edges that follow from a link's own attributes: to its peer, to its master, to its lower link. */
export function edgesOf(store: Store, link: Link): readonly Edge[] {
  const key = linkKey(link);
  const edges: Edge[] = [];
  const peer = store.peer(link);
  if (peer !== null) edges.push(pairEdge(link.kind, key, linkKey(peer)));
  else if (isPaired(link.kind) && link.beyond_sight) edges.push(pairEdge(link.kind, key, null));
  const master = store.master(link);
  if (master !== null) edges.push({ kind: "port", a: linkKey(master), b: key });
  const lower = store.lower(link);
  if (lower !== null) edges.push({ kind: "lower", a: key, b: linkKey(lower) });
  for (const far of store.tunnels(link)) edges.push(tunnelEdge(key, linkKey(far)));
  return edges;
}

/** Whether the edge exists in the topology. */
export function edgeStands(store: Store, edge: Edge): boolean {
  const id = edgeId(edge);
  const from = store.linkByKey(edge.kind === "port" ? (edge.b ?? "") : edge.a);
  return from !== null && edgesOf(store, from).some((found) => edgeId(found) === id);
}

/**
 * Returns the edges that are highlighted with a selected namespace, link or edge: the edges of its links, or the edge
 * itself. If a link's peer is a port, the edge from that port to its bridge is also highlighted.
 */
export function highlightedWith(store: Store, ref: string): readonly string[] {
  const ns = nsOfKey(ref);
  if (ns !== null)
    return ns === store.ground?.id
      ? []
      : store
          .links(ns)
          .filter((one) => !isBar(one.kind))
          .flatMap((link) => edgesToFar(store, link));
  const link = store.linkByKey(ref);
  if (link !== null) return isBar(link.kind) ? [] : edgesToFar(store, link);
  const edge = edgeOfId(ref);
  return edge === null ? [] : [edgeId(edge)];
}

function edgesToFar(store: Store, link: Link): string[] {
  const out = edgesOf(store, link).map(edgeId);
  const peer = store.peer(link);
  const master = peer === null ? null : store.master(peer);
  if (peer !== null && master !== null) out.push(edgeId({ kind: "port", a: linkKey(master), b: linkKey(peer) }));
  return out;
}
