import { equal } from "../model/equal";
import { namespaceTitle } from "../model/labels";
import { bearerOf, isApart, type Move, movesOf, wholeNamespaces } from "../model/status";
import { type Changes, namespaceOf, Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { AnyEntity, Link, NfChain } from "../wire/schema";

/** A change in words: what it was about, and what to point at. */
export interface RecentChange {
  readonly kind: "added" | "changed" | "removed" | "moved";
  readonly ref: string;
  readonly title: string;
  readonly words: string;
}

/**
 * The changes of a step in words, the weightiest first. What comes or goes with its namespace is told with that alone;
 * what the kernel keeps by itself (neighbours, FDB, local routes) is left out.
 */
export function recentChanges(store: Store, changes: Changes): readonly RecentChange[] {
  const whole = wholeNamespaces(changes);
  const moves = movesOf(changes);
  const moved = new Set<AnyEntity>(moves.flatMap(({ old, now }) => [old, now]));
  const alone = (entity: AnyEntity): boolean => isApart(whole, entity) && !moved.has(entity);
  const out: RecentChange[] = moves.map((move) => movedWords(store, changes, move));
  for (const entity of changes.added.filter(alone)) out.push(...cameOrWent(store, changes, entity, "added"));
  for (const entity of changes.removed.filter(alone)) out.push(...cameOrWent(store, changes, entity, "removed"));
  for (const { old, now } of changes.changed) if (!moved.has(now)) out.push(...altered(store, old, now));
  return out.sort((a, b) => weight(a) - weight(b));
}

function weight(change: RecentChange): number {
  if (change.ref.startsWith("ns/") && change.words.startsWith("namespace")) return 0;
  return change.ref.startsWith("link/") ? 1 : 2;
}

function movedWords(store: Store, changes: Changes, { old, now }: Move): RecentChange {
  const master = store.master(now);
  const words =
    old.ns === now.ns
      ? `now a port of ${master?.ifname ?? `if ${now.master ?? "?"}`}`
      : `moved here from ${titleBefore(store, changes, old.ns)}`;
  return { kind: "moved", ref: linkKey(now), title: linkTitle(store, now), words };
}

function cameOrWent(store: Store, changes: Changes, entity: AnyEntity, kind: "added" | "removed"): RecentChange[] {
  const ref = bearerOf(store, entity);
  if (ref === null) return [];
  switch (entity.t) {
    case "ns":
      return [{ kind, ref, title: titleBefore(store, changes, entity.id), words: `namespace ${kind}` }];
    case "link":
      return [{ kind, ref, title: linkTitle(store, entity), words: `${entity.kind} ${kind}` }];
    default: {
      const link = entity.t === "addr" ? store.link(entity) : null;
      const title = link === null ? namespaceTitle(store, namespaceOf(entity)) : linkTitle(store, link);
      return [{ kind: "changed", ref, title, words: `${partWords(entity)} ${kind}` }];
    }
  }
}

/** What of a link or namespace came or went. */
function partWords(entity: AnyEntity): string {
  switch (entity.t) {
    case "addr":
      return `address ${entity.address}/${entity.prefix}`;
    case "route":
      return `route ${entity.dst}`;
    case "nf_table":
      return `table ${entity.family} ${entity.name}`;
    case "nf_chain":
      return `chain ${entity.table} ${entity.name}`;
    case "rule":
      return `route rule ${entity.priority}`;
    default:
      return entity.t;
  }
}

/** What a namespace is called, or was, where it has just gone with all that named it. */
function titleBefore(store: Store, changes: Changes, id: string): string {
  if (store.namespace(id) !== null) return namespaceTitle(store, id);
  const before = new Store();
  before.apply(
    changes.removed.filter((entity) => namespaceOf(entity) === id && (entity.t === "ns" || entity.t === "owner")),
    [],
  );
  return namespaceTitle(before, id);
}

function linkTitle(store: Store, link: Link): string {
  return `${namespaceTitle(store, link.ns)} / ${link.ifname}`;
}

function altered(store: Store, old: AnyEntity, now: AnyEntity): RecentChange[] {
  if (now.t === "ns")
    return [{ kind: "changed", ref: nsKey(now.id), title: namespaceTitle(store, now.id), words: "namespace changed" }];
  if (now.t === "link" && old.t === "link")
    return [{ kind: "changed", ref: linkKey(now), title: linkTitle(store, now), words: linkWords(store, old, now) }];
  if (now.t === "nf_chain" && old.t === "nf_chain") return rulesAltered(store, old, now);
  const link = now.t === "addr" && now.scope !== "link" ? store.link(now) : null;
  if (link === null || now.t !== "addr") return [];
  return [
    { kind: "changed", ref: linkKey(link), title: linkTitle(store, link), words: `address ${now.address} changed` },
  ];
}

/** Rules come only for namespaces that are watched, so that it is the chain that says how many came or went. */
function rulesAltered(store: Store, old: NfChain, now: NfChain): RecentChange[] {
  const more = now.rules - old.rules;
  if (more === 0) return [];
  const rules = Math.abs(more) === 1 ? "rule" : `${Math.abs(more)} rules`;
  const words = `${rules} in ${now.table} ${now.name} ${more > 0 ? "added" : "removed"}`;
  return [{ kind: "changed", ref: nsKey(now.ns), title: namespaceTitle(store, now.ns), words }];
}

function linkWords(store: Store, old: Link, now: Link): string {
  if (old.ifname !== now.ifname) return `was called ${old.ifname}`;
  if (old.admin_up !== now.admin_up) return now.admin_up ? "set up" : "set down";
  if (old.master !== now.master) {
    const master = store.master(now);
    return master === null ? "is no longer a port" : `now a port of ${master.ifname}`;
  }
  if (old.carrier !== now.carrier) return now.carrier ? "has a carrier" : "lost its carrier";
  if (old.mtu !== now.mtu) return `mtu ${now.mtu}, was ${old.mtu}`;
  if (old.address !== now.address) return `MAC ${now.address}, was ${old.address}`;
  return fieldsWords(old, now);
}

/** The fields that have another value, by their names. */
function fieldsWords(old: Link, now: Link): string {
  const before = new Map<string, unknown>(Object.entries(old));
  const names = Object.entries(now).flatMap(([name, value]) =>
    equal(value, before.get(name)) ? [] : [name.replaceAll("_", " ")],
  );
  return `${names.slice(0, 3).join(", ")} changed`;
}
