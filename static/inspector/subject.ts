import { type Edge, edgeOfId, edgeStands, isPair } from "../model/graph";
import { isBar } from "../model/kinds";
import type { Store } from "../model/store";
import { el } from "../parts/dom";
import type { Subject } from "../sources/source";
import { nsOfKey } from "../wire/key";
import type { Link, Namespace } from "../wire/schema";
import { t } from "../words/current";
import { linkState } from "../words/hints";
import { namespaceTitle } from "../words/names";
import type { Words } from "../words/en";
import { namespaceNature } from "../words/summaries";
import type { Page } from "./page";
import { addressesTab, linkAddresses } from "./tabs/addresses";
import { countersTab } from "./tabs/counters";
import { edgeTab } from "./tabs/edge";
import { ipsecTab } from "./tabs/ipsec";
import { linkOverview } from "./tabs/link";
import { linksTab } from "./tabs/links";
import { listeningTab } from "./tabs/listening";
import { multicastGroups } from "./tabs/multicast";
import { namespaceOverview } from "./tabs/namespace";
import { fdbTab, neighboursTab } from "./tabs/neighbours";
import { netfilterTab } from "./tabs/netfilter";
import { processesTab } from "./tabs/processes";
import { trafficControlCount, trafficControlTab } from "./tabs/qdiscs";
import { routesTab } from "./tabs/routes";
import { linkSettings, sysctlTab } from "./tabs/sysctls";

export interface Tab {
  readonly name: string;
  readonly title: string;
  readonly count: number | null;
  /**
   * The kinds of current values that the tab shows, such as "counters". The inspector requests them while the tab is
   * open.
   */
  readonly subjects: readonly Subject[];
  /**
   * Whether the tab shows netfilter rules or elements of sets. The page receives these only for namespaces for which it
   * requests them.
   */
  readonly bulky: boolean;
  draw(page: Page): void;
}

/**
 * What the inspector shows for one selection: a heading, tabs, and the namespaces whose current values the tabs need.
 */
export interface Shown {
  readonly what: string;
  title(): readonly (string | Node)[];
  readonly nature: string;
  readonly namespaces: readonly string[];
  readonly tabs: readonly Tab[];
}

/**
 * Returns what the inspector shows for the key of a namespace or link, or for the id of an edge. Returns null if it
 * does not exist on the host.
 */
export function subjectOf(store: Store, ref: string): Shown | null {
  const ns = nsOfKey(ref);
  const namespace = ns === null ? null : store.namespace(ns);
  if (namespace !== null) return namespaceSubject(store, namespace);
  const link = store.linkByKey(ref);
  if (link !== null) return linkSubject(store, link);
  const edge = edgeOfId(ref);
  if (edge === null || !edgeStands(store, edge)) return null;
  const [a, b] = [store.linkByKey(edge.a), edge.b === null ? null : store.linkByKey(edge.b)];
  if (a === null) return null;
  const namespaces = [...new Set([a.ns, b?.ns ?? a.ns])];
  return {
    what: edgeWhat(edge, a),
    title: () => [
      el("span", { class: "mono" }, a.ifname),
      el("span", { class: "of" }, t.inspector.panel.to),
      el("span", { class: "mono" }, b?.ifname ?? t.common.notVisible),
    ],
    nature:
      b === null
        ? namespaceTitle(store, a.ns)
        : t.inspector.panel.ends(namespaceTitle(store, a.ns), namespaceTitle(store, b.ns)),
    namespaces,
    tabs: [
      tab("overview", null, ["counters"], (page) => {
        edgeTab(page, edge, a, b);
      }),
    ],
  };
}

function edgeWhat(edge: Edge, a: Link): string {
  const { panel } = t.inspector;
  if (isPair(edge)) return panel.pair(a.kind);
  if (edge.kind === "port") return isBar(a.kind) ? panel.bridgePort : panel.port;
  return edge.kind === "lower" ? panel.stacked : panel.tunnel;
}

function tab(
  name: keyof Words["inspector"]["tabs"],
  count: number | null,
  subjects: readonly Subject[],
  draw: (page: Page) => void,
): Tab {
  return { name, title: t.inspector.tabs[name], count, subjects, bulky: false, draw };
}

function ruleCount(store: Store, ns: string): number {
  return store.of(ns, "nf_chain").reduce((sum, chain) => sum + chain.rules, 0);
}

function namespaceSubject(store: Store, namespace: Namespace): Shown {
  const { id } = namespace;
  const count = (...tags: Parameters<Store["count"]>[1][]): number =>
    tags.reduce((sum, tag) => sum + store.count(id, tag), 0);
  const processes = (store.owner(id)?.processes ?? []).reduce((sum, one) => sum + one.count, 0);
  return {
    what: namespace.is_host ? t.inspector.panel.host : t.inspector.panel.namespace,
    title: () => [namespaceTitle(store, id)],
    nature: namespaceNature(store, namespace),
    namespaces: [id],
    tabs: [
      tab("overview", null, ["counters"], (page) => {
        namespaceOverview(page, namespace);
      }),
      tab("links", count("link"), ["counters"], (page) => {
        linksTab(page, id);
      }),
      tab("addresses", count("addr"), ["addresses"], (page) => {
        addressesTab(page, id);
      }),
      tab("routes", count("route", "rule", "nexthop"), [], (page) => {
        routesTab(page, id, null);
      }),
      tab("neighbours", count("neigh", "fdb", "mdb"), ["neighbours", "fdb"], (page) => {
        neighboursTab(page, id, null);
        fdbTab(page, id, null);
        multicastGroups(page, id, null);
      }),
      {
        ...tab("netfilter", ruleCount(store, id), ["netfilter"], (page) => {
          netfilterTab(page, id);
        }),
        bulky: true,
      },
      ...(count("xfrm_policy", "xfrm_state", "xfrm_default") === 0
        ? []
        : [
            tab("ipsec", count("xfrm_policy", "xfrm_state"), [], (page) => {
              ipsecTab(page, id);
            }),
          ]),
      tab("processes", namespace.is_host ? null : processes, [], (page) => {
        processesTab(page, namespace);
      }),
      tab("listening", null, ["sockets"], (page) => {
        listeningTab(page, id);
      }),
      tab("settings", store.of(id, "sysctl")[0]?.values.length ?? 0, [], (page) => {
        sysctlTab(page, id);
      }),
    ],
  };
}

function linkSubject(store: Store, link: Link): Shown {
  const { ns, ifindex } = link;
  const mine = (tag: "addr" | "neigh"): number =>
    store.of(ns, tag).filter((entity) => entity.ifindex === ifindex).length;
  const fdb = store.of(ns, "fdb").filter((entry) => entry.ifindex === ifindex || entry.master === ifindex).length;
  const routes = store.of(ns, "route").filter((route) => route.hops.some((hop) => hop.ifindex === ifindex)).length;
  return {
    what: t.inspector.panel.link,
    title: () => [
      namespaceTitle(store, ns),
      el("span", { class: "of" }, t.inspector.panel.of),
      el("span", { class: "mono" }, link.ifname),
    ],
    nature: linkState(store, link),
    namespaces: [...new Set([ns, store.peer(link)?.ns ?? ns])],
    tabs: [
      tab("overview", null, ["counters"], (page) => {
        linkOverview(page, link);
      }),
      tab("addresses", mine("addr"), ["addresses"], (page) => {
        linkAddresses(page, link);
      }),
      tab("counters", null, ["counters"], (page) => {
        countersTab(page, link);
      }),
      tab("routes", routes, [], (page) => {
        routesTab(page, ns, link);
      }),
      tab("neighbours", mine("neigh"), ["neighbours"], (page) => {
        neighboursTab(page, ns, link);
      }),
      tab("fdb", fdb, ["fdb"], (page) => {
        fdbTab(page, ns, link);
        multicastGroups(page, ns, link);
      }),
      tab("tc", trafficControlCount(store, link), [], (page) => {
        trafficControlTab(page, link);
      }),
      tab("settings", null, [], (page) => {
        linkSettings(page, link);
      }),
    ],
  };
}
