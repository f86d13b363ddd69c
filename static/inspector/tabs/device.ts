import { endsInProgram } from "../../model/kinds";
import type { Of } from "../../model/store";
import { Listing } from "../../parts/listing";
import { command, copyable, goTo, group, row } from "../../parts/rows";
import { firstOf, table } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { AnyEntity, Link } from "../../wire/schema";
import { t } from "../../words/current";
import { duration, listed } from "../../words/format";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/** Shows facts about a link that RTM_GETLINK does not return: driver, VLANs, WireGuard peers, team ports, processes. */
export function deviceGroups(page: Page, link: Link): void {
  for (const device of of(page, link, "device")) deviceGroup(page, link, device);
  for (const { vlans } of of(page, link, "vlans")) vlanGroup(page, link, vlans);
  for (const { vnis } of of(page, link, "vnis")) vniGroup(page, link, vnis);
  for (const found of of(page, link, "wireguard")) wireGuardGroup(page, link, found);
  for (const team of of(page, link, "team")) teamGroup(page, link, team);
  tunGroup(page, link);
}

type LinkTag = Extract<AnyEntity, { readonly ns: string; readonly ifindex: number }>["t"];

/** Returns the entities of one type (such as "wireguard") that belong to the link. */
function of<T extends LinkTag>(page: Page, link: Link, tag: T): readonly Of<T>[] {
  return page.store.of(link.ns, tag).filter((entity) => "ifindex" in entity && entity.ifindex === link.ifindex);
}

function deviceGroup(page: Page, link: Link, device: Of<"device">): void {
  const part = group(page, t.inspector.device.device);
  const add = (name: string, value: string, remark = ""): void => {
    if (value !== "") row(page, part, name, value, { remark });
  };
  const words = t.inspector.device;
  add(words.driver, device.driver, device.version);
  add(words.firmware, device.firmware);
  add(words.bus, device.bus);
  add(words.speed, device.speed_mbps === null ? "" : words.speedOf(device.speed_mbps), device.duplex);
  add(words.autonegotiation, device.autoneg ? t.common.on : t.common.off);
  add(words.connector, device.port);
  command(page, part, commandIn(page.store, link.ns, "ethtool", `-i ${quote(link.ifname)}`));
}

function vlanGroup(page: Page, link: Link, vlans: Of<"vlans">["vlans"]): void {
  const words = t.inspector.device;
  const part = group(page, words.vlans, t.common.ranges(vlans.length));
  const rows = firstOf(page, part, "vlans", vlans).map((vlan) => {
    const { vid, end, pvid, untagged } = vlan;
    const flags = listed([
      pvid ? "PVID" : "",
      untagged ? words.untagged : words.tagged,
      vlan.state,
      vlan.tunnel === null ? "" : `tunnel_id ${vlan.tunnel}`,
      vlan.mcast_router === 1 ? "" : `mcast_router ${vlan.mcast_router}`,
      vlan.mcast_max_groups === 0 ? "" : `mcast_max_groups ${vlan.mcast_max_groups}`,
      vlan.neigh_suppress ? "neigh_suppress" : "",
    ]);
    return [end > vid ? `${vid}-${end}` : String(vid), { text: flags, class: "" }];
  });
  table(part, ["VLAN", words.vlanFlags], rows);
  command(page, part, commandIn(page.store, link.ns, "bridge", `vlan show dev ${quote(link.ifname)}`));
}

function vniGroup(page: Page, link: Link, vnis: Of<"vnis">["vnis"]): void {
  const words = t.inspector.device;
  const part = group(page, words.vnis, t.common.ranges(vnis.length));
  const lines = firstOf(page, part, "vnis", vnis).map(({ vni, end, group: address }) => ({
    cells: [end > vni ? `${vni}-${end}` : String(vni), copyable(page, address)],
  }));
  new Listing(page, part, [{ head: words.vni }, { head: words.remoteGroup, under: "group" }], lines);
  command(page, part, commandIn(page.store, link.ns, "bridge", `vni show dev ${quote(link.ifname)}`));
}

function wireGuardGroup(page: Page, link: Link, found: Of<"wireguard">): void {
  const words = t.inspector.device;
  const part = group(page, "WireGuard", words.keysNotRead);
  row(page, part, words.listeningPort, String(found.port));
  if (found.fwmark !== 0) row(page, part, "fwmark", `0x${found.fwmark.toString(16)}`);
  const lines = firstOf(page, part, "peers", found.peers).map(({ endpoint, allowed, keepalive_s }) => ({
    cells: [
      endpoint === "" ? { text: words.noEndpoint, class: "quiet" } : copyable(page, endpoint),
      allowed.length === 0 ? { text: t.common.none, class: "quiet" } : allowed.join(", "),
      { text: keepalive_s === 0 ? t.common.off : duration(keepalive_s), class: "" },
    ],
  }));
  const columns = [
    { head: words.endpoint },
    { head: words.allowed, under: words.allowed },
    { head: words.keepalive, under: words.keepalive },
  ];
  if (lines.length > 0) new Listing(page, part, columns, lines);
  command(page, part, commandIn(page.store, link.ns, "wg", `show ${quote(link.ifname)} endpoints`));
}

function teamGroup(page: Page, link: Link, team: Of<"team">): void {
  const words = t.inspector.device;
  const part = group(page, words.team);
  row(page, part, words.mode, team.mode);
  const named = (ifindex: number): string =>
    page.store.link({ ns: link.ns, ifindex })?.ifname ?? t.inspector.facts.ifindex(ifindex);
  if (team.active_port !== null) row(page, part, words.activePort, named(team.active_port));
  const rows = team.ports.map((port) => [
    goTo(page, named(port.ifindex), linkKey({ ns: link.ns, ifindex: port.ifindex })),
    { text: listed([port.link_up ? words.portUp : words.portDown, port.enabled ? "" : words.disabled]), class: "" },
    port.speed_mbps === null ? "" : `${words.speedOf(port.speed_mbps)} ${port.duplex}`.trim(),
    String(port.priority),
  ]);
  if (rows.length > 0) {
    const { facts } = t.inspector;
    table(part, [facts.port, facts.state, words.speedHead, `#${facts.priority}`], rows);
  }
  command(page, part, commandIn(page.store, link.ns, "teamnl", `${quote(link.ifname)} options`));
}

function tunGroup(page: Page, link: Link): void {
  const found = of(page, link, "tun_process");
  const everywhere = found.length > 0 || !endsInProgram(link.kind) ? found : page.store.of("", "tun_process");
  const mine = everywhere.filter(({ ns, ifindex }) => ns === link.ns && ifindex === link.ifindex);
  if (mine.length === 0) return;
  const part = group(page, t.inspector.device.attached, t.common.processes(mine.length));
  for (const { process, pid } of mine)
    row(page, part, process === "" ? t.inspector.facts.process : process, t.inspector.facts.pid(pid));
  command(page, part, `grep -l ${quote(`iff:\t${link.ifname}`)} /proc/[0-9]*/fdinfo/*`);
}
