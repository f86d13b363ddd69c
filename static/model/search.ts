import { linkKey, nsKey } from "../wire/key";
import type { AnyEntity, Link } from "../wire/schema";
import { namespaceTitle } from "./labels";
import { contains, parsePrefix, type Prefix } from "./prefix";
import type { Store } from "./store";

/** Something that a search found: what to select, what it is called, why it was found. */
export interface Found {
  readonly ref: string;
  readonly title: string;
  readonly place: string;
  readonly reason: string;
}

const MOST = 200;

/**
 * Searches a host by name, address (also by a prefix that holds it), MAC, container, route and process.
 *
 * Exact matches come first; at most 200 are given.
 */
export function search(store: Store, query: string): readonly Found[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  const prefix = parsePrefix(wanted);
  const found = new Map<string, { found: Found; rank: number }>();
  for (const entity of store.entities.values()) {
    const hit = match(store, entity, wanted, prefix);
    if (hit === null) continue;
    const known = found.get(hit.found.ref);
    if (known === undefined || hit.rank < known.rank) found.set(hit.found.ref, hit);
  }
  const sorted = [...found.values()].sort(
    (a, b) => a.rank - b.rank || a.found.title.localeCompare(b.found.title, "en", { numeric: true }),
  );
  return sorted.slice(0, MOST).map((hit) => hit.found);
}

type Hit = { found: Found; rank: number } | null;

function match(store: Store, entity: AnyEntity, wanted: string, prefix: Prefix | null): Hit {
  switch (entity.t) {
    case "ns":
      return text(store, entity.id, null, wanted, [
        [namespaceTitle(store, entity.id), "name"],
        ...entity.names.map((n) => [n, "name"] as const),
      ]);
    case "owner":
      return text(store, entity.ns, null, wanted, [
        ...entity.containers.flatMap(
          (one) =>
            [
              [one.name, "container"],
              [one.id, "container id"],
              [one.pod, "pod"],
              [one.pod_uid, "pod UID"],
            ] as const,
        ),
        ...entity.processes.flatMap(
          (group) =>
            [
              [group.name, `process ${group.name}`],
              [String(group.pid), `pid ${group.pid}`],
            ] as const,
        ),
      ]);
    case "link":
      return text(store, entity.ns, entity, wanted, [
        [entity.ifname, "name"],
        [entity.address, `MAC ${entity.address}`],
        [entity.ifalias, `alias ${entity.ifalias}`],
        ...entity.altnames.map((name) => [name, `altname ${name}`] as const),
      ]);
    case "addr":
      return address(
        store,
        entity.ns,
        entity.ifindex,
        wanted,
        prefix,
        entity.address,
        `${entity.address}/${entity.prefix}`,
        "address",
      );
    case "neigh":
      return (
        address(
          store,
          entity.ns,
          entity.ifindex,
          wanted,
          prefix,
          entity.address,
          entity.address,
          `neighbour, ${entity.mac}`,
        ) ?? mac(store, entity, wanted)
      );
    case "fdb":
      return mac(store, entity, wanted);
    case "route":
      return route(store, entity, wanted, prefix);
    default:
      return null;
  }
}

function text(
  store: Store,
  ns: string,
  link: Link | null,
  wanted: string,
  fields: readonly (readonly [string, string])[],
): Hit {
  let best: Hit = null;
  for (const [value, reason] of fields) {
    const lower = value.toLowerCase();
    if (value === "" || !lower.includes(wanted)) continue;
    const rank = lower === wanted ? 0 : lower.startsWith(wanted) ? 1 : 2;
    if (best === null || rank < best.rank) best = { found: result(store, ns, link, reason), rank };
  }
  return best;
}

function result(store: Store, ns: string, link: Link | null, reason: string): Found {
  const title = namespaceTitle(store, ns);
  if (link === null) return { ref: nsKey(ns), title, place: "namespace", reason };
  return { ref: linkKey(link), title: link.ifname, place: title, reason };
}

function address(
  store: Store,
  ns: string,
  ifindex: number,
  wanted: string,
  prefix: Prefix | null,
  plain: string,
  shown: string,
  what: string,
): Hit {
  const link = store.link({ ns, ifindex });
  if (link === null) return null;
  const near = what === "address" ? 0 : 3;
  if (plain === wanted || shown === wanted) return { found: result(store, ns, link, `${what} ${shown}`), rank: near };
  const own = prefix === null ? null : parsePrefix(plain);
  if (prefix !== null && own !== null && contains(prefix, own))
    return { found: result(store, ns, link, `${what} ${shown}`), rank: near + 1 };
  if (plain.startsWith(wanted)) return { found: result(store, ns, link, `${what} ${shown}`), rank: near + 2 };
  // An address that is not here may still be one of a network that is.
  const network = prefix === null ? null : parsePrefix(shown);
  if (prefix === null || network === null || network.length === 0 || !contains(network, prefix)) return null;
  return { found: result(store, ns, link, `on the network of ${shown}`), rank: 5 };
}

function mac(
  store: Store,
  entity: { ns: string; ifindex: number; mac: string; t: "neigh" | "fdb" },
  wanted: string,
): Hit {
  if (entity.mac === "" || !entity.mac.startsWith(wanted)) return null;
  const link = store.link(entity);
  const what = entity.t === "fdb" ? "FDB entry" : "neighbour";
  return link === null ? null : { found: result(store, entity.ns, link, `${what} ${entity.mac}`), rank: 4 };
}

function route(store: Store, entity: Extract<AnyEntity, { t: "route" }>, wanted: string, prefix: Prefix | null): Hit {
  const via = entity.hops.some((hop) => hop.via === wanted);
  const exact =
    entity.dst === wanted || (wanted === "default" && entity.table === 254 && /^(0\.0\.0\.0|::)\/0$/.test(entity.dst));
  const dst = prefix === null ? null : parsePrefix(entity.dst);
  const covered = prefix !== null && dst !== null && dst.length > 0 && entity.table !== 255 && contains(dst, prefix);
  if (!via && !exact && !covered) return null;
  const reason = `route ${wanted === "default" ? "default" : entity.dst}${via ? ` via ${wanted}` : ""}`;
  return { found: result(store, entity.ns, null, reason), rank: exact ? 3 : via ? 4 : 6 };
}

/** The keys of what a search found, and of the namespaces they are in: what lights up on the map. */
export function litBy(found: readonly Found[], store: Store): ReadonlySet<string> {
  const out = new Set<string>();
  for (const { ref } of found) {
    out.add(ref);
    const link = store.linkByKey(ref);
    if (link !== null && store.ground?.id !== link.ns) out.add(nsKey(link.ns));
  }
  return out;
}
