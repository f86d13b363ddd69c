import { entityKey, linkKey, nsKey } from "../wire/key";
import type { AnyEntity, Link } from "../wire/schema";
import { equal } from "./equal";
import { TABLE_LOCAL } from "./facts";
import { type Edge, edgeId, edgesOf, pairEdge } from "./graph";
import { type Changes, namespaceOf, Store } from "./store";

/** How a namespace, a link or an edge differs between two states of a host. "staged": it is only planned. */
export type Status = "same" | "added" | "removed" | "changed" | "moved" | "staged";

/**
 * The status of namespaces, links and edges, by key or edge id. A namespace, link or edge without a status here has not
 * changed.
 */
export type Statuses = ReadonlyMap<string, Status>;

export const ALL_SAME: Statuses = new Map();

/**
 * The move of a link to another namespace or another bridge. The link is the same before and after, although its key
 * may differ.
 */
export interface Move {
  readonly old: Link;
  readonly now: Link;
}

/**
 * `before` and `after` contain the entities of one host at two times. Returns the entities that were
 * added, changed or removed in between.
 */
export function changesBetween(before: Store, after: Store): Changes {
  const added: AnyEntity[] = [];
  const changed: { old: AnyEntity; now: AnyEntity }[] = [];
  for (const [key, now] of after.entities) {
    const old = before.entities.get(key);
    if (old === undefined) added.push(now);
    else if (!equal(old, now)) changed.push({ old, now });
  }
  const removed = [...before.entities].flatMap(([key, old]) => (after.entities.has(key) ? [] : [old]));
  return { added, changed, removed };
}

/**
 * `before` and `after` contain the entities of one host at two times. Returns a store with the entities of both, so
 * that one map can show both. An entity that is in both has its value from `after`.
 */
export function unionOf(before: Store, after: Store): Store {
  const union = new Store();
  union.apply([...before.entities.values()], []);
  union.apply([...after.entities.values()], []);
  return union;
}

/** Returns the status of each namespace, link and edge that differs between two states. */
export function statusesBetween(before: Store, after: Store): Statuses {
  return statusesOf(after, changesBetween(before, after));
}

/**
 * Returns the status of each namespace, link and edge that the changes affect. `after` is the store to which the
 * changes have been applied. A link that moved has one status under its old key and one under its new key.
 */
export function statusesOf(after: Store, changes: Changes): Statuses {
  const out = new Map<string, Status>();
  for (const entity of changes.added) note(out, after, entity, "added");
  for (const entity of changes.removed) note(out, after, entity, "removed");
  for (const { old, now } of changes.changed) {
    note(out, after, now, "changed");
    if (old.t === "link" && now.t === "link") noteEdges(out, after, old, now);
  }
  for (const { old, now } of movesOf(changes)) {
    for (const link of [old, now]) out.set(linkKey(link), "moved");
    const [had, has] = [edgesByFields(old), edgesByFields(now)];
    for (const edge of had) if (!has.includes(edge)) out.set(edge, "moved");
    for (const edge of has) if (!had.includes(edge)) out.set(edge, "moved");
  }
  return out;
}

function note(
  out: Map<string, Status>,
  after: Store,
  entity: AnyEntity,
  status: "added" | "removed" | "changed",
): void {
  if (entity.t === "ns" || entity.t === "link") out.set(entityKey(entity), status);
  else {
    const ref = bearerOf(after, entity);
    if (ref !== null && !out.has(ref)) out.set(ref, "changed");
  }
  if (entity.t !== "link" || status === "changed") return;
  const edges = status === "added" ? edgesOf(after, entity).map(edgeId) : edgesByFields(entity);
  for (const edge of edges) out.set(edge, status);
}

/** Records in `out` the edges that a changed link gained (as added) and the edges that it lost (as removed). */
function noteEdges(out: Map<string, Status>, after: Store, old: Link, now: Link): void {
  const has = new Set(edgesOf(after, now).map(edgeId));
  const had = new Set(edgesByFields(old));
  for (const edge of has) if (!had.has(edge) && !edge.startsWith("tunnel:")) out.set(edge, "added");
  for (const edge of had) if (!has.has(edge)) out.set(edge, "removed");
}

/** Returns the ids of the edges that a link's own fields name, whether or not the other end exists. */
function edgesByFields(link: Link): string[] {
  const key = linkKey(link);
  const edges: Edge[] = [];
  if (link.peer !== null) edges.push(pairEdge(link.kind, key, linkKey(link.peer)));
  if (link.master !== null) edges.push({ kind: "port", a: linkKey({ ns: link.ns, ifindex: link.master }), b: key });
  if (link.lower !== null) edges.push({ kind: "lower", a: key, b: linkKey(link.lower) });
  return edges.map(edgeId);
}

/**
 * Returns the key of the namespace or link that is marked on the map when an entity changes: for an address its link,
 * for a route its namespace. Returns null for entities that the kernel maintains by itself (neighbours, FDB, local
 * routes, a link's own IPv6 address).
 */
export function bearerOf(after: Store, entity: AnyEntity): string | null {
  switch (entity.t) {
    case "ns":
      return nsKey(entity.id);
    case "link":
      return linkKey(entity);
    case "addr":
      return entity.scope === "link" || after.link(entity) === null ? null : linkKey(entity);
    case "route":
      return entity.table === TABLE_LOCAL || entity.protocol === "kernel" ? null : nsKey(entity.ns);
    case "nf_table":
    case "nf_chain":
    case "rule":
      return nsKey(entity.ns);
    default:
      return null;
  }
}

/**
 * Returns the namespaces that these changes add or remove. The contents of such a namespace are added or removed with
 * it.
 */
export function wholeNamespaces(changes: Changes): ReadonlySet<string> {
  return new Set([...changes.added, ...changes.removed].flatMap((entity) => (entity.t === "ns" ? [entity.id] : [])));
}

/** Returns the links that these changes moved to another master or to another namespace. */
export function movesOf(changes: Changes): readonly Move[] {
  const out: Move[] = [];
  for (const { old, now } of changes.changed)
    if (old.t === "link" && now.t === "link" && old.master !== null && now.master !== null && old.master !== now.master)
      out.push({ old, now });
  const gone = byIdentity(changes.removed);
  const come = byIdentity(changes.added);
  const taken = new Set<Link>();
  for (const [identity, now] of come) {
    const old = gone.get(identity) ?? null;
    if (old === null || now === null || old.ns === now.ns || taken.has(now) || taken.has(old)) continue;
    taken.add(old).add(now);
    out.push({ old, now });
  }
  return out;
}

/**
 * A link that moves to another namespace can disappear in one delta and appear in the next one. `departed` are links that
 * were removed a moment ago. Returns the changes of a delta together with the removal of those of them that this delta
 * adds elsewhere. Such a link is recognised by its peer alone: a container that is started again can have the MAC address
 * and name of its old link, which did not move.
 */
export function withDeparted(changes: Changes, departed: readonly Link[]): Changes {
  const moves = movesOf({ added: changes.added, changed: [], removed: departed });
  const back = moves.filter(
    ({ old, now }) => old.peer !== null && now.peer !== null && linkKey(old.peer) === linkKey(now.peer),
  );
  return { ...changes, removed: [...changes.removed, ...back.map(({ old }) => old)] };
}

/**
 * Returns links by their `identities`, texts that do not change if a link moves to another namespace. The value is null
 * if several links have the same text.
 */
function byIdentity(entities: readonly AnyEntity[]): Map<string, Link | null> {
  const out = new Map<string, Link | null>();
  for (const entity of entities) {
    if (entity.t !== "link") continue;
    for (const identity of identities(entity)) out.set(identity, out.has(identity) ? null : entity);
  }
  return out;
}

/**
 * Returns texts that stay the same when a link moves to another namespace, although its key changes then: a text with
 * the link's peer, and a text with its MAC address and name. A text is left out if the link has no peer or no MAC
 * address.
 */
function identities(link: Link): string[] {
  const out: string[] = [];
  if (link.peer !== null) out.push(`${link.kind} to ${linkKey(link.peer)}`);
  if (/[1-9a-f]/.test(link.address)) out.push(`${link.kind} ${link.address} ${link.ifname}`);
  return out;
}

/** Whether an entity was added or removed by itself, not together with its namespace. */
export function isSeparate(whole: ReadonlySet<string>, entity: AnyEntity): boolean {
  return entity.t === "ns" || !whole.has(namespaceOf(entity));
}
