import { isBar } from "../../model/kinds";
import { byPrefix } from "../../model/prefix";
import { el } from "../../parts/dom";
import { command, empty, goTo, group } from "../../parts/rows";
import { firstOf, table } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { FdbEntry, Link, Neighbour } from "../../wire/schema";
import { counted, duration } from "../../words/format";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/** The neighbours of a namespace, or of one of its links, with their state of the moment. */
export function neighboursTab(page: Page, ns: string, link: Link | null): void {
  const found = page.store.of(ns, "neigh").filter((one) => link === null || one.ifindex === link.ifindex);
  found.sort((a, b) => byPrefix(a.address, b.address));
  if (found.length === 0)
    return empty(page, link === null ? "No neighbour is known here." : `No neighbour is known on ${link.ifname}.`);
  const part = group(page, "Neighbours", counted(found.length, "neighbour"));
  const rows = firstOf(page, part, "neighbours", found).map((one) => {
    const state = el("span");
    page.live(() => {
      state.textContent = neighbourState(page, one);
    });
    const device = page.store.link(one);
    const place = device === null ? String(one.ifindex) : goTo(page, device.ifname, linkKey(device));
    const flags = [
      one.router ? "router" : "",
      one.proxy ? "proxy" : "",
      one.extern_learn ? "extern_learn" : "",
      one.protocol === 0 ? "" : `proto ${one.protocol}`,
    ];
    const words = flags.filter((flag) => flag !== "").join(" ");
    const mac = words === "" ? one.mac : el("span", {}, one.mac, el("span", { class: "quiet" }, ` ${words}`));
    return link === null ? [one.address, mac, place, state] : [one.address, mac, state];
  });
  table(part, link === null ? ["address", "MAC", "link", "state"] : ["address", "MAC", "state"], rows);
  command(
    page,
    part,
    commandIn(page.store, ns, "ip", link === null ? "-s neigh show" : `-s neigh show dev ${quote(link.ifname)}`),
  );
}

function neighbourState(page: Page, one: Neighbour): string {
  const live = page.book.neighbour(one.ns, one.ifindex, one.address);
  if (live === null) return one.state === "" ? "none" : one.state;
  const ages = `, confirmed ${duration(live.confirmed_ms / 1000)} ago`;
  const probes = live.probes > 0 ? `, ${counted(live.probes, "probe")}` : "";
  return `${live.nud}${live.nud === "permanent" || live.nud === "noarp" ? "" : ages}${probes}`;
}

/** The FDB entries of a namespace, of a bridge, or of a port, with their ages. */
export function fdbTab(page: Page, ns: string, link: Link | null): void {
  const all = page.store.of(ns, "fdb");
  const found = all.filter((one) => link === null || one.ifindex === link.ifindex || one.master === link.ifindex);
  if (found.length === 0) {
    if (link !== null) empty(page, `No FDB entry is known of ${link.ifname}.`);
    return;
  }
  found.sort((a, b) => a.ifindex - b.ifindex || (a.mac < b.mac ? -1 : 1));
  const part = group(page, "FDB", counted(found.length, "entry", "entries"));
  const rows = firstOf(page, part, "fdb", found).map((one) => {
    const age = el("span");
    page.live(() => {
      age.textContent = fdbAge(page, one);
    });
    const device = page.store.link(one);
    return [
      one.mac,
      device === null ? String(one.ifindex) : goTo(page, device.ifname, linkKey(device)),
      { text: fdbWords(page, one), class: "" },
      age,
    ];
  });
  table(part, ["MAC", "link", "how", "used, refreshed"], rows);
  const dev = link === null ? "" : isBar(link.kind) ? ` br ${quote(link.ifname)}` : ` dev ${quote(link.ifname)}`;
  command(page, part, commandIn(page.store, ns, "bridge", `-s fdb show${dev}`));
}

function fdbWords(page: Page, one: FdbEntry): string {
  const master = one.master === null ? null : page.store.link({ ns: one.ns, ifindex: one.master });
  return [
    one.state,
    one.table,
    master === null ? "" : `of ${master.ifname}`,
    one.vlan === 0 ? "" : `vlan ${one.vlan}`,
    one.remote === "" ? "" : `dst ${one.remote}`,
    one.vni === 0 ? "" : `vni ${one.vni}`,
    one.port === 0 ? "" : `port ${one.port}`,
    one.sticky ? "sticky" : "",
    one.offloaded ? "offload" : "",
    one.extern_learn ? "extern_learn" : "",
  ]
    .filter((word) => word !== "")
    .join(" ");
}

function fdbAge(page: Page, one: FdbEntry): string {
  const live = page.book.fdb(one.ns, one.ifindex, one.mac, one.vlan);
  return live === null ? "" : `${duration(live.used_ms / 1000)}, ${duration(live.updated_ms / 1000)}`;
}
