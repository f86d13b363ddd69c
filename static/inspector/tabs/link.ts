import { isBar, isPaired, kindOf } from "../../model/kinds";
import { namespaceTitle } from "../../model/labels";
import { command, goTo, group, row, warning } from "../../parts/rows";
import { firstOf, table } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { Link } from "../../wire/schema";
import { counted, fieldValue, fieldWords } from "../../words/format";
import { linkName } from "../../words/hints";
import { arpTypeWord, flagWords } from "../../words/tables";
import { chainOf } from "../chain";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";
import { trafficRow } from "../rates";
import { besideLink } from "./beside";
import { noteWords } from "../../words/notes";

/** Where the other end is, what the link is, its kind's and its port's own data. */
export function linkOverview(page: Page, link: Link): void {
  for (const note of link.notes) warning(page.body, note.code, noteWords(note));
  otherEnd(page, link);
  members(page, link);
  attributes(page, link);
  kindData(page, link);
  besideLink(page, link);
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
  const part = group(page, peer !== null || isPaired(link.kind) ? "Other end" : "Stands on");
  const next = peer ?? lower ?? master ?? tunnels[0] ?? null;
  if (next !== null) part.firstElementChild?.append(goTo(page, "Go to", linkKey(next)));
  part.append(chainOf(page, link));
  if (peer !== null) endRow(page, part, "Peer", peer);
  else if (isPaired(link.kind)) row(page, part, "Peer", "none in sight", { words: true, tone: "warned" });
  if (lower !== null) endRow(page, part, "On", lower);
  if (master !== null) endRow(page, part, "Master", master);
  for (const upper of uppers) endRow(page, part, "Carries", upper);
  for (const far of tunnels) endRow(page, part, "Tunnel to", far);
  command(page, part, commandIn(store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}

function endRow(page: Page, part: HTMLElement, name: string, far: Link): void {
  const { store } = page;
  const state = far.port?.t === "bridge_port" ? `, ${far.port.state}` : "";
  const place = `if ${far.ifindex} in ${namespaceTitle(store, far.ns)}${state}`;
  row(page, part, name, goTo(page, far.ifname, linkKey(far)), { remark: place });
}

/** How a member is doing, in a word, as its master's kind tells. */
function portWord(port: NonNullable<Link["port"]>): string {
  if (port.t === "opaque_port") return port.kind;
  return port.t === "vrf_port" ? `table ${port.table}` : port.state;
}

/** The ports of a bridge, the members of a bond. */
function members(page: Page, link: Link): void {
  const { store } = page;
  const found = store.members(link);
  if (found.length === 0) return;
  const part = group(page, isBar(link.kind) ? "Ports" : "Members", counted(found.length, "port"));
  const rows = firstOf(page, part, "members", found).map((port) => {
    const peer = store.peer(port);
    const state = port.port === null ? "" : portWord(port.port);
    const far = peer === null ? { text: port.kind, class: "quiet" } : goTo(page, linkName(store, peer), linkKey(peer));
    return [goTo(page, port.ifname, linkKey(port)), { text: state, class: "" }, far];
  });
  table(part, ["port", "state", "far end"], rows);
  const tool = isBar(link.kind) ? "bridge" : "ip";
  const words = isBar(link.kind) ? "-d link show" : `-d link show master ${quote(link.ifname)}`;
  command(page, part, commandIn(store, link.ns, tool, words));
}

function attributes(page: Page, link: Link): void {
  const { store } = page;
  const part = group(page, "Link");
  const { label } = kindOf(link.kind);
  const add = (name: string, value: string | number | boolean, remark = ""): void => {
    if (value !== "")
      row(page, part, name, typeof value === "boolean" ? (value ? "yes" : "no") : String(value), { remark });
  };
  add("ifindex", link.ifindex);
  add("name", link.ifname);
  for (const name of link.altnames) add("altname", name);
  add("alias", link.ifalias);
  add("kind", link.kind, label === link.kind ? "" : label);
  add(
    "MAC",
    link.address,
    link.permanent_address === "" || link.permanent_address === link.address
      ? ""
      : `permanent ${link.permanent_address}`,
  );
  add("broadcast", link.broadcast);
  add("type", link.arptype, arpTypeWord(link.arptype));
  add("flags", flagWords(link.flags), `0x${link.flags.toString(16)}`);
  add("admin up", link.admin_up, "IFF_UP");
  add("carrier", link.carrier, "LOWER_UP");
  add("operstate", link.operstate);
  add("mtu", link.mtu, link.max_mtu === 0 ? "" : `${link.min_mtu} to ${link.max_mtu}`);
  add("qdisc", link.qdisc);
  add("tx queue", link.tx_queue_length, "packets at most");
  add("queues", `${link.tx_queues} tx, ${link.rx_queues} rx`);
  add("group", link.group);
  add("promiscuity", link.promiscuity);
  add("link mode", link.link_mode, link.link_mode === 1 ? "dormant" : "");
  add("gso max size", link.gso_max_size === 0 ? "" : link.gso_max_size, "bytes");
  add("proto down", link.proto_down);
  add("bus", link.bus === "" && link.device === "" ? "" : `${link.bus} ${link.device}`.trim());
  add("port name", link.port_name);
  for (const { mode, program, name } of link.xdp)
    add("XDP", name === "" ? `program ${program}` : `${name} (program ${program})`, mode);
  command(page, part, commandIn(store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}

function kindData(page: Page, link: Link): void {
  // Of some kinds there is nothing to say: only the tag.
  if (link.data === null || Object.keys(link.data).length < 2) return;
  const part = group(page, link.data.t === "opaque" ? `${link.kind}, not yet read` : `As ${link.kind}`);
  const named = (ifindex: unknown): string => {
    const found = typeof ifindex === "number" ? page.store.link({ ns: link.ns, ifindex }) : null;
    return found === null ? "" : found.ifname;
  };
  for (const [name, value] of Object.entries(link.data)) {
    if (name === "t") continue;
    const remark = name === "active_port" || name === "primary" ? named(value) : "";
    row(page, part, fieldWords(name), fieldValue(name, value), { remark });
  }
  command(page, part, commandIn(page.store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
}

function portData(page: Page, link: Link): void {
  const { port } = link;
  if (port === null) return;
  const master = page.store.master(link);
  const part = group(page, `As port of ${master?.ifname ?? "a master"}`);
  for (const [name, value] of Object.entries(port)) {
    if (name !== "t") row(page, part, fieldWords(name), fieldValue(name, value));
  }
  if (port.t !== "bridge_port")
    return command(page, part, commandIn(page.store, link.ns, "ip", `-d link show dev ${quote(link.ifname)}`));
  command(page, part, commandIn(page.store, link.ns, "bridge", `-d link show dev ${quote(link.ifname)}`));
}

function traffic(page: Page, link: Link): void {
  const part = group(page, "Traffic", "over the last 2 s");
  trafficRow(page, part, link);
  command(page, part, commandIn(page.store, link.ns, "ip", `-s link show dev ${quote(link.ifname)}`));
}
