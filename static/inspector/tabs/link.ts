import { addressesOf, isDown, otherMtu } from "../../model/facts";
import { isBar, isPaired } from "../../model/kinds";
import { networkOf } from "../../model/labels";
import { button } from "../../parts/dom";
import { type Column, Listing } from "../../parts/listing";
import { command, goTo, group, row, warning } from "../../parts/rows";
import { firstOf } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { fieldName, fieldValue, listed } from "../../words/format";
import { upOrDown } from "../../words/hints";
import { kindLabel, linkName, namespaceTitle } from "../../words/names";
import { noteWords } from "../../words/notes";
import { chainOf } from "../chain";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { trafficRow } from "../rates";
import { attributesOf } from "./attributes";
import { deviceGroups } from "./device";

/** Shows a link: its other end, its attributes, the data of its kind, and its data as a port of a master. */
export function linkOverview(page: Page, link: Link): void {
  for (const note of link.notes) warning(page.body, t.warnings.warning, noteWords(note));
  const peer = otherMtu(page.store, link);
  if (peer !== null) {
    const words = t.inspector.edge;
    warning(page.body, words.mtusDiffer, words.mtusDifferText(link.ifname, link.mtu, peer.ifname, peer.mtu));
  }
  otherEnd(page, link);
  essentials(page, link);
  members(page, link);
  traffic(page, link);
  kindData(page, link);
  portData(page, link);
  deviceGroups(page, link);
  rawAttributes(page, link);
}

function otherEnd(page: Page, link: Link): void {
  const { store } = page;
  const peer = store.peer(link);
  const lower = store.lower(link);
  const master = store.master(link);
  const uppers = store.uppers(link);
  const tunnels = store.tunnels(link);
  const near = [peer, lower, master].filter((found) => found !== null);
  if (near.length + uppers.length + tunnels.length === 0 && !isPaired(link.kind)) return;
  const words = t.inspector.link;
  const part = group(page, peer !== null || isPaired(link.kind) ? words.otherEnd : words.related);
  const next = peer ?? lower ?? master ?? tunnels[0] ?? null;
  if (next !== null) part.firstElementChild?.append(goTo(page, t.inspector.facts.goTo(next.ifname), linkKey(next)));
  part.append(chainOf(page, link));
  if (peer !== null) endRow(page, part, words.peer, peer);
  else if (isPaired(link.kind)) row(page, part, words.peer, t.common.notVisible, { words: true, tone: "warned" });
  if (lower !== null) endRow(page, part, words.lower, lower);
  if (master !== null) endRow(page, part, words.master, master);
  for (const upper of uppers) endRow(page, part, words.upper, upper);
  for (const far of tunnels) endRow(page, part, words.tunnelTo, far);
}

function endRow(page: Page, part: HTMLElement, name: string, far: Link): void {
  const { store } = page;
  const state = far.port?.t === "bridge_port" ? far.port.state : "";
  const place = t.inspector.link.place(far.ifindex, namespaceTitle(store, far.ns));
  row(page, part, name, goTo(page, far.ifname, linkKey(far)), { remark: listed([place, state]) });
}

/** Returns the state of a port of a master in one word. The possible states depend on the master's kind. */
function portWord(port: NonNullable<Link["port"]>): string {
  if (port.t === "opaque_port") return port.kind;
  return port.t === "vrf_port" ? t.inspector.link.table(port.table) : port.state;
}

/** Lists the ports of a bridge or the members of a bond. */
function members(page: Page, link: Link): void {
  const { store } = page;
  const found = store.members(link);
  if (found.length === 0) return;
  const words = t.inspector.link;
  const part = group(page, isBar(link.kind) ? words.ports : words.members, t.common.ports(found.length));
  const lines = firstOf(page, part, "members", found).map((port) => {
    const peer = store.peer(port);
    const state = port.port === null ? "" : portWord(port.port);
    const far = peer === null ? { text: port.kind, class: "quiet" } : goTo(page, linkName(store, peer), linkKey(peer));
    return { cells: [goTo(page, port.ifname, linkKey(port)), { text: state, class: "" }, far] };
  });
  const columns: readonly Column[] = [
    { head: t.inspector.facts.port },
    { head: t.inspector.facts.state },
    { head: words.farEnd, under: words.farEnd },
  ];
  new Listing(page, part, columns, lines);
  const tool = isBar(link.kind) ? "bridge" : "ip";
  const options = isBar(link.kind) ? "-d link show" : `-d link show master ${quote(link.ifname)}`;
  command(page, part, commandIn(store, link.ns, tool, options));
}

/** Shows the facts about a link that a person looks for first. All attributes are at the end of the tab. */
function essentials(page: Page, link: Link): void {
  const { store } = page;
  const words = t.inspector.link;
  const part = group(page, words.link);
  const add = (name: string, value: string, remark = ""): void => {
    if (value !== "") row(page, part, name, value, { remark });
  };
  const label = kindLabel(link.kind);
  add(words.kind, link.kind, label === link.kind ? "" : label);
  const tone = isDown(link) ? { tone: "warned" as const } : {};
  row(page, part, t.inspector.facts.state, upOrDown(link), { words: true, ...tone });
  for (const { address, prefix, family } of addressesOf(store, link))
    add(family === "ip" ? "inet" : "inet6", `${address}/${prefix}`);
  const isOther = link.permanent_address !== "" && link.permanent_address !== link.address;
  add("MAC", link.address, isOther ? words.permanentMac(link.permanent_address) : "");
  add("mtu", String(link.mtu), link.max_mtu === 0 ? "" : t.common.range(link.min_mtu, link.max_mtu));
  const network = networkOf(store, link);
  if (network !== null) {
    add(words.network, network.name, listed([network.runtime, network.internal ? words.internal : ""]));
    add(words.networkId, network.id);
  }
  for (const name of link.altnames) add("altname", name);
  add(words.alias, link.ifalias);
  for (const { mode, program, name } of link.xdp)
    add("XDP", name === "" ? words.program(program) : words.namedProgram(name, program), mode);
  command(page, part, commandIn(store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}

/** Lists the attributes of a link as the kernel reports them. The list is folded until a person opens it. */
function rawAttributes(page: Page, link: Link): void {
  const words = t.inspector.link;
  const part = group(page, words.raw, words.rawRemark);
  const all = attributesOf(link).filter(([, value]) => value !== "");
  const isOpen = page.choice("attributes", "") !== "";
  const fold = button(isOpen ? words.hideRaw : words.showRaw(all.length), {
    class: "button small",
    attrs: [["aria-expanded", String(isOpen)]],
    press: () => {
      page.choose("attributes", isOpen ? "" : "open");
    },
  });
  part.append(fold);
  if (!isOpen) return;
  part.classList.add("long-names");
  for (const [name, value, remark = ""] of all) row(page, part, name, value, { remark });
}

function kindData(page: Page, link: Link): void {
  // Some kinds of links have no attributes of their own. Their data then contains only the tag that names the kind.
  if (link.data === null || Object.keys(link.data).length < 2) return;
  const words = t.inspector.link;
  const part = group(page, link.data.t === "opaque" ? words.notDecoded(link.kind) : words.asKind(link.kind));
  part.classList.add("long-names");
  const named = (ifindex: unknown): string => {
    const found = typeof ifindex === "number" ? page.store.link({ ns: link.ns, ifindex }) : null;
    return found === null ? "" : found.ifname;
  };
  for (const [name, value] of Object.entries(link.data)) {
    if (name === "t") continue;
    const remark = name === "active_port" || name === "primary" ? named(value) : "";
    row(page, part, fieldName(name), fieldValue(name, value), { remark });
  }
}

function portData(page: Page, link: Link): void {
  const { port } = link;
  if (port === null) return;
  const master = page.store.master(link);
  const part = group(page, t.inspector.link.asPortOf(master?.ifname ?? t.inspector.link.someMaster));
  part.classList.add("long-names");
  for (const [name, value] of Object.entries(port)) {
    if (name !== "t") row(page, part, fieldName(name), fieldValue(name, value));
  }
  if (port.t === "bridge_port")
    command(page, part, commandIn(page.store, link.ns, "bridge", `-d link show dev ${quote(link.ifname)}`));
}

function traffic(page: Page, link: Link): void {
  const part = group(page, t.inspector.facts.traffic, t.inspector.facts.lastSeconds);
  trafficRow(page, part, link);
  command(page, part, commandIn(page.store, link.ns, "ip", `-s link show dev ${quote(link.ifname)}`));
}
