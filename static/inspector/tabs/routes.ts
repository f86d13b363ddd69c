import { byPrefix } from "../../model/prefix";
import { byNumbers } from "../../model/store";
import { type Column, Listing, widthOf } from "../../parts/listing";
import { command, empty, goTo, group } from "../../parts/rows";
import { type Cell, firstOf, table } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link, Route } from "../../wire/schema";
import { t } from "../../words/current";
import {
  destinationWord,
  nexthopWords,
  REJECTS,
  routeFlags,
  routeLine,
  routeWords,
  ruleAction,
  ruleLine,
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
  const columns = routeColumns(page, all);
  for (const family of ["ip", "ip6"] as const) {
    const tables = new Map<number, Route[]>();
    for (const route of all)
      if (route.family === family) tables.set(route.table, [...(tables.get(route.table) ?? []), route]);
    const order = [...tables.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
    for (const number of order) routeTable(page, ns, family, number, tables.get(number) ?? [], link, columns);
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

/** The longest IPv6 prefix, and the longest IPv6 address, in characters. */
const PREFIX_CHARS = 43;
const ADDRESS_CHARS = 39;
const LINK_CHARS = 15;

/** Returns the columns of all tables of routes. They have the same widths for every table and both families. */
function routeColumns(page: Page, routes: readonly Route[]): readonly Column[] {
  const { routes: words, facts } = t.inspector;
  const cells = routes.map((route) => routeCells(page, route));
  const width = (at: number, most: number): number =>
    widthOf(
      cells.map((row) => textOf(row[at])),
      most,
    );
  return [
    { head: words.destination, chars: Math.max(width(0, PREFIX_CHARS), 11) },
    { head: facts.flags, chars: 4 },
    { head: words.via, under: "via", chars: width(2, ADDRESS_CHARS) },
    { head: facts.link, under: "dev", chars: width(3, LINK_CHARS) },
    { head: words.metric, under: "metric", numeric: true, chars: width(4, 10) },
    { head: words.otherProperties, under: "" },
  ];
}

function textOf(value: Cell | undefined): string {
  if (value === undefined || typeof value === "string") return value ?? "";
  return value instanceof Node ? (value.textContent ?? "") : value.text;
}

function routeTable(
  page: Page,
  ns: string,
  family: "ip" | "ip6",
  number: number,
  routes: Route[],
  link: Link | null,
  columns: readonly Column[],
): void {
  routes.sort((a, b) => byPrefix(a.dst, b.dst) || a.metric - b.metric || a.nth - b.nth);
  const words = t.inspector.routes;
  const name = tableName(number);
  const part = group(
    page,
    words.tableOf(familyName(family), name),
    words.tableRemark(number, t.common.routes(routes.length)),
  );
  const lines = firstOf(page, part, `${family} ${number}`, routes).map((route) => ({
    cells: routeCells(page, route),
    copy: routeLine(page.store, route),
  }));
  new Listing(page, part, columns, lines);
  const which = link === null ? `table ${name}` : `table ${name} dev ${quote(link.ifname)}`;
  command(page, part, commandIn(page.store, ns, "ip", `${family === "ip" ? "-4" : "-6"} -d route show ${which}`));
}

function routeCells(page: Page, route: Route): Cell[] {
  const [hop] = route.hops;
  const link =
    hop === undefined || hop.ifindex === null ? null : page.store.link({ ns: route.ns, ifindex: hop.ifindex });
  const rejects = REJECTS.has(route.type);
  const via = route.hops.length > 1 ? t.common.hops(route.hops.length) : (hop?.via ?? "");
  const place = route.hops.length > 1 || link === null ? "" : goTo(page, link.ifname, linkKey(link));
  return [
    destinationWord(route.dst),
    routeFlags(route),
    via,
    place,
    route.metric === 0 ? "" : String(route.metric),
    { text: routeWords(page.store, route), class: rejects ? "mono bad" : "mono" },
  ];
}

function rules(page: Page, ns: string): void {
  const words = t.inspector.routes;
  const all = page.store.of(ns, "rule");
  const priority = { head: t.inspector.facts.priority, numeric: true, chars: 8 };
  const match = { head: words.match, chars: widthOf(all.map(ruleMatch), 80) };
  const action = { head: words.action };
  const columns: readonly Column[] = page.wide ? [priority, match, action] : [priority, { head: words.rule }];
  for (const family of ["ip", "ip6"] as const) {
    const found = all.filter((rule) => rule.family === family);
    if (found.length === 0) continue;
    const sorted = found.toSorted((a, b) => a.priority - b.priority || a.nth - b.nth);
    const part = group(page, words.rulesOf(familyName(family)), t.common.rules(found.length));
    const lines = sorted.map((rule) => {
      const [number, parts] = [String(rule.priority), [ruleMatch(rule), ruleAction(rule)]];
      const cells = page.wide ? [number, ...parts] : [number, parts.join(" ")];
      return { cells, copy: ruleLine(rule) };
    });
    new Listing(page, part, columns, lines);
    command(page, part, commandIn(page.store, ns, "ip", `${family === "ip" ? "-4" : "-6"} -d rule show`));
  }
}

function nexthops(page: Page, ns: string): void {
  const found = page.store.of(ns, "nexthop");
  if (found.length === 0) return;
  const words = t.inspector.routes;
  const sorted = found.toSorted((a, b) => byNumbers(String(a.id), String(b.id)));
  const part = group(page, words.nexthops, t.common.objects(found.length));
  const lines = sorted.map((one) => {
    const definition = nexthopWords(page.store, one);
    return { cells: [String(one.id), definition], copy: `id ${one.id} ${definition}` };
  });
  new Listing(page, part, [{ head: "id", numeric: true }, { head: words.definition }], lines);
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
