import { equal } from "../model/equal";
import { TABLE_LOCAL } from "../model/facts";
import { namespaceTitle } from "../model/labels";
import { type Changes, namespaceOf, Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { AnyEntity, Link, Namespace } from "../wire/schema";

/** A change in words: what it was about, and what to point at. */
export interface RecentChange {
  readonly kind: "added" | "changed" | "removed";
  readonly ref: string;
  readonly title: string;
  readonly words: string;
}

/**
 * The changes of a step in words, the weightiest first. What comes or goes with its namespace is told with that alone;
 * what the kernel keeps by itself (neighbours, FDB, local routes) is left out.
 */
export function recentChanges(store: Store, changes: Changes): readonly RecentChange[] {
  const whole = new Set(
    [...changes.added, ...changes.removed].flatMap((entity) => (entity.t === "ns" ? [entity.id] : [])),
  );
  const apart = (entity: AnyEntity): boolean => entity.t === "ns" || !whole.has(namespaceOf(entity));
  const out: RecentChange[] = [];
  for (const entity of changes.added.filter(apart)) out.push(...comingOrGoing(store, changes, entity, "added"));
  for (const entity of changes.removed.filter(apart)) out.push(...comingOrGoing(store, changes, entity, "removed"));
  for (const { old, now } of changes.changed) out.push(...altered(store, old, now));
  return out.sort((a, b) => weight(a) - weight(b));
}

function weight(news: RecentChange): number {
  return news.ref.startsWith("ns/") && news.words.startsWith("namespace") ? 0 : news.ref.startsWith("link/") ? 1 : 2;
}

function comingOrGoing(store: Store, changes: Changes, entity: AnyEntity, kind: "added" | "removed"): RecentChange[] {
  switch (entity.t) {
    case "ns":
      return [
        {
          kind,
          ref: nsKey(entity.id),
          title: kind === "added" ? namespaceTitle(store, entity.id) : goneTitle(changes, entity),
          words: `namespace ${kind}`,
        },
      ];
    case "link":
      return [{ kind, ref: linkKey(entity), title: linkTitle(store, entity), words: `${entity.kind} ${kind}` }];
    case "addr":
      // The kernel gives every link its own IPv6 address.
      return entity.scope === "link" ? [] : about(store, entity, `address ${entity.address}/${entity.prefix} ${kind}`);
    case "route":
      return entity.table === TABLE_LOCAL || entity.protocol === "kernel"
        ? []
        : inNamespace(store, entity.ns, `route ${entity.dst} ${kind}`);
    case "nf_rule":
      return inNamespace(store, entity.ns, `rule in ${entity.table} ${entity.chain} ${kind}`);
    case "nf_table":
      return inNamespace(store, entity.ns, `table ${entity.family} ${entity.name} ${kind}`);
    case "nf_chain":
      return inNamespace(store, entity.ns, `chain ${entity.table} ${entity.name} ${kind}`);
    case "rule":
      return inNamespace(store, entity.ns, `route rule ${entity.priority} ${kind}`);
    default:
      return [];
  }
}

/** What a namespace was called that has just gone, with all that named it. */
function goneTitle(changes: Changes, namespace: Namespace): string {
  const before = new Store();
  before.apply(
    changes.removed.filter(
      (entity) => namespaceOf(entity) === namespace.id && (entity.t === "ns" || entity.t === "owner"),
    ),
    [],
  );
  return namespaceTitle(before, namespace.id);
}

function inNamespace(store: Store, ns: string, words: string): RecentChange[] {
  return [{ kind: "changed", ref: nsKey(ns), title: namespaceTitle(store, ns), words }];
}

function about(store: Store, place: { ns: string; ifindex: number }, words: string): RecentChange[] {
  const link = store.link(place);
  return link === null ? [] : [{ kind: "changed", ref: linkKey(link), title: linkTitle(store, link), words }];
}

function linkTitle(store: Store, link: Link): string {
  return `${namespaceTitle(store, link.ns)} / ${link.ifname}`;
}

function altered(store: Store, old: AnyEntity, now: AnyEntity): RecentChange[] {
  if (now.t === "ns")
    return [{ kind: "changed", ref: nsKey(now.id), title: namespaceTitle(store, now.id), words: "namespace changed" }];
  if (now.t !== "link" || old.t !== "link")
    return now.t === "addr" && now.scope !== "link" ? about(store, now, `address ${now.address} changed`) : [];
  const news = { kind: "changed" as const, ref: linkKey(now), title: linkTitle(store, now) };
  return [{ ...news, words: linkWords(store, old, now) }];
}

function linkWords(store: Store, old: Link, now: Link): string {
  if (old.ifname !== now.ifname) return `was called ${old.ifname}`;
  if (old.admin_up !== now.admin_up) return now.admin_up ? "set up" : "set down";
  if (old.master !== now.master) {
    const master = store.master(now);
    return master === null ? "is a port no more" : `now a port of ${master.ifname}`;
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
