import { isBar } from "../../model/kinds";
import { byPrefix } from "../../model/prefix";
import { el } from "../../parts/dom";
import { command, empty, goTo, group } from "../../parts/rows";
import { firstOf, table } from "../../parts/tables";
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
      state.textContent = neighbourState(page, one);
    });
    const device = page.store.link(one);
    const place = device === null ? String(one.ifindex) : goTo(page, device.ifname, linkKey(device));
    const flags = neighbourWords(one);
    const mac = flags === "" ? one.mac : el("span", {}, one.mac, el("span", { class: "quiet" }, ` ${flags}`));
    return link === null ? [one.address, mac, place, state] : [one.address, mac, state];
  });
  table(
    part,
    link === null ? [facts.address, "MAC", facts.link, facts.state] : [facts.address, "MAC", facts.state],
    rows,
  );
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
  const rows = firstOf(page, part, "fdb", found).map((one) => {
    const age = el("span");
    page.live(() => {
      age.textContent = fdbAge(page, one);
    });
    const device = page.store.link(one);
    return [
      one.mac,
      device === null ? String(one.ifindex) : goTo(page, device.ifname, linkKey(device)),
      { text: fdbWords(page.store, one), class: "" },
      age,
    ];
  });
  table(part, ["MAC", facts.link, words.details, words.usedUpdated], rows);
  const dev = link === null ? "" : isBar(link.kind) ? ` br ${quote(link.ifname)}` : ` dev ${quote(link.ifname)}`;
  command(page, part, commandIn(page.store, ns, "bridge", `-s fdb show${dev}`));
}

function fdbAge(page: Page, one: FdbEntry): string {
  const live = page.book.fdb(one.ns, one.ifindex, one.mac, one.vlan);
  return live === null ? "" : listed([duration(live.used_ms / 1000), duration(live.updated_ms / 1000)]);
}
