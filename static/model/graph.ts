import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import type { Store } from "./store";

export type EdgeKind = "veth" | "port" | "lower" | "tunnel";

/**
 * An edge between two links, by their keys, as netviz.model.graph has it.
 *
 * "veth": the ends of a pair, the lesser key first; `b` is null for a peer beyond sight. "port": master, member.
 * "lower": the upper link, the one it stands on. "tunnel": two links that are each other's far end, the lesser key first.
 */
export interface Edge {
  readonly kind: EdgeKind;
  readonly a: string;
  readonly b: string | null;
}

export function edgeId(edge: Edge): string {
  return `${edge.kind}:${edge.a}:${edge.b ?? ""}`;
}

/** The edge that an id says, or null for any other text. Whether it exists is another question. */
export function edgeOfId(id: string): Edge | null {
  const found = /^(veth|port|lower|tunnel):(link\/[^/:]*\/[0-9]+):(link\/[^/:]*\/[0-9]+)?$/.exec(id);
  if (found === null) return null;
  return { kind: found[1] as EdgeKind, a: found[2] ?? "", b: found[3] ?? null };
}

/** The edge of a veth pair. */
export function vethEdge(a: string, b: string | null): Edge {
  return b !== null && b < a ? { kind: "veth", a: b, b: a } : { kind: "veth", a, b };
}

/** The edge of a tunnel between two links. */
export function tunnelEdge(a: string, b: string): Edge {
  return { kind: "tunnel", a: a < b ? a : b, b: a < b ? b : a };
}

/** The edges that a link's own attributes make: to its peer, to its master, to its lower link. */
export function edgesOf(store: Store, link: Link): readonly Edge[] {
  const key = linkKey(link);
  const edges: Edge[] = [];
  const peer = store.peer(link);
  if (peer !== null) edges.push(vethEdge(key, linkKey(peer)));
  else if (link.kind === "veth" && link.beyond_sight) edges.push(vethEdge(key, null));
  const master = store.master(link);
  if (master !== null) edges.push({ kind: "port", a: linkKey(master), b: key });
  const lower = store.lower(link);
  if (lower !== null) edges.push({ kind: "lower", a: key, b: linkKey(lower) });
  for (const far of store.tunnels(link)) edges.push(tunnelEdge(key, linkKey(far)));
  return edges;
}

/** Whether the topology still has this edge. */
export function edgeStands(store: Store, edge: Edge): boolean {
  const id = edgeId(edge);
  const from = store.linkByKey(edge.kind === "port" ? (edge.b ?? "") : edge.a);
  return from !== null && edgesOf(store, from).some((found) => edgeId(found) === id);
}
