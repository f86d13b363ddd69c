import { equal } from "../model/equal";
import { bearerOf, isSeparate, type Move, movesOf, wholeNamespaces } from "../model/status";
import { type Changes, namespaceOf, Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { AnyEntity, Link, NfChain } from "../wire/schema";
import { t } from "./current";
import { linkName, namespaceTitle } from "./names";

/**
 * A recent change for people to read. `title` is the name of the changed namespace or link, `words` says what happened
 * to it, and `ref` is what to highlight on the map.
 */
export interface RecentChange {
  readonly kind: "added" | "changed" | "removed" | "moved";
  readonly ref: string;
  readonly title: string;
  readonly words: string;
  /** The list of changes is sorted by this number. The most important changes have the lowest number and come first. */
  readonly weight: number;
  /** The key that a link had before it moved. */
  readonly before?: string;
}

/**
 * Changes of whole namespaces are listed first, then changes of links, then changes of other entities of a namespace.
 */
const NAMESPACE = 0;
const LINK = 1;
const PART = 2;

/** Whether a later change says that the removal of an earlier change was in fact a move. */
export function corrects(later: RecentChange, earlier: RecentChange): boolean {
  return earlier.kind === "removed" && later.before === earlier.ref;
}

/**
 * Describes the changes of a delta in words, the most important first. It leaves out entities that were added or
 * removed together with their namespace, and entities that the kernel maintains by itself (neighbours, FDB, local
 * routes).
 */
export function recentChanges(store: Store, changes: Changes): readonly RecentChange[] {
  const whole = wholeNamespaces(changes);
  const moves = movesOf(changes);
  const moved = new Set<AnyEntity>(moves.flatMap(({ old, now }) => [old, now]));
  const alone = (entity: AnyEntity): boolean => isSeparate(whole, entity) && !moved.has(entity);
  const out: RecentChange[] = moves.map((move) => movedLink(store, changes, move));
  for (const entity of changes.added.filter(alone)) out.push(...cameOrWent(store, changes, entity, "added"));
  for (const entity of changes.removed.filter(alone)) out.push(...cameOrWent(store, changes, entity, "removed"));
  for (const { old, now } of changes.changed) if (!moved.has(now)) out.push(...altered(store, old, now));
  return out.sort((a, b) => a.weight - b.weight);
}

function movedLink(store: Store, changes: Changes, { old, now }: Move): RecentChange {
  const master = store.master(now);
  const words =
    old.ns === now.ns
      ? t.recent.nowPortOf(master?.ifname ?? t.inspector.facts.ifindex(now.master ?? 0))
      : t.recent.movedFrom(titleBefore(store, changes, old.ns));
  return { kind: "moved", ref: linkKey(now), title: linkName(store, now), words, weight: LINK, before: linkKey(old) };
}

function cameOrWent(store: Store, changes: Changes, entity: AnyEntity, kind: "added" | "removed"): RecentChange[] {
  const ref = bearerOf(store, entity);
  if (ref === null) return [];
  const added = kind === "added";
  switch (entity.t) {
    case "ns": {
      const words = added ? t.recent.namespaceAdded : t.recent.namespaceRemoved;
      return [{ kind, ref, title: titleBefore(store, changes, entity.id), words, weight: NAMESPACE }];
    }
    case "link": {
      const words = added ? t.recent.added(entity.kind) : t.recent.removed(entity.kind);
      return [{ kind, ref, title: linkName(store, entity), words, weight: LINK }];
    }
    default: {
      const link = entity.t === "addr" ? store.link(entity) : null;
      const title = link === null ? namespaceTitle(store, namespaceOf(entity)) : linkName(store, link);
      const words = added ? t.recent.added(partWords(entity)) : t.recent.removed(partWords(entity));
      return [{ kind: "changed", ref, title, words, weight: link === null ? PART : LINK }];
    }
  }
}

/** Returns words for an entity (an address, a route, a chain) that was added to or removed from a link or namespace. */
function partWords(entity: AnyEntity): string {
  switch (entity.t) {
    case "addr":
      return t.recent.address(`${entity.address}/${entity.prefix}`);
    case "route":
      return t.recent.route(entity.dst);
    case "nf_table":
      return t.recent.table(entity.family, entity.name);
    case "nf_chain":
      return t.recent.chain(entity.table, entity.name);
    case "rule":
      return t.recent.rule(entity.priority);
    default:
      return entity.t;
  }
}

/** Returns the name of a namespace. For a removed namespace, this is the name that it had before. */
function titleBefore(store: Store, changes: Changes, id: string): string {
  if (store.namespace(id) !== null) return namespaceTitle(store, id);
  const before = new Store();
  before.apply(
    changes.removed.filter((entity) => namespaceOf(entity) === id && (entity.t === "ns" || entity.t === "owner")),
    [],
  );
  return namespaceTitle(before, id);
}

function altered(store: Store, old: AnyEntity, now: AnyEntity): RecentChange[] {
  const kind = "changed";
  if (now.t === "ns") {
    const title = namespaceTitle(store, now.id);
    return [{ kind, ref: nsKey(now.id), title, words: t.recent.namespaceChanged, weight: NAMESPACE }];
  }
  if (now.t === "link" && old.t === "link") {
    const words = linkWords(store, old, now);
    return [{ kind, ref: linkKey(now), title: linkName(store, now), words, weight: LINK }];
  }
  if (now.t === "nf_chain" && old.t === "nf_chain") return rulesAltered(store, old, now);
  const link = now.t === "addr" && now.scope !== "link" ? store.link(now) : null;
  if (link === null || now.t !== "addr") return [];
  const words = t.recent.addressChanged(now.address);
  return [{ kind, ref: linkKey(link), title: linkName(store, link), words, weight: LINK }];
}

/**
 * Says how many rules were added to a chain or removed from it. The page knows the number of rules of every chain, but
 * it has the rules themselves only for namespaces that it watches.
 */
function rulesAltered(store: Store, old: NfChain, now: NfChain): RecentChange[] {
  const more = now.rules - old.rules;
  if (more === 0) return [];
  const rules = t.recent.rulesIn(Math.abs(more), now.table, now.name);
  const words = more > 0 ? t.recent.added(rules) : t.recent.removed(rules);
  const title = namespaceTitle(store, now.ns);
  return [{ kind: "changed", ref: nsKey(now.ns), title, words, weight: PART }];
}

function linkWords(store: Store, old: Link, now: Link): string {
  const { recent } = t;
  if (old.ifname !== now.ifname) return recent.renamedFrom(old.ifname);
  if (old.admin_up !== now.admin_up) return now.admin_up ? recent.setUp : recent.setDown;
  if (old.master !== now.master) {
    const master = store.master(now);
    return master === null ? recent.noLongerPort : recent.nowPortOf(master.ifname);
  }
  if (old.carrier !== now.carrier) return now.carrier ? recent.carrier : recent.carrierLost;
  if (old.mtu !== now.mtu) return recent.mtu(now.mtu, old.mtu);
  if (old.address !== now.address) return recent.mac(now.address, old.address);
  return recent.changed(changedFields(old, now));
}

/** Returns the names of up to three changed fields of a link. */
function changedFields(old: Link, now: Link): string {
  const before = new Map<string, unknown>(Object.entries(old));
  const names = Object.entries(now).flatMap(([name, value]) => (equal(value, before.get(name)) ? [] : [name]));
  return names.slice(0, 3).join(t.common.comma);
}
