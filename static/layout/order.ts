import { byNumbers, type Store } from "../model/store";
import { type Attachment, attachments, isContainer } from "./attach";
import type { Role } from "./placement";

/**
 * Where a namespace is drawn. `parent` is the namespace inside which it is drawn. `role` is "box" if other namespaces
 * are drawn inside it. Otherwise `role` is "rack" if it is drawn below one bridge of `parent`, "multi" if it is
 * attached to several bridges, and "free" in all other cases. `bridge` is the key of the bridge for "rack", otherwise
 * empty.
 */
export interface Belonging {
  readonly ns: string;
  readonly parent: string;
  readonly role: Role;
  readonly bridge: string;
}

/** For each namespace: whether other namespaces are drawn inside it, and inside which namespace it is drawn itself. */
export interface Regions {
  readonly ground: string;
  isRegion(ns: string): boolean;
  parentOf(ns: string): string | null;
}

/** Determines where on the map a namespace is drawn, given the namespaces that already have a position. */
export function belonging(store: Store, ns: string, regions: Regions, bridgeKey: (a: Attachment) => string): Belonging {
  const found = attachments(store, ns);
  const parent = chooseParent(ns, found, regions);
  const container = isContainer(store, ns);
  const segments = new Set(found.filter((a) => a.how === "segment").map(bridgeKey));
  const own = found.find((a) => a.how === "segment" && a.far.ns === parent);
  if (container) return { ns, parent, role: "box", bridge: "" };
  if (segments.size === 1 && own !== undefined) return { ns, parent, role: "rack", bridge: bridgeKey(own) };
  return { ns, parent, role: segments.size > 1 ? "multi" : "free", bridge: "" };
}

function chooseParent(ns: string, found: readonly Attachment[], regions: Regions): string {
  const far = found.map((a) => a.far.ns).filter((id) => regions.isRegion(id) && !isInside(id, ns, regions));
  if (far.includes(regions.ground)) return regions.ground;
  if (far[0] !== undefined) return far[0];
  for (const a of found) {
    const parent = regions.parentOf(a.far.ns);
    if (parent !== null && !isInside(parent, ns, regions)) return parent;
  }
  return regions.ground;
}

/** Whether the namespace `id` is `ns`, or is drawn inside `ns`. */
function isInside(id: string, ns: string, regions: Regions): boolean {
  let at: string | null = id;
  for (let depth = 0; at !== null && depth < 64; depth++) {
    if (at === ns) return true;
    at = at === regions.ground ? null : regions.parentOf(at);
  }
  return at !== null;
}

/**
 * Returns all namespaces except the host namespace, in the order in which they get a position on the map: along the
 * links from the host namespace, then along the links from each further namespace with a bridge, because what is
 * attached to the bridge is drawn inside that namespace, then the rest.
 */
export function placingOrder(store: Store, ground: string): readonly string[] {
  const neighbours = adjacency(store);
  const ids = store.namespaces().map((namespace) => namespace.id);
  const outer = ids.filter((id) => isContainer(store, id));
  const seen = new Set([ground]);
  const order: string[] = [];
  for (const start of [ground, ...outer, ...ids]) {
    if (start !== ground && seen.has(start)) continue;
    walk(start, neighbours, seen, order);
  }
  return order.filter((id) => id !== ground);
}

function walk(start: string, neighbours: ReadonlyMap<string, Set<string>>, seen: Set<string>, order: string[]): void {
  const queue = [start];
  seen.add(start);
  for (let at = 0; at < queue.length; at++) {
    const id = queue[at] ?? "";
    order.push(id);
    for (const next of [...(neighbours.get(id) ?? [])].sort(byNumbers)) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
}

function adjacency(store: Store): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>();
  const join = (a: string, b: string): void => {
    const known = out.get(a);
    if (known === undefined) out.set(a, new Set([b]));
    else known.add(b);
  };
  for (const { id } of store.namespaces()) {
    for (const { far } of attachments(store, id)) {
      if (store.namespace(far.ns) === null) continue;
      join(id, far.ns);
      join(far.ns, id);
    }
  }
  return out;
}
