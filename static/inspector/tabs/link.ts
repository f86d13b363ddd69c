import { otherMtu } from "../../model/facts";
import { isBar, isPaired } from "../../model/kinds";
import { networkOf } from "../../model/labels";
import { command, goTo, group, row, warning } from "../../parts/rows";
import { firstOf, table } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { fieldName, fieldValue, listed } from "../../words/format";
import { kindLabel, linkName, namespaceTitle } from "../../words/names";
import { noteWords } from "../../words/notes";
import { arpTypeWord, flagWords } from "../../words/tables";
import { chainOf } from "../chain";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { trafficRow } from "../rates";
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
  members(page, link);
  attributes(page, link);
  kindData(page, link);
  deviceGroups(page, link);
  portData(page, link);
  traffic(page, link);
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
  if (next !== null) part.firstElementChild?.append(goTo(page, t.inspector.facts.goTo, linkKey(next)));
  part.append(chainOf(page, link));
  if (peer !== null) endRow(page, part, words.peer, peer);
  else if (isPaired(link.kind)) row(page, part, words.peer, t.common.notVisible, { words: true, tone: "warned" });
  if (lower !== null) endRow(page, part, words.lower, lower);
  if (master !== null) endRow(page, part, words.master, master);
  for (const upper of uppers) endRow(page, part, words.upper, upper);
  for (const far of tunnels) endRow(page, part, words.tunnelTo, far);
  command(page, part, commandIn(store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
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
  const rows = firstOf(page, part, "members", found).map((port) => {
    const peer = store.peer(port);
    const state = port.port === null ? "" : portWord(port.port);
    const far = peer === null ? { text: port.kind, class: "quiet" } : goTo(page, linkName(store, peer), linkKey(peer));
    return [goTo(page, port.ifname, linkKey(port)), { text: state, class: "" }, far];
  });
  table(part, [t.inspector.facts.port, t.inspector.facts.state, words.farEnd], rows);
  const tool = isBar(link.kind) ? "bridge" : "ip";
  const options = isBar(link.kind) ? "-d link show" : `-d link show master ${quote(link.ifname)}`;
  command(page, part, commandIn(store, link.ns, tool, options));
}

function attributes(page: Page, link: Link): void {
  const { store } = page;
  const words = t.inspector.link;
  const { common } = t;
  const part = group(page, words.link);
  const label = kindLabel(link.kind);
  const add = (name: string, value: string | number | boolean, remark = ""): void => {
    if (value !== "")
      row(page, part, name, typeof value === "boolean" ? (value ? common.yes : common.no) : String(value), { remark });
  };
  add("ifindex", link.ifindex);
  add(words.name, link.ifname);
  const network = networkOf(store, link);
  if (network !== null) {
    add(words.network, network.name, listed([network.runtime, network.internal ? words.internal : ""]));
    add(words.networkId, network.id);
  }
  for (const name of link.altnames) add("altname", name);
  add(words.alias, link.ifalias);
  add(words.kind, link.kind, label === link.kind ? "" : label);
  add(
    "MAC",
    link.address,
    link.permanent_address === "" || link.permanent_address === link.address
      ? ""
      : words.permanentMac(link.permanent_address),
  );
  add(words.broadcast, link.broadcast);
  add(words.type, link.arptype, arpTypeWord(link.arptype));
  add(words.flags, flagWords(link.flags), `0x${link.flags.toString(16)}`);
  add(words.adminUp, link.admin_up, "IFF_UP");
  add(words.carrier, link.carrier, "LOWER_UP");
  add("operstate", link.operstate);
  add("mtu", link.mtu, link.max_mtu === 0 ? "" : common.range(link.min_mtu, link.max_mtu));
  add("qdisc", link.qdisc);
  add(words.txQueue, link.tx_queue_length, words.txQueueRemark);
  add(words.queues, words.queueCounts(link.tx_queues, link.rx_queues));
  add(words.group, link.group);
  add("promiscuity", link.promiscuity);
  add(words.linkMode, link.link_mode, link.link_mode === 1 ? "dormant" : "");
  for (const [name, value] of rareAttributes(link)) add(name, value === 0 ? "" : value);
  add("protodown", link.proto_down);
  add(words.bus, link.bus === "" && link.device === "" ? "" : `${link.bus} ${link.device}`.trim());
  add(words.portName, link.port_name);
  for (const { mode, program, name } of link.xdp)
    add("XDP", name === "" ? words.program(program) : words.namedProgram(name, program), mode);
  command(page, part, commandIn(store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}

/** Returns the attributes of a link that most links do not have, with the names that ip-link(8) gives them. */
function rareAttributes(link: Link): readonly (readonly [string, number | string])[] {
  return [
    ["allmulti", link.allmulti],
    ["gso_max_size", link.gso_max_size],
    ["gso_max_segs", link.gso_max_segs],
    ["gso_ipv4_max_size", link.gso_ipv4_max_size],
    ["gro_max_size", link.gro_max_size],
    ["gro_ipv4_max_size", link.gro_ipv4_max_size],
    ["tso_max_size", link.tso_max_size],
    ["tso_max_segs", link.tso_max_segs],
    ["headroom", link.headroom],
    ["tailroom", link.tailroom],
    ["max_pacing_horizon_ns", link.max_pacing_horizon_ns],
    ["protodown_reason", link.proto_down_reasons.join(", ")],
    ["switchid", link.switch],
    ["portid", link.port_id],
    ["netns_immutable", link.netns_immutable ? t.common.yes : ""],
  ];
}

function kindData(page: Page, link: Link): void {
  // Some kinds of links have no attributes of their own. Their data then contains only the tag that names the kind.
  if (link.data === null || Object.keys(link.data).length < 2) return;
  const words = t.inspector.link;
  const part = group(page, link.data.t === "opaque" ? words.notDecoded(link.kind) : words.asKind(link.kind));
  const named = (ifindex: unknown): string => {
    const found = typeof ifindex === "number" ? page.store.link({ ns: link.ns, ifindex }) : null;
    return found === null ? "" : found.ifname;
  };
  for (const [name, value] of Object.entries(link.data)) {
    if (name === "t") continue;
    const remark = name === "active_port" || name === "primary" ? named(value) : "";
    row(page, part, fieldName(name), fieldValue(name, value), { remark });
  }
  command(page, part, commandIn(page.store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}

function portData(page: Page, link: Link): void {
  const { port } = link;
  if (port === null) return;
  const master = page.store.master(link);
  const part = group(page, t.inspector.link.asPortOf(master?.ifname ?? t.inspector.link.someMaster));
  for (const [name, value] of Object.entries(port)) {
    if (name !== "t") row(page, part, fieldName(name), fieldValue(name, value));
  }
  if (port.t !== "bridge_port")
    return command(page, part, commandIn(page.store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
  command(page, part, commandIn(page.store, link.ns, "bridge", `-d link show dev ${quote(link.ifname)}`));
}

function traffic(page: Page, link: Link): void {
  const part = group(page, t.inspector.facts.traffic, t.inspector.facts.lastSeconds);
  trafficRow(page, part, link);
  command(page, part, commandIn(page.store, link.ns, "ip", `-s link show dev ${quote(link.ifname)}`));
}
