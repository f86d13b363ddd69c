import { addressesOf, defaultRoutes } from "../../model/facts";
import { isInside } from "../../model/kinds";
import { command, goTo, group, row, warning } from "../../parts/rows";
import { linkKey } from "../../wire/key";
import type { Address, Gap, Link, Namespace, Owner } from "../../wire/schema";
import { GAP_CODES } from "../../wire/tables";
import { t } from "../../words/current";
import { clock, listed } from "../../words/format";
import { hopWords } from "../../words/notation";
import { gapWords, noteWords, subjectName } from "../../words/notes";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { trafficRow } from "../rates";

/** The number of links that are shown with their traffic. */
const TRAFFIC = 4;

/** Shows what a namespace is, what keeps it alive, its default routes, and what the agent could not read. */
export function namespaceOverview(page: Page, namespace: Namespace): void {
  warnings(page, namespace);
  if (namespace.is_host) hostGroup(page);
  identity(page, namespace);
  addresses(page, namespace.id);
  routing(page, namespace.id);
  traffic(page, namespace.id);
}

function warnings(page: Page, namespace: Namespace): void {
  const { store, body } = page;
  const words = t.warnings;
  for (const note of namespace.notes) warning(body, words.warning, noteWords(note));
  for (const [what, note] of unread(page, namespace.id)) warning(body, what, note);
  if (!namespace.readable) warning(body, words.notFullyReadable, words.onlyLinksAndAddresses);
  for (const alike of groupedGaps([
    ...store.of(namespace.id, "gap"),
    ...(namespace.is_host ? store.of("", "gap") : []),
  ]))
    gapWarning(body, alike);
  if (!namespace.is_host) return;
  for (const missing of store.host?.missing ?? []) warning(body, words.agentLimited, noteWords(missing));
}

/** Groups gaps that differ only in their subject, so that one cause is explained once. */
function groupedGaps(gaps: readonly Gap[]): readonly (readonly [Gap, ...Gap[]])[] {
  const groups = new Map<string, [Gap, ...Gap[]]>();
  for (const gap of gaps) {
    const { cause, args, shown, total, since_ms } = gap;
    const known = groups.get(JSON.stringify([cause, args, shown, total, since_ms]));
    if (known === undefined) groups.set(JSON.stringify([cause, args, shown, total, since_ms]), [gap]);
    else known.push(gap);
  }
  return [...groups.values()];
}

function gapWarning(body: HTMLElement, gaps: readonly [Gap, ...Gap[]]): void {
  const words = t.warnings;
  const [{ cause, shown, total, since_ms }] = gaps;
  const names = listed(gaps.map(({ subject }) => subjectName(subject)));
  const parts = [
    gapWords(gaps[0], names),
    total > 0 ? words.shown(shown, total) : "",
    since_ms === 0 ? "" : (GAP_CODES[cause] === "cut" ? words.since : words.asOf)(clock(since_ms)),
  ];
  warning(body, words[GAP_CODES[cause]](names), parts.filter((part) => part !== "").join(t.common.space));
}

/** The types of entities other than links that can have notes, with the agent's name for them. */
const NOTED = [
  ["addr", "addresses"],
  ["neigh", "neighbours"],
  ["fdb", "fdb"],
  ["route", "routes"],
  ["nexthop", "nexthops"],
  ["rule", "rules"],
  ["vlans", "vlans"],
  ["vnis", "vnis"],
  ["mdb", "mdb"],
  ["mdb_router", "mdb"],
  ["xfrm_policy", "ipsec"],
  ["xfrm_state", "ipsec"],
] as const;

/** Returns the different notes of the entities of a namespace (such as its routes), with the name of their type. */
function unread(page: Page, ns: string): (readonly [string, string])[] {
  const found = new Map<string, readonly [string, string]>();
  for (const [tag, subject] of NOTED)
    for (const entity of page.store.of(ns, tag))
      for (const note of entity.notes) {
        const pair = [subjectName(subject), noteWords(note)] as const;
        found.set(pair.join(" "), pair);
      }
  return [...found.values()];
}

function hostGroup(page: Page): void {
  const { host } = page.store;
  if (host === null) return;
  const words = t.inspector.namespace;
  const part = group(page, words.host, host.practice ? words.practice : "");
  row(page, part, words.hostName, host.hostname);
  row(page, part, words.kernel, host.kernel, { remark: host.machine });
  row(page, part, words.boot, host.boot_id);
  row(page, part, words.agent, host.agent_version);
  command(page, part, "uname -nrm");
}

function identity(page: Page, namespace: Namespace): void {
  const { store } = page;
  const words = t.inspector.namespace;
  const part = group(page, words.identity);
  const cookie = /^\d+$/.test(namespace.id) ? words.cookie(namespace.id) : namespace.id;
  row(page, part, words.namespace, namespace.inode === null ? namespace.id : `net:[${namespace.inode}]`, {
    remark: namespace.inode === null ? "" : cookie,
  });
  if (namespace.nsid !== null) row(page, part, "nsid", String(namespace.nsid), { remark: words.observer });
  for (const [at, name] of namespace.names.entries())
    row(page, part, at === 0 ? words.name : words.otherName, name, { remark: words.inRun });
  for (const mount of namespace.mounts) row(page, part, words.mountedAt, mount);
  const holders = listed(namespace.held_by.map((holder) => words.holders[holder]));
  if (holders !== "") row(page, part, words.heldBy, holders, { words: true });
  const owner = store.owner(namespace.id);
  if (owner !== null) ownerRows(page, part, owner);
  const pid = owner?.pid ?? null;
  if (pid !== null) command(page, part, `lsns -t net -p ${pid} -o NS,NETNSID,PID,COMMAND`);
  else if (namespace.names[0] !== undefined)
    command(page, part, `stat -L -c %i ${quote(`/run/netns/${namespace.names[0]}`)}`);
  else if (namespace.is_host) command(page, part, "readlink /proc/1/ns/net");
}

function ownerRows(page: Page, part: HTMLElement, owner: Owner): void {
  const words = t.inspector.namespace;
  for (const one of owner.containers) {
    row(page, part, words.container, one.name === "" ? one.id : one.name, { remark: one.runtime });
    if (one.name !== "") row(page, part, words.containerId, one.id);
    if (one.image !== "") row(page, part, words.image, one.image);
    if (one.project !== "") row(page, part, words.project, one.project);
    if (one.service !== "") row(page, part, words.service, one.service);
    if (one.pod !== "") row(page, part, words.pod, one.pod, { remark: one.pod_namespace });
    if (one.pod_uid !== "") row(page, part, words.podUid, one.pod_uid);
  }
  const first = owner.processes.find((one) => one.pid === owner.pid);
  if (owner.pid !== null) row(page, part, words.firstProcess, String(owner.pid), { remark: first?.name ?? "" });
}

/** Shows the addresses by which others reach the namespace. Other tabs have the MACs and the other addresses. */
function addresses(page: Page, ns: string): void {
  const { store } = page;
  const words = t.inspector.namespace;
  const shown = store.links(ns).map((link) => [link, mainOnes(addressesOf(store, link))] as const);
  const count = shown.reduce((sum, [, found]) => sum + found.length, 0);
  const total = store.count(ns, "addr");
  const part = group(
    page,
    words.addresses,
    count < total ? words.someAddresses(count, total) : t.common.addresses(total),
  );
  for (const [link, found] of shown) {
    for (const [at, address] of found.entries())
      row(page, part, at === 0 ? link.ifname : "", `${address.address}/${address.prefix}`, {
        remark: at === 0 ? placeOf(page, link) : "",
      });
  }
  command(page, part, commandIn(store, ns, "ip", "-br address"));
}

/** Returns the addresses of a link without link-local ones. Every link with IPv6 has such an address. */
function mainOnes(found: readonly Address[]): readonly Address[] {
  return found.filter(({ scope }) => scope !== "link");
}

/** Returns a button for the bridge to which a link leads: the master of its peer, or its own master. */
function placeOf(page: Page, link: Link): Node | string {
  const { store } = page;
  const master = store.master(link);
  const peer = store.peer(link);
  const far = peer === null ? null : store.master(peer);
  if (far !== null) return goTo(page, t.inspector.namespace.toBridge(far.ifname), linkKey(far));
  return master === null ? "" : goTo(page, t.common.portOf(master.ifname), linkKey(master));
}

function routing(page: Page, ns: string): void {
  const { store } = page;
  const words = t.inspector.namespace;
  const part = group(page, words.routing);
  const routes = defaultRoutes(store, ns);
  if (routes.length === 0) row(page, part, words.defaultRoute, t.common.none, { words: true, remark: words.noDefault });
  for (const route of routes) {
    for (const hop of route.hops)
      row(page, part, words.defaultRoute, hopWords(store, ns, hop), {
        remark: route.metric === 0 ? "" : t.inspector.routes.metricOf(route.metric),
      });
    if (route.hops.length === 0)
      row(page, part, words.defaultRoute, route.nexthop === null ? route.type : words.nexthop(route.nexthop));
  }
  const settings = store.of(ns, "sysctl")[0]?.values ?? [];
  for (const name of ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"]) {
    const found = settings.find((one) => one.name === name);
    if (found !== undefined)
      row(page, part, name.includes("ipv4") ? words.forwarding4 : words.forwarding6, found.value, { remark: name });
  }
  command(page, part, commandIn(store, ns, "ip", "route show default"));
}

function traffic(page: Page, ns: string): void {
  const links = page.store.links(ns).filter((link) => !isInside(link.kind) && link.admin_up);
  if (links.length === 0) return;
  const part = group(
    page,
    t.inspector.facts.traffic,
    links.length > TRAFFIC ? t.inspector.namespace.someLinks(TRAFFIC, links.length) : t.inspector.facts.lastSeconds,
  );
  for (const link of links.slice(0, TRAFFIC)) trafficRow(page, part, link);
  command(page, part, commandIn(page.store, ns, "ip", "-s link"));
}
