import { byPrefix } from "../../model/prefix";
import { byNumbers } from "../../model/store";
import { el } from "../../parts/dom";
import { command, empty, goTo, group } from "../../parts/rows";
import { type Cell, firstOf, table, tableRow } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link, Route } from "../../wire/schema";
import { t } from "../../words/current";
import {
  destinationWord,
  nexthopWords,
  REJECTS,
  routeFlags,
  routeWords,
  ruleAction,
  ruleMatch,
} from "../../words/notation";
import { tableName } from "../../words/tables";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/**
 * Lists the routes of a namespace, or only those that use a link, by routing table. Route rules are above the routes,
 * nexthop objects below.
 */
export function routesTab(page: Page, ns: string, link: Link | null): void {
  const { store } = page;
  const words = t.inspector.routes;
  const all = store
    .of(ns, "route")
    .filter((route) => link === null || route.hops.some((hop) => hop.ifindex === link.ifindex));
  if (link === null) rules(page, ns);
  if (all.length === 0) empty(page, link === null ? words.noneHere : words.noneOnLink(link.ifname));
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

function familyName(family: "ip" | "ip6"): string {
  return family === "ip" ? "IPv4" : "IPv6";
}

/** Returns the position of a routing table in the list: the main table is first, the local table is last. */
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
  const words = t.inspector.routes;
  const name = tableName(number);
  const part = group(
    page,
    words.tableOf(familyName(family), name),
    words.tableRemark(number, t.common.routes(routes.length)),
  );
  const body = table(
    part,
    [words.destination, words.via, t.inspector.facts.link, t.inspector.facts.flags, `#${words.metric}`],
    [],
  );
  for (const route of firstOf(page, part, `${family} ${number}`, routes)) {
    const second = routeWords(page.store, route);
    body.append(tableRow(routeCells(page, route), [false, false, false, false, true], second === "" ? "" : "first"));
    if (second !== "") body.append(el("tr", {}, el("td", { class: "second", attrs: [["colspan", 5]] }, second)));
  }
  const which = link === null ? `table ${name}` : `table ${name} dev ${quote(link.ifname)}`;
  command(page, part, commandIn(page.store, ns, "ip", `${family === "ip" ? "-4" : "-6"} -d route show ${which}`));
}

function routeCells(page: Page, route: Route): Cell[] {
  const [hop] = route.hops;
  const link =
    hop === undefined || hop.ifindex === null ? null : page.store.link({ ns: route.ns, ifindex: hop.ifindex });
  const via = REJECTS.has(route.type)
    ? { text: route.type, class: "mono bad" }
    : route.hops.length > 1
      ? t.common.hops(route.hops.length)
      : (hop?.via ?? "");
  const place = route.hops.length > 1 || link === null ? "" : goTo(page, link.ifname, linkKey(link));
  return [destinationWord(route.dst), via, place, routeFlags(route), route.metric === 0 ? "" : String(route.metric)];
}

function rules(page: Page, ns: string): void {
  for (const family of ["ip", "ip6"] as const) {
    const found = page.store.of(ns, "rule").filter((rule) => rule.family === family);
    if (found.length === 0) continue;
    found.sort((a, b) => a.priority - b.priority || a.nth - b.nth);
    const words = t.inspector.routes;
    const part = group(page, words.rulesOf(familyName(family)), t.common.rules(found.length));
    table(
      part,
      [`#${t.inspector.facts.priority}`, words.match, words.action],
      found.map((rule) => [String(rule.priority), ruleMatch(rule), ruleAction(rule)]),
    );
    command(page, part, commandIn(page.store, ns, "ip", `${family === "ip" ? "-4" : "-6"} -d rule show`));
  }
}

function nexthops(page: Page, ns: string): void {
  const found = page.store.of(ns, "nexthop");
  if (found.length === 0) return;
  const words = t.inspector.routes;
  const sorted = found.toSorted((a, b) => byNumbers(String(a.id), String(b.id)));
  const part = group(page, words.nexthops, t.common.objects(found.length));
  table(
    part,
    ["#id", words.definition],
    sorted.map((one) => [String(one.id), nexthopWords(page.store, one)]),
  );
  command(page, part, commandIn(page.store, ns, "ip", "-d nexthop show"));
}

function legend(page: Page): void {
  const words = t.inspector.routes;
  const part = group(page, words.flags, words.flagsRemark);
  table(
    part,
    [words.flag, words.meaning],
    Object.entries(words.meanings).map(([letter, meaning]) => [letter, { text: meaning, class: "quiet" }]),
  );
}
