import { entityKey, linkKey, nsKey } from "../wire/key";
import type { AnyEntity, Host, Link, LinkRef, Namespace, Owner, Route } from "../wire/schema";
import { BULKY_TAGS } from "../wire/tables";
import { equal } from "./equal";

/** The number of the main routing table. */
const TABLE_MAIN = 254;

/** The entity type that has this tag, such as "link". */
export type Of<T extends AnyEntity["t"]> = Extract<AnyEntity, { t: T }>;

/**
 * The changes that one delta makes: entities that are new, entities that have a new value, and entities that were
 * removed.
 */
export interface Changes {
  readonly added: readonly AnyEntity[];
  readonly changed: readonly { readonly old: AnyEntity; readonly now: AnyEntity }[];
  readonly removed: readonly AnyEntity[];
}

type Index = Map<string, Map<string, AnyEntity>>;

/** Returns the id of the namespace to which an entity belongs; empty for the host. */
export function namespaceOf(entity: AnyEntity): string {
  if (entity.t === "host") return "";
  return entity.t === "ns" ? entity.id : entity.ns;
}

/** Whether a route is a default route of the main table. */
export function isDefaultRoute(entity: AnyEntity): entity is Route {
  return entity.t === "route" && entity.table === TABLE_MAIN && (entity.dst === "0.0.0.0/0" || entity.dst === "::/0");
}

/** Holds all entities of one host by key, with indexes for the map and the inspector. */
export class Store {
  readonly entities = new Map<string, AnyEntity>();
  /** Entities by the id of their namespace, then by type, then by key. */
  private readonly inside = new Map<string, Index>();
  private readonly membersOf = new Map<string, Map<string, Link>>();
  private readonly uppersOf = new Map<string, Map<string, Link>>();
  /** For each link, the other ends of its tunnels. */
  private readonly tunnelsOf = new Map<string, Map<string, LinkRef>>();
  /** The default routes of each namespace. A namespace may have very many other routes. */
  private readonly defaultsOf = new Map<string, Map<string, Route>>();
  private readonly totals = new Map<string, number>();
  /**
   * For each namespace, its sorted links. An entry is removed when a link of its namespace changes, and made again when
   * it is needed.
   */
  private readonly ordered = new Map<string, readonly Link[]>();

  /** The namespaces whose bulky entities (netfilter rules, elements of sets) are in this store. */
  private readonly withBulky = new Set<string>();

  /** Applies a delta. A key in `drop` that is not in the store is ignored. */
  apply(put: readonly AnyEntity[], drop: readonly string[]): Changes {
    const removed: AnyEntity[] = [];
    const added: AnyEntity[] = [];
    const changed: { old: AnyEntity; now: AnyEntity }[] = [];
    for (const key of drop) {
      const old = this.entities.get(key);
      if (old === undefined) continue;
      this.remove(key, old);
      removed.push(old);
    }
    for (const now of put) {
      const key = entityKey(now);
      const old = this.entities.get(key);
      if (old !== undefined) {
        if (equal(old, now)) continue;
        this.remove(key, old);
        changed.push({ old, now });
      } else added.push(now);
      this.insert(key, now);
    }
    return { added, changed, removed };
  }

  /** Replaces the whole topology, and returns the differences. */
  replace(entities: readonly AnyEntity[]): Changes {
    this.withBulky.clear();
    if (this.entities.size === 0) return this.apply(entities, []);
    const keys = new Set(entities.map(entityKey));
    return this.apply(
      entities,
      [...this.entities.keys()].filter((key) => !keys.has(key)),
    );
  }

  /**
   * Replaces the bulky entities (netfilter rules, elements of sets) of a namespace. Null means that the store no longer
   * keeps them.
   */
  replaceBulky(ns: string, entities: readonly AnyEntity[] | null): Changes {
    const put = entities ?? [];
    const keys = new Set(put.map(entityKey));
    const old = [...BULKY_TAGS].flatMap((tag) => [...(this.inside.get(ns)?.get(tag)?.keys() ?? [])]);
    if (entities === null) this.withBulky.delete(ns);
    else this.withBulky.add(ns);
    return this.apply(
      put,
      old.filter((key) => !keys.has(key)),
    );
  }

  /** Whether the store has the bulky entities (netfilter rules, elements of sets) of a namespace. */
  hasBulky(ns: string): boolean {
    return this.withBulky.has(ns);
  }

  private insert(key: string, entity: AnyEntity): void {
    this.entities.set(key, entity);
    this.totals.set(entity.t, this.total(entity.t) + 1);
    const id = namespaceOf(entity);
    const index: Index = this.inside.get(id) ?? new Map();
    this.inside.set(id, index);
    const tagged = index.get(entity.t) ?? new Map<string, AnyEntity>();
    index.set(entity.t, tagged);
    tagged.set(key, entity);
    if (isDefaultRoute(entity)) enter(this.defaultsOf, id, key, entity);
    if (entity.t === "tunnel_pair") {
      for (const [near, far] of tunnelEnds(entity)) enter(this.tunnelsOf, linkKey(near), linkKey(far), far);
    }
    if (entity.t !== "link") return;
    this.ordered.delete(entity.ns);
    if (entity.master !== null) {
      enter(this.membersOf, linkKey({ ns: entity.ns, ifindex: entity.master }), key, entity);
    }
    if (entity.lower !== null) enter(this.uppersOf, linkKey(entity.lower), key, entity);
  }

  private remove(key: string, entity: AnyEntity): void {
    this.entities.delete(key);
    this.totals.set(entity.t, this.total(entity.t) - 1);
    const id = namespaceOf(entity);
    const index = this.inside.get(id);
    const tagged = index?.get(entity.t);
    tagged?.delete(key);
    if (tagged?.size === 0) index?.delete(entity.t);
    if (index?.size === 0) this.inside.delete(id);
    if (isDefaultRoute(entity)) leave(this.defaultsOf, id, key);
    if (entity.t === "tunnel_pair") {
      for (const [near, far] of tunnelEnds(entity)) leave(this.tunnelsOf, linkKey(near), linkKey(far));
    }
    if (entity.t !== "link") return;
    this.ordered.delete(entity.ns);
    if (entity.master !== null) leave(this.membersOf, linkKey({ ns: entity.ns, ifindex: entity.master }), key);
    if (entity.lower !== null) leave(this.uppersOf, linkKey(entity.lower), key);
  }

  /** Returns the entities of one type in one namespace, unsorted. */
  of<T extends AnyEntity["t"]>(ns: string, tag: T): readonly Of<T>[] {
    const tagged = this.inside.get(ns)?.get(tag);
    return tagged === undefined ? [] : ([...tagged.values()] as Of<T>[]);
  }

  /** Counts the entities of one type in a namespace. */
  count(ns: string, tag: AnyEntity["t"]): number {
    return this.inside.get(ns)?.get(tag)?.size ?? 0;
  }

  /** Counts the entities of one type on the host. */
  total(tag: AnyEntity["t"]): number {
    return this.totals.get(tag) ?? 0;
  }

  get host(): Host | null {
    return this.of("", "host")[0] ?? null;
  }

  namespace(id: string): Namespace | null {
    return (this.entities.get(nsKey(id)) as Namespace | undefined) ?? null;
  }

  owner(id: string): Owner | null {
    return this.of(id, "owner")[0] ?? null;
  }

  link(ref: LinkRef): Link | null {
    return (this.entities.get(linkKey(ref)) as Link | undefined) ?? null;
  }

  linkByKey(key: string): Link | null {
    const found = this.entities.get(key);
    return found?.t === "link" ? found : null;
  }

  /** Returns the links of a namespace, sorted by ifindex. */
  links(ns: string): readonly Link[] {
    const known = this.ordered.get(ns);
    if (known !== undefined) return known;
    const sorted = this.of(ns, "link").toSorted(byIfindex);
    this.ordered.set(ns, sorted);
    return sorted;
  }

  master(link: Link): Link | null {
    return link.master === null ? null : this.link({ ns: link.ns, ifindex: link.master });
  }

  /** Returns the other end of a pair, or null if it is not visible. */
  peer(link: Link): Link | null {
    return link.peer === null ? null : this.link(link.peer);
  }

  lower(link: Link): Link | null {
    return link.lower === null ? null : this.link(link.lower);
  }

  /** Returns the links that have this link as master, sorted by ifindex. */
  members(master: LinkRef): readonly Link[] {
    return [...(this.membersOf.get(linkKey(master))?.values() ?? [])].sort(byIfindex);
  }

  /** Returns the upper links of this link, in any namespace. */
  uppers(link: LinkRef): readonly Link[] {
    return [...(this.uppersOf.get(linkKey(link))?.values() ?? [])];
  }

  /** Returns the default routes of a namespace's main table, unsorted. */
  defaults(ns: string): readonly Route[] {
    return [...(this.defaultsOf.get(ns)?.values() ?? [])];
  }

  /** Returns the other ends of a link's tunnels. */
  tunnels(link: LinkRef): readonly Link[] {
    const refs = [...(this.tunnelsOf.get(linkKey(link))?.values() ?? [])];
    return refs.map((ref) => this.link(ref)).filter((far) => far !== null);
  }

  /**
   * Returns all namespaces: the host namespace first, then by the number in their ids, which is the order of their
   * creation.
   */
  namespaces(): readonly Namespace[] {
    const found: Namespace[] = [];
    for (const index of this.inside.values()) {
      const entity = index.get("ns")?.values().next().value;
      if (entity?.t === "ns") found.push(entity);
    }
    return found.sort((a, b) => Number(b.is_host) - Number(a.is_host) || byNumbers(a.id, b.id));
  }

  /** The host namespace, or null if the store does not have it yet. */
  get ground(): Namespace | null {
    const host = this.host;
    const named = host === null ? null : this.namespace(host.ns);
    return named ?? this.namespaces().find((namespace) => namespace.is_host) ?? null;
  }
}

function byIfindex(a: Link, b: Link): number {
  return a.ifindex - b.ifindex || (a.ns < b.ns ? -1 : 1);
}

const numeric = new Intl.Collator("en", { numeric: true });

/** Compares two texts by the numbers in them, so that "9" comes before "10". */
export function byNumbers(a: string, b: string): number {
  return numeric.compare(a, b) || (a < b ? -1 : Number(a > b));
}

/** Returns each end of a tunnel together with the opposite end: first (a, b), then (b, a). */
function tunnelEnds(pair: Of<"tunnel_pair">): readonly (readonly [LinkRef, LinkRef])[] {
  const a = { ns: pair.ns, ifindex: pair.ifindex };
  const b = { ns: pair.far_ns, ifindex: pair.far_ifindex };
  return [
    [a, b],
    [b, a],
  ];
}

function enter<T>(index: Map<string, Map<string, T>>, at: string, key: string, value: T): void {
  const inner = index.get(at) ?? new Map<string, T>();
  index.set(at, inner);
  inner.set(key, value);
}

function leave<T>(index: Map<string, Map<string, T>>, at: string, key: string): void {
  const inner = index.get(at);
  inner?.delete(key);
  if (inner?.size === 0) index.delete(at);
}
