import { byPrefix } from "../../model/prefix";
import { byNumbers, type Store } from "../../model/store";
import { el } from "../../parts/dom";
import { command, empty, goTo, group } from "../../parts/rows";
import { type Cell, firstOf, table, tableRow } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link, NextHop, NextHopObject, Route, RouteRule } from "../../wire/schema";
import { counted } from "../../words/format";
import { ipProtocolWord, tableName } from "../../words/tables";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

const REJECTS = new Set(["blackhole", "unreachable", "prohibit"]);

/** A route's flags as `netstat -rn` has them. */
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

const FLAGS: readonly (readonly [string, string])[] = [
  ["U", "up, may be used"],
  ["G", "through a gateway"],
  ["H", "to one address"],
  ["!", "rejects: blackhole, unreachable, prohibit"],
  ["D", "made by a redirect"],
  ["A", "made by a router's advertisement"],
];

/** A hop as ip-route(8) writes it. */
export function hopWords(store: Store, ns: string, hop: NextHop): string {
  const link = hop.ifindex === null ? null : store.link({ ns, ifindex: hop.ifindex });
  return [
    hop.encap === "" ? "" : `encap ${hop.encap}`,
    hop.via === "" ? "" : `via ${hop.via}`,
    link === null ? "" : `dev ${link.ifname}`,
    ...hop.flags,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** Everything of a route that its columns do not say, in ip-route(8)'s words. */
function routeWords(page: Page, route: Route): string {
  const hops =
    route.hops.length > 1
      ? route.hops.map((hop) => `nexthop ${hopWords(page.store, route.ns, hop)} weight ${hop.weight}`)
      : (route.hops[0]?.flags ?? []);
  const encap = route.hops.length === 1 && route.hops[0]?.encap ? `encap ${route.hops[0].encap}` : "";
  return [
    route.type === "unicast" ? "" : route.type,
    route.src === "" ? "" : `from ${route.src}`,
    route.tos === 0 ? "" : `tos 0x${route.tos.toString(16)}`,
    route.nexthop === null ? "" : `nhid ${route.nexthop}`,
    encap,
    route.protocol === "" ? "" : `proto ${route.protocol}`,
    route.scope === "global" ? "" : `scope ${route.scope}`,
    route.prefsrc === "" ? "" : `src ${route.prefsrc}`,
    ...route.metrics.map((metric) => `${metric.name} ${metric.text === "" ? metric.value : metric.text}`),
    route.preference === "" ? "" : `pref ${route.preference}`,
    ...route.flags,
    ...hops,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** The routes of a namespace by table (of a link: those that leave by it), then nexthop objects and route rules. */
export function routesTab(page: Page, ns: string, link: Link | null): void {
  const { store } = page;
  const all = store
    .of(ns, "route")
    .filter((route) => link === null || route.hops.some((hop) => hop.ifindex === link.ifindex));
  if (link === null) rules(page, ns);
  if (all.length === 0) empty(page, link === null ? "There is no route here." : `No route leaves by ${link.ifname}.`);
  for (const family of ["ip", "ip6"] as const) {
    const tables = new Map<number, Route[]>();
    for (const route of all)
      if (route.family === family) tables.set(route.table, [...(tables.get(route.table) ?? []), route]);
    const order = [...tables.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
    for (const number of order) routeTable(page, ns, family, number, tables.get(number) ?? [], link);
  }
  if (link === null) nexthops(page, ns);
  if (all.length > 0) legend(page);
}

function rank(number: number): number {
  return number === 254 ? 0 : number === 255 ? 2 : 1;
}

function routeTable(
  page: Page,
  ns: string,
  family: "ip" | "ip6",
  number: number,
  routes: Route[],
  link: Link | null,
): void {
  routes.sort((a, b) => byPrefix(a.dst, b.dst) || a.metric - b.metric || a.nth - b.nth);
  const name = tableName(number);
  const part = group(
    page,
    `${family === "ip" ? "IPv4" : "IPv6"} ${name}`,
    `table ${number}, ${counted(routes.length, "route")}`,
  );
  const body = table(part, ["destination", "via", "link", "flags", "#metric"], []);
  for (const route of firstOf(page, part, `${family} ${number}`, routes)) {
    const words = routeWords(page, route);
    body.append(tableRow(routeCells(page, route), [false, false, false, false, true], words === "" ? "" : "first"));
    if (words !== "") body.append(el("tr", {}, el("td", { class: "second", attrs: [["colspan", 5]] }, words)));
  }
  const which = link === null ? `table ${name}` : `table ${name} dev ${quote(link.ifname)}`;
  command(page, part, commandIn(page.store, ns, "ip", `${family === "ip" ? "-4" : "-6"} -d route show ${which}`));
}

function routeCells(page: Page, route: Route): Cell[] {
  const [hop] = route.hops;
  const link =
    hop === undefined || hop.ifindex === null ? null : page.store.link({ ns: route.ns, ifindex: hop.ifindex });
  const dst = /^(0\.0\.0\.0|::)\/0$/.test(route.dst) ? "default" : route.dst;
  const via = REJECTS.has(route.type)
    ? { text: route.type, class: "mono bad" }
    : route.hops.length > 1
      ? `${route.hops.length} hops`
      : (hop?.via ?? "");
  const place = route.hops.length > 1 || link === null ? "" : goTo(page, link.ifname, linkKey(link));
  return [dst, via, place, routeFlags(route), route.metric === 0 ? "" : String(route.metric)];
}

function rules(page: Page, ns: string): void {
  for (const family of ["ip", "ip6"] as const) {
    const found = page.store.of(ns, "rule").filter((rule) => rule.family === family);
    if (found.length === 0) continue;
    found.sort((a, b) => a.priority - b.priority || a.nth - b.nth);
    const part = group(page, `${family === "ip" ? "IPv4" : "IPv6"} rules, in order`, counted(found.length, "rule"));
    table(
      part,
      ["#priority", "if", "then"],
      found.map((rule) => [String(rule.priority), ruleMatch(rule), ruleAction(rule)]),
    );
    command(page, part, commandIn(page.store, ns, "ip", `${family === "ip" ? "-4" : "-6"} -d rule show`));
  }
}

function ruleMatch(rule: RouteRule): string {
  const range = (name: string, value: { first: number; last: number } | null): string => {
    if (value === null) return "";
    return `${name} ${value.first === value.last ? value.first : `${value.first}-${value.last}`}`;
  };
  const mask = rule.fwmask === null || rule.fwmask === 0xffffffff ? "" : `/0x${rule.fwmask.toString(16)}`;
  return [
    rule.invert ? "not" : "",
    `from ${rule.src === "" ? "all" : rule.src}`,
    rule.dst === "" ? "" : `to ${rule.dst}`,
    rule.tos === 0 ? "" : `tos 0x${rule.tos.toString(16)}`,
    rule.dscp === null ? "" : `dscp ${rule.dscp}`,
    rule.fwmark === null ? "" : `fwmark 0x${rule.fwmark.toString(16)}${mask}`,
    rule.iif === "" ? "" : `iif ${rule.iif}`,
    rule.oif === "" ? "" : `oif ${rule.oif}`,
    rule.l3mdev ? "l3mdev" : "",
    rule.tunnel_id === "" ? "" : `tun_id ${rule.tunnel_id}`,
    range("uidrange", rule.uids),
    rule.ip_protocol === null ? "" : `ipproto ${ipProtocolWord(rule.ip_protocol)}`,
    range("sport", rule.sport),
    range("dport", rule.dport),
    ...rule.flags,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function ruleAction(rule: RouteRule): string {
  const target =
    rule.action === "lookup"
      ? `lookup ${tableName(rule.table)}`
      : rule.action === "goto"
        ? `goto ${rule.target ?? "?"}`
        : rule.action;
  return [
    target,
    rule.suppress_prefix === null ? "" : `suppress_prefixlength ${rule.suppress_prefix}`,
    rule.suppress_group === null ? "" : `suppress_ifgroup ${rule.suppress_group}`,
    rule.protocol === "" ? "" : `proto ${rule.protocol}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function nexthops(page: Page, ns: string): void {
  const found = page.store.of(ns, "nexthop");
  if (found.length === 0) return;
  const sorted = found.toSorted((a, b) => byNumbers(String(a.id), String(b.id)));
  const part = group(page, "Nexthop objects", counted(found.length, "object"));
  table(
    part,
    ["#id", "what"],
    sorted.map((one) => [String(one.id), nexthopWords(page, one)]),
  );
  command(page, part, commandIn(page.store, ns, "ip", "-d nexthop show"));
}

function nexthopWords(page: Page, one: NextHopObject): string {
  const members = one.group.map(({ id, weight }) => (weight === 1 ? String(id) : `${id},${weight}`)).join("/");
  const link = one.ifindex === null ? null : page.store.link({ ns: one.ns, ifindex: one.ifindex });
  return [
    members === "" ? "" : `group ${members}${one.group_type === "" ? "" : ` type ${one.group_type}`}`,
    one.blackhole ? "blackhole" : "",
    one.via === "" ? "" : `via ${one.via}`,
    link === null ? "" : `dev ${link.ifname}`,
    `scope ${one.scope}`,
    one.protocol === "" ? "" : `proto ${one.protocol}`,
    one.fdb ? "fdb" : "",
    one.family ?? "",
    ...one.flags,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function legend(page: Page): void {
  const part = group(page, "Flags", "as netstat -rn has them");
  table(
    part,
    ["flag", "meaning"],
    FLAGS.map(([letter, words]) => [letter, { text: words, class: "quiet" }]),
  );
}
