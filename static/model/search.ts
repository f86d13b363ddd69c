import { linkKey, nsKey } from "../wire/key";
import type { AnyEntity, Link, Listener as Socket } from "../wire/schema";
import { contains, parsePrefix, type Prefix } from "./prefix";
import { portOf, portOfQuery } from "./ports";
import type { Store } from "./store";

/** The reason why a namespace or link was found: the property that matched, and its value. */
export type Reason =
  | { readonly by: "name" | "container" | "container-id" | "pod" | "pod-uid" | "container-network" }
  | {
      readonly by:
        | "compose"
        | "inode"
        | "attribute"
        | "process"
        | "pid"
        | "mac"
        | "alias"
        | "altname"
        | "address"
        | "fdb"
        | "network";
      readonly text: string;
    }
  | { readonly by: "listener"; readonly socket: Socket }
  | { readonly by: "neighbour"; readonly text: string; readonly mac: string }
  | { readonly by: "route"; readonly text: string; readonly via: string };

/** One search result: the reference to select, and the reason why it was found. */
export interface Hit {
  readonly ref: string;
  readonly ns: string;
  /** The link that was found; null if the result is a namespace. */
  readonly link: Link | null;
  readonly reason: Reason;
  /** How well the result matches. A lower number is better; 0 is an exact match. */
  readonly rank: number;
}

const MOST = 200;

/** Returns the listening sockets of a namespace, as far as they are known. */
export type SocketsOf = (ns: string) => readonly Socket[];

/**
 * Finds the namespaces and links of one host that match a query, by their names, addresses, MACs, containers, routes
 * and processes. A query that is a prefix finds the addresses that it contains. A port finds the listening sockets.
 *
 * `titleOf` returns the name of a namespace. Exact matches come first. At most 200 results are returned.
 */
export function hitsOf(
  store: Store,
  query: string,
  titleOf: (ns: string) => string,
  socketsOf: SocketsOf = () => [],
): readonly Hit[] {
  const wanted = query
    .trim()
    .toLowerCase()
    .replace(/^(port)? *:(?=\d+$)/, "port ");
  if (wanted === "") return [];
  const prefix = parsePrefix(wanted);
  const mac = macOf(wanted);
  const found = new Map<string, Hit>();
  for (const entity of store.entities.values()) {
    const hit = match(store, entity, wanted, prefix, titleOf) ?? (mac === "" ? null : byAnyMac(store, entity, mac));
    if (hit === null) continue;
    const known = found.get(hit.ref);
    if (known === undefined || hit.rank < known.rank) found.set(hit.ref, hit);
  }
  const title = (hit: Hit): string => hit.link?.ifname ?? titleOf(hit.ns);
  const sorted = [...found.values(), ...listenersOf(store, portOfQuery(query), socketsOf)].sort(
    (a, b) =>
      a.rank - b.rank ||
      Number(b.ns === store.ground?.id) - Number(a.ns === store.ground?.id) ||
      title(a).localeCompare(title(b), "en", { numeric: true }),
  );
  return sorted.slice(0, MOST);
}

/** Returns the sockets on a port. The first one of each namespace comes before the others. */
function listenersOf(store: Store, port: number | null, socketsOf: SocketsOf): readonly Hit[] {
  return store.namespaces().flatMap(({ id }) =>
    socketsOf(id)
      .filter((socket) => socket.port === port)
      .map((socket, at) => hit(id, null, { by: "listener", socket }, at === 0 ? 0 : 1)),
  );
}

function match(
  store: Store,
  entity: AnyEntity,
  wanted: string,
  prefix: Prefix | null,
  titleOf: (ns: string) => string,
): Hit | null {
  switch (entity.t) {
    case "ns":
      return byText(entity.id, null, wanted, [
        [titleOf(entity.id), { by: "name" }],
        ...entity.names.map((name) => [name, { by: "name" }] as const),
        ...inodes(entity.inode).map((text) => [text, { by: "inode", text }] as const),
      ]);
    case "owner":
      return byText(entity.ns, null, wanted, [
        ...entity.containers.flatMap(
          (one) =>
            [
              [one.name, { by: "container" }],
              [one.id, { by: "container-id" }],
              [one.pod, { by: "pod" }],
              [one.pod_uid, { by: "pod-uid" }],
              [one.project, { by: "compose", text: `${one.project} / ${one.service}` }],
              [one.service, { by: "compose", text: `${one.project} / ${one.service}` }],
            ] as const,
        ),
        ...entity.processes.flatMap(
          ({ name, pid }) =>
            [
              [name, { by: "process", text: name }],
              [String(pid), { by: "pid", text: String(pid) }],
            ] as const,
        ),
      ]);
    case "link":
      return byText(entity.ns, entity, wanted, [
        [entity.ifname, { by: "name" }],
        [entity.address, { by: "mac", text: entity.address }],
        [entity.ifalias, { by: "alias", text: entity.ifalias }],
        ...entity.altnames.map((name) => [name, { by: "altname", text: name }] as const),
        ...numbersOf(entity).map((text) => [text, { by: "attribute", text }] as const),
        portField(portOf(entity)),
      ]);
    case "wireguard":
      return byText(entity.ns, store.link(entity), wanted, [portField(entity.port)]);
    case "network":
      return byText(entity.ns, store.link(entity), wanted, [[entity.name, { by: "container-network" }]]);
    case "addr": {
      const shown = `${entity.address}/${entity.prefix}`;
      return byAddress(store, entity, wanted, prefix, shown, { by: "address", text: shown });
    }
    case "neigh": {
      const reason = { by: "neighbour", text: entity.address, mac: entity.mac } as const;
      return byAddress(store, entity, wanted, prefix, entity.address, reason) ?? byMac(store, entity, wanted, reason);
    }
    case "fdb":
      return byMac(store, entity, wanted, { by: "fdb", text: entity.mac });
    case "route":
      return byRoute(entity, wanted, prefix) ?? byRouteType(entity, wanted, prefix);
    default:
      return null;
  }
}

function hit(ns: string, link: Link | null, reason: Reason, rank: number): Hit {
  return { ref: link === null ? nsKey(ns) : linkKey(link), ns, link, reason, rank };
}

function byText(
  ns: string,
  link: Link | null,
  wanted: string,
  fields: readonly (readonly [string, Reason])[],
): Hit | null {
  let best: Hit | null = null;
  for (const [value, reason] of fields) {
    const lower = value.toLowerCase();
    if (value === "" || !lower.includes(wanted)) continue;
    const rank = lower === wanted ? 0 : lower.startsWith(wanted) ? 1 : 2;
    if (best === null || rank < best.rank) best = hit(ns, link, reason, rank);
  }
  return best;
}

/**
 * Returns a result for the link of `address` if the search text matches this address or its network, otherwise null.
 * `shown` is the address, with a prefix length if it has one.
 */
function byAddress(
  store: Store,
  { ns, ifindex, address }: { ns: string; ifindex: number; address: string },
  wanted: string,
  prefix: Prefix | null,
  shown: string,
  reason: Reason,
): Hit | null {
  const link = store.link({ ns, ifindex });
  if (link === null) return null;
  const near = reason.by === "address" ? 0 : 3;
  if (address === wanted || shown === wanted) return hit(ns, link, reason, near);
  const own = prefix === null ? null : parsePrefix(address);
  if (prefix !== null && own !== null && contains(prefix, own)) return hit(ns, link, reason, near + 1);
  if (address.startsWith(wanted)) return hit(ns, link, reason, near + 2);
  // An address that no link has may still belong to the network of a link.
  const network = prefix === null ? null : parsePrefix(shown);
  if (prefix === null || network === null || network.length === 0 || !contains(network, prefix)) return null;
  return hit(ns, link, { by: "network", text: shown }, 5);
}

function byMac(
  store: Store,
  entity: { ns: string; ifindex: number; mac: string },
  wanted: string,
  reason: Reason,
): Hit | null {
  if (entity.mac === "" || !entity.mac.startsWith(wanted)) return null;
  const link = store.link(entity);
  return link === null ? null : hit(entity.ns, link, reason, 4);
}

function byRoute(entity: Extract<AnyEntity, { t: "route" }>, wanted: string, prefix: Prefix | null): Hit | null {
  const via = entity.hops.some((hop) => hop.via === wanted);
  const exact =
    entity.dst === wanted || (wanted === "default" && entity.table === 254 && /^(0\.0\.0\.0|::)\/0$/.test(entity.dst));
  const dst = prefix === null ? null : parsePrefix(entity.dst);
  const covered = prefix !== null && dst !== null && dst.length > 0 && entity.table !== 255 && contains(dst, prefix);
  if (!via && !exact && !covered) return null;
  const text = wanted === "default" ? "default" : entity.dst;
  return hit(entity.ns, null, { by: "route", text, via: via ? wanted : "" }, exact ? 3 : via ? 4 : 6);
}

/** The types of routes that drop packets, which a person searches for by this word. */
const DROPPING = new Set(["blackhole", "unreachable", "prohibit", "throw"]);

/** Returns a result if the search text is the type of a route, or an address that only a default route covers. */
function byRouteType(entity: Extract<AnyEntity, { t: "route" }>, wanted: string, prefix: Prefix | null): Hit | null {
  if (DROPPING.has(entity.type) && wanted.length > 3 && entity.type.startsWith(wanted))
    return hit(entity.ns, null, { by: "route", text: `${entity.type} ${entity.dst}`, via: "" }, 2);
  const single = prefix !== null && prefix.length === prefix.bits;
  const dst = single && entity.table === 254 ? parsePrefix(entity.dst) : null;
  if (dst === null || prefix === null || dst.length !== 0 || dst.bits !== prefix.bits) return null;
  return hit(entity.ns, null, { by: "route", text: "default", via: entity.hops[0]?.via ?? "" }, 8);
}

/** Returns the texts by which a person searches for an inode of a namespace, as `ls -l /proc/PID/ns` prints it. */
function inodes(inode: number | null): readonly string[] {
  return inode === null ? [] : [String(inode), `net:[${inode}]`];
}

/** Returns the numbers of a link that a person searches for, as ip(8) prints them: "vni 100", "vlan 7", "table 10". */
function numbersOf({ data }: Link): readonly string[] {
  if (data === null) return [];
  if (data.t === "vxlan") return [`vni ${data.vni}`];
  if (data.t === "vlan") return [`vlan ${data.vid}`];
  return data.t === "vrf" ? [`table ${data.table}`] : [];
}

/** Returns the text by which a person searches for the UDP port of a tunnel; empty for port 0. */
function portField(port: number): readonly [string, Reason] {
  const text = port === 0 ? "" : `port ${port}`;
  return [text, { by: "attribute", text }];
}

/**
 * Returns a MAC address, or its beginning, with colons; empty if the text is none. It may be written with colons,
 * hyphens or dots, or without any of them.
 */
function macOf(text: string): string {
  if (!/^[0-9a-f]{2,4}([-:.]?[0-9a-f]{1,4})*[-:.]?$/.test(text)) return "";
  const digits = text.replace(/[-:.]/g, "");
  const plain = digits === text;
  if (digits.length > 12 || (plain && digits.length < 6)) return "";
  return digits.replace(/..(?=.)/g, "$&:");
}

function byAnyMac(store: Store, entity: AnyEntity, mac: string): Hit | null {
  if (entity.t === "link") {
    const found = entity.address.startsWith(mac);
    return found ? hit(entity.ns, entity, { by: "mac", text: entity.address }, entity.address === mac ? 0 : 1) : null;
  }
  if (entity.t === "fdb") return byMac(store, entity, mac, { by: "fdb", text: entity.mac });
  if (entity.t !== "neigh") return null;
  return byMac(store, entity, mac, { by: "neighbour", text: entity.address, mac: entity.mac });
}

/** Returns the keys of search results and of the namespaces that contain them. The map highlights all of these. */
export function highlightedBy(found: readonly { readonly ref: string }[], store: Store): ReadonlySet<string> {
  const out = new Set<string>();
  for (const { ref } of found) {
    out.add(ref);
    const link = store.linkByKey(ref);
    if (link !== null && store.ground?.id !== link.ns) out.add(nsKey(link.ns));
  }
  return out;
}
