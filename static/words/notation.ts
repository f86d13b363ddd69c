// The notation of iproute2 and nft(8), which is the same in every language.

import type { Store } from "../model/store";
import type {
  Address,
  FdbEntry,
  Link,
  Metric,
  Neighbour,
  NextHop,
  NextHopObject,
  Route,
  RouteRule,
  Verdict,
} from "../wire/schema";
import { restWords } from "./fields";
import { addressProtocolWord, ipProtocolWord, tableName } from "./tables";

/** The types of routes that reject packets. */
export const REJECTS: ReadonlySet<string> = new Set(["blackhole", "unreachable", "prohibit"]);

function joined(parts: readonly string[], separator = " "): string {
  return parts.filter((part) => part !== "").join(separator);
}

/** Writes a verdict as nft(8) does; empty if there is no verdict. */
export function verdictWords(verdict: Verdict | null): string {
  if (verdict === null) return "";
  return verdict.chain === "" ? verdict.code : `${verdict.code} ${verdict.chain}`;
}

function encapWords(one: Pick<NextHop, "encap" | "encap_options">): string {
  const options = one.encap_options.map(({ name, value }) => joined([name, value]));
  return joined([one.encap === "" ? "" : `encap ${one.encap}`, ...options]);
}

/** The metrics that ip-route(8) prints in milliseconds. */
const IN_MS: ReadonlySet<string> = new Set(["rtt", "rttvar", "rto_min"]);

function metricWords({ name, value, text, locked }: Metric): string {
  const number = `${value}${IN_MS.has(name) ? "ms" : ""}`;
  return joined([name, locked ? "lock" : "", text === "" ? number : text]);
}

/** Writes a next hop as ip-route(8) does. */
export function hopWords(store: Store, ns: string, hop: NextHop): string {
  const link = hop.ifindex === null ? null : store.link({ ns, ifindex: hop.ifindex });
  return joined([
    encapWords(hop),
    hop.realms === "" ? "" : `realms ${hop.realms}`,
    hop.via === "" ? "" : `via ${hop.via}`,
    link === null ? "" : `dev ${link.ifname}`,
    ...hop.flags,
  ]);
}

/** Writes the parts of a route that have no column in the table of routes. */
export function routeWords(store: Store, route: Route): string {
  const hops =
    route.hops.length > 1
      ? route.hops.map((hop) => `nexthop ${hopWords(store, route.ns, hop)} weight ${hop.weight}`)
      : (route.hops[0]?.flags ?? []);
  const [only] = route.hops;
  const encap = route.hops.length === 1 && only !== undefined ? encapWords(only) : "";
  return joined([
    route.type === "unicast" ? "" : route.type,
    route.src === "" ? "" : `from ${route.src}`,
    route.tos === 0 ? "" : `tos 0x${route.tos.toString(16)}`,
    route.nexthop === null ? "" : `nhid ${route.nexthop}`,
    encap,
    route.protocol === "" ? "" : `proto ${route.protocol}`,
    route.scope === "global" ? "" : `scope ${route.scope}`,
    route.prefsrc === "" ? "" : `src ${route.prefsrc}`,
    ...route.metrics.map(metricWords),
    route.preference === "" ? "" : `pref ${route.preference}`,
    route.realms === "" ? "" : `realms ${route.realms}`,
    route.expires ? "expires" : "",
    ...route.flags,
    ...hops,
  ]);
}

/** The flags of a next hop that `ip route add` accepts. The kernel sets the others, such as "linkdown", itself. */
const SETTABLE: ReadonlySet<string> = new Set(["onlink", "pervasive"]);

/** Returns the beginning of a command of ip(8). Without the family, ip(8) takes most words as those of IPv4. */
function ipIn(family: "ip" | "ip6"): string {
  return family === "ip" ? "ip" : "ip -6";
}

/** Writes the command that adds a route like this one, for a person who copies the route. */
export function routeLine(store: Store, route: Route): string {
  const isSettable = (flag: string): boolean => SETTABLE.has(flag);
  // A route with a nexthop object takes its next hops from there.
  const hops = (route.nexthop === null ? route.hops : []).map((hop) => ({
    ...hop,
    via: route.family === "ip" && hop.via.includes(":") ? `inet6 ${hop.via}` : hop.via,
    flags: hop.flags.filter(isSettable),
  }));
  const [hop] = hops;
  const only = hops.length === 1 && hop !== undefined ? { ...hop, encap: "", encap_options: [], flags: [] } : null;
  return joined([
    `${ipIn(route.family)} route add`,
    route.type === "unicast" ? "" : route.type,
    route.family === "ip6" ? route.dst : destinationWord(route.dst),
    only === null ? "" : hopWords(store, route.ns, only),
    route.table === 254 ? "" : `table ${tableName(route.table)}`,
    route.metric === 0 ? "" : `metric ${route.metric}`,
    routeWords(store, { ...route, type: "unicast", expires: false, flags: route.flags.filter(isSettable), hops }),
  ]);
}

/** Writes the destination of a route. The destinations 0.0.0.0/0 and ::/0 are written as "default". */
export function destinationWord(dst: string): string {
  return /^(0\.0\.0\.0|::)\/0$/.test(dst) ? "default" : dst;
}

/** Writes a route's flags as `netstat -rn` does. */
export function routeFlags(route: Route): string {
  const length = Number(route.dst.split("/")[1] ?? 0);
  const host = length === (route.family === "ip" ? 32 : 128);
  const gateway = route.hops.some((hop) => hop.via !== "");
  const letters = [
    REJECTS.has(route.type) ? "!" : "U",
    gateway ? "G" : "",
    host ? "H" : "",
    route.protocol === "redirect" ? "D" : "",
    route.family === "ip6" && route.protocol === "ra" ? "A" : "",
  ];
  return letters.join("");
}

/** Writes the match of a route rule as ip-rule(8) does. */
export function ruleMatch(rule: RouteRule): string {
  const masked = (mask: number | null): string => (mask === null ? "" : `/0x${mask.toString(16)}`);
  const range = (name: string, value: { first: number; last: number } | null, bits: number | null = null): string => {
    if (value === null) return "";
    return `${name} ${value.first === value.last ? value.first : `${value.first}-${value.last}`}${masked(bits)}`;
  };
  // ip(8) accepts and prints users only as a range.
  const users = rule.uids === null ? "" : `uidrange ${rule.uids.first}-${rule.uids.last}`;
  const mask = rule.fwmask === null || rule.fwmask === 0xffffffff ? "" : `/0x${rule.fwmask.toString(16)}`;
  return joined([
    rule.invert ? "not" : "",
    `from ${rule.src === "" ? "all" : rule.src}`,
    rule.dst === "" ? "" : `to ${rule.dst}`,
    rule.tos === 0 ? "" : `tos 0x${rule.tos.toString(16)}`,
    rule.dscp === null ? "" : `dscp ${rule.dscp}${masked(rule.dscp_mask)}`,
    rule.flowlabel === null ? "" : `flowlabel 0x${rule.flowlabel.toString(16)}${masked(rule.flowlabel_mask)}`,
    rule.fwmark === null ? "" : `fwmark 0x${rule.fwmark.toString(16)}${mask}`,
    rule.iif === "" ? "" : `iif ${rule.iif}`,
    rule.oif === "" ? "" : `oif ${rule.oif}`,
    rule.l3mdev ? "l3mdev" : "",
    rule.tunnel_id === "" ? "" : `tun_id ${rule.tunnel_id}`,
    users,
    rule.ip_protocol === null ? "" : `ipproto ${ipProtocolWord(rule.ip_protocol)}`,
    range("sport", rule.sport, rule.sport_mask),
    range("dport", rule.dport, rule.dport_mask),
    ...rule.flags,
  ]);
}

/** Writes the action of a route rule as ip-rule(8) does. */
export function ruleAction(rule: RouteRule): string {
  const target =
    rule.action === "lookup"
      ? `lookup ${tableName(rule.table)}`
      : rule.action === "goto"
        ? `goto ${rule.target ?? "?"}`
        : rule.action;
  return joined([
    target,
    rule.suppress_prefix === null ? "" : `suppress_prefixlength ${rule.suppress_prefix}`,
    rule.suppress_group === null ? "" : `suppress_ifgroup ${rule.suppress_group}`,
    rule.realms === "" ? "" : `realms ${rule.realms}`,
    rule.protocol === "" ? "" : `proto ${rule.protocol}`,
  ]);
}

/** Writes the command that adds a route rule like this one. Its flags are left out, because only the kernel sets them. */
export function ruleLine(rule: RouteRule): string {
  const match = ruleMatch({ ...rule, flags: [] });
  return joined([`${ipIn(rule.family)} rule add priority ${rule.priority}`, match, ruleAction(rule)]);
}

const NEXTHOP: ReadonlySet<string> = new Set(
  "id family ifindex via group group_type blackhole fdb scope protocol flags encap encap_options".split(" "),
);

/** Writes a nexthop object as ip-nexthop(8) does, without its id. */
export function nexthopWords(store: Store, one: NextHopObject): string {
  const members = one.group.map(({ id, weight }) => (weight === 1 ? String(id) : `${id},${weight}`)).join("/");
  const link = one.ifindex === null ? null : store.link({ ns: one.ns, ifindex: one.ifindex });
  return joined([
    members === "" ? "" : `group ${members}${one.group_type === "" ? "" : ` type ${one.group_type}`}`,
    one.blackhole ? "blackhole" : "",
    encapWords(one),
    one.via === "" ? "" : `via ${one.via}`,
    link === null ? "" : `dev ${link.ifname}`,
    `scope ${one.scope}`,
    one.protocol === "" ? "" : `proto ${one.protocol}`,
    one.fdb ? "fdb" : "",
    one.family ?? "",
    ...one.flags,
    restWords(one, NEXTHOP),
  ]);
}

/**
 * Writes the properties of an address in the notation of ip-address(8), without the address itself: its scope, peer,
 * broadcast address, label, metric, protocol and flags.
 */
export function addressWords(link: Link, address: Address): string {
  return joined(
    [
      `scope ${address.scope}`,
      address.peer === "" ? "" : `peer ${address.peer}`,
      address.broadcast === "" ? "" : `brd ${address.broadcast}`,
      address.label === "" || address.label === link.ifname ? "" : `label ${address.label}`,
      address.metric === 0 ? "" : `metric ${address.metric}`,
      address.protocol === 0 ? "" : `proto ${addressProtocolWord(address.protocol)}`,
      ...address.flags.filter((flag) => flag !== "permanent"),
    ],
    ", ",
  );
}

/** Writes what bridge-fdb(8) prints about an FDB entry, without the MAC and the link. */
export function fdbWords(store: Store, one: FdbEntry): string {
  const master = one.master === null ? null : store.link({ ns: one.ns, ifindex: one.master });
  return joined([
    one.state,
    one.table === "master" && master !== null ? "" : one.table,
    master === null ? "" : `master ${master.ifname}`,
    one.vlan === 0 ? "" : `vlan ${one.vlan}`,
    one.remote === "" ? "" : `dst ${one.remote}`,
    one.vni === 0 ? "" : `vni ${one.vni}`,
    one.port === 0 ? "" : `port ${one.port}`,
    one.sticky ? "sticky" : "",
    one.offloaded ? "offload" : "",
    one.extern_learn ? "extern_learn" : "",
    restWords(one, FDB),
  ]);
}

const FDB: ReadonlySet<string> = new Set(
  "ifindex mac table master vlan state remote vni port sticky offloaded extern_learn nth".split(" "),
);

/** Writes the words that ip-neighbour(8) prints after the MAC of a neighbour, such as "router" or "proxy". */
export function neighbourWords(one: Neighbour): string {
  return joined([
    one.router ? "router" : "",
    one.proxy ? "proxy" : "",
    one.extern_learn ? "extern_learn" : "",
    one.protocol === 0 ? "" : `proto ${one.protocol}`,
    restWords(one, NEIGHBOUR),
  ]);
}

const NEIGHBOUR: ReadonlySet<string> = new Set(
  "ifindex family address mac state router proxy extern_learn protocol".split(" "),
);
