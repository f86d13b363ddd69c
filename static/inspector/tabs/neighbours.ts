import { isBar } from "../../model/kinds";
import { byPrefix } from "../../model/prefix";
import { el, setText } from "../../parts/dom";
import { type Column, Listing } from "../../parts/listing";
import { command, copyable, empty, goTo, group } from "../../parts/rows";
import { firstOf } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { FdbEntry, Link, Neighbour } from "../../wire/schema";
import { t } from "../../words/current";
import { duration, listed } from "../../words/format";
import { fdbWords, neighbourWords } from "../../words/notation";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/** Lists the neighbours of a namespace, or of one of its links, with their current state. */
export function neighboursTab(page: Page, ns: string, link: Link | null): void {
  const found = page.store.of(ns, "neigh").filter((one) => link === null || one.ifindex === link.ifindex);
  found.sort((a, b) => byPrefix(a.address, b.address));
  const { facts, neighbours: words } = t.inspector;
  if (found.length === 0) return empty(page, link === null ? words.noneHere : words.noneOnLink(link.ifname));
  const part = group(page, words.title, t.common.neighbours(found.length));
  const rows = firstOf(page, part, "neighbours", found).map((one) => {
    const state = el("span");
    page.live(() => {
      setText(state, neighbourState(page, one));
    });
    const device = page.store.link(one);
    const place = device === null ? String(one.ifindex) : goTo(page, device.ifname, linkKey(device));
    const flags = { text: neighbourWords(one), class: "mono quiet" };
    return { cells: [copyable(page, one.address), copyable(page, one.mac), place, flags, state] };
  });
  const columns: readonly Column[] = [
    { head: facts.address },
    { head: "MAC", under: "" },
    { head: facts.link, under: "dev" },
    { head: facts.flags, under: "" },
    { head: facts.state, under: "" },
  ];
  new Listing(page, part, columns, rows);
  command(
    page,
    part,
    commandIn(page.store, ns, "ip", link === null ? "-s neigh show" : `-s neigh show dev ${quote(link.ifname)}`),
  );
}

/** The states of a neighbour whose address was confirmed at some time. */
const CONFIRMED: ReadonlySet<string> = new Set(["reachable", "stale", "delay", "probe"]);

function neighbourState(page: Page, one: Neighbour): string {
  const live = page.book.neighbour(one.ns, one.ifindex, one.address);
  if (live === null) return one.state === "" ? t.common.none : one.state;
  // An entry that was never confirmed has no such age: the kernel reports the time since the boot instead.
  const ages = CONFIRMED.has(live.nud);
  return listed([
    live.nud,
    ages ? t.inspector.neighbours.confirmed(duration(live.confirmed_ms / 1000)) : "",
    live.probes > 0 ? t.common.probes(live.probes) : "",
  ]);
}

/** Lists the FDB entries of a namespace, of a bridge, or of a port, with their ages. */
export function fdbTab(page: Page, ns: string, link: Link | null): void {
  const all = page.store.of(ns, "fdb");
  const found = all.filter((one) => link === null || one.ifindex === link.ifindex || one.master === link.ifindex);
  const { facts, neighbours: words } = t.inspector;
  if (found.length === 0) {
    if (link !== null) empty(page, words.noFdb(link.ifname));
    return;
  }
  found.sort((a, b) => a.ifindex - b.ifindex || (a.mac < b.mac ? -1 : 1));
  const part = group(page, words.fdb, t.common.entries(found.length));
  const leftOut = el("p", { class: "empty" });
  page.live(() => {
    setText(leftOut, leftOutWords(page, ns, link));
  });
  const rows = firstOf(page, part, "fdb", found).map((one) => {
    const age = el("span");
    page.live(() => {
      setText(age, fdbAge(page, one));
    });
    const device = page.store.link(one);
    return {
      cells: [
        copyable(page, one.mac),
        device === null ? String(one.ifindex) : goTo(page, device.ifname, linkKey(device)),
        fdbWords(page.store, one),
        age,
      ],
    };
  });
  const columns: readonly Column[] = [
    { head: "MAC" },
    { head: facts.link },
    { head: words.details, under: "" },
    { head: words.usedUpdated, under: words.usedUpdated },
  ];
  new Listing(page, part, columns, rows);
  const dev = link === null ? "" : isBar(link.kind) ? ` br ${quote(link.ifname)}` : ` dev ${quote(link.ifname)}`;
  part.append(leftOut);
  command(page, part, commandIn(page.store, ns, "bridge", `-s fdb show${dev} | ${SHOWN_ENTRIES}`));
}

/** Says how many entries the kernel has that are not shown. An older agent does not count them. */
function leftOutWords(page: Page, ns: string, link: Link | null): string {
  const words = t.inspector.neighbours;
  const counted = page.book.values(ns, "fdb", "fdb_own");
  if (counted.length === 0) return words.fdbLeftOut;
  const shown = new Set((link === null ? [] : [link, ...page.store.members(link)]).map(({ ifindex }) => ifindex));
  const own = counted.filter(({ ifindex }) => link === null || shown.has(ifindex));
  return words.fdbLeftOutCount(own.reduce((sum, { count }) => sum + count, 0));
}

/**
 * Keeps what the tab shows of the output of bridge-fdb(8). The agent does not read the multicast MACs that a link itself
 * receives: they have the lowest bit of their first byte set, and no destination.
 */
const SHOWN_ENTRIES = "awk '!/^.[13579bdf]/ || / dst /'";

function fdbAge(page: Page, one: FdbEntry): string {
  const live = page.book.fdb(one.ns, one.ifindex, one.mac, one.vlan);
  return live === null ? "" : listed([duration(live.used_ms / 1000), duration(live.updated_ms / 1000)]);
}
