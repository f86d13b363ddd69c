import { endsInProgram } from "../../model/kinds";
import type { Of } from "../../model/store";
import { command, goTo, group, row } from "../../parts/rows";
import { firstOf, table } from "../../parts/tables";
import { linkKey } from "../../wire/key";
import type { AnyEntity, Link } from "../../wire/schema";
import { counted } from "../../words/format";
import { commandIn, quote } from "../commands";
import type { Page } from "../page";

/** What is read of a link by other means than RTM_GETLINK: driver, VLANs, peers, members, processes. */
export function besideLink(page: Page, link: Link): void {
  for (const device of of(page, link, "device")) deviceGroup(page, link, device);
  for (const { vlans } of of(page, link, "vlans")) vlanGroup(page, link, vlans);
  for (const found of of(page, link, "wireguard")) wireGuardGroup(page, link, found);
  for (const team of of(page, link, "team")) teamGroup(page, link, team);
  tunGroup(page, link);
}

type BesideTag = Extract<AnyEntity, { readonly ns: string; readonly ifindex: number }>["t"];

/** The entities of one tag that are of this link. */
function of<T extends BesideTag>(page: Page, link: Link, tag: T): readonly Of<T>[] {
  return page.store.of(link.ns, tag).filter((entity) => "ifindex" in entity && entity.ifindex === link.ifindex);
}

function deviceGroup(page: Page, link: Link, device: Of<"device">): void {
  const part = group(page, "Device");
  const add = (name: string, value: string, remark = ""): void => {
    if (value !== "") row(page, part, name, value, { remark });
  };
  add("driver", device.driver, device.version);
  add("firmware", device.firmware);
  add("bus", device.bus);
  add("speed", device.speed_mbps === null ? "" : `${device.speed_mbps} Mbit/s`, device.duplex);
  add("autonegotiation", device.autoneg ? "on" : "off");
  add("connector", device.port);
  command(page, part, commandIn(page.store, link.ns, "ethtool", `-i ${quote(link.ifname)}`));
}

function vlanGroup(page: Page, link: Link, vlans: Of<"vlans">["vlans"]): void {
  const part = group(page, "VLANs", counted(vlans.length, "range"));
  const rows = firstOf(page, part, "vlans", vlans).map(({ vid, end, pvid, untagged }) => {
    const how = [pvid ? "PVID" : "", untagged ? "untagged" : "tagged"].filter((word) => word !== "").join(", ");
    return [end > vid ? `${vid}-${end}` : String(vid), { text: how, class: "" }];
  });
  table(part, ["VLAN", "how"], rows);
  command(page, part, commandIn(page.store, link.ns, "bridge", `vlan show dev ${quote(link.ifname)}`));
}

function wireGuardGroup(page: Page, link: Link, found: Of<"wireguard">): void {
  const part = group(page, "WireGuard", "never its keys");
  row(page, part, "listening port", String(found.port));
  if (found.fwmark !== 0) row(page, part, "fwmark", `0x${found.fwmark.toString(16)}`);
  const rows = firstOf(page, part, "peers", found.peers).map(({ endpoint, allowed, keepalive_s }) => [
    endpoint === "" ? { text: "not heard of yet", class: "quiet" } : endpoint,
    allowed.length === 0 ? { text: "none", class: "quiet" } : allowed.join(", "),
    keepalive_s === 0 ? { text: "off", class: "quiet" } : `${keepalive_s} s`,
  ]);
  if (rows.length > 0) table(part, ["peer", "allowed addresses", "keepalive"], rows);
  command(page, part, commandIn(page.store, link.ns, "wg", `show ${quote(link.ifname)} endpoints`));
}

function teamGroup(page: Page, link: Link, team: Of<"team">): void {
  const part = group(page, "Team");
  row(page, part, "mode", team.mode);
  const named = (ifindex: number): string => page.store.link({ ns: link.ns, ifindex })?.ifname ?? `if ${ifindex}`;
  if (team.active_port !== null) row(page, part, "active", named(team.active_port));
  const rows = team.ports.map((port) => [
    goTo(page, named(port.ifindex), linkKey({ ns: link.ns, ifindex: port.ifindex })),
    { text: `${port.link_up ? "up" : "down"}${port.enabled ? "" : ", disabled"}`, class: "" },
    port.speed_mbps === null ? "" : `${port.speed_mbps} Mbit/s ${port.duplex}`.trim(),
    String(port.priority),
  ]);
  if (rows.length > 0) table(part, ["member", "state", "speed", "#priority"], rows);
  command(page, part, commandIn(page.store, link.ns, "teamnl", `${quote(link.ifname)} options`));
}

function tunGroup(page: Page, link: Link): void {
  const found = of(page, link, "tun_process");
  const everywhere = found.length > 0 || !endsInProgram(link.kind) ? found : page.store.of("", "tun_process");
  const mine = everywhere.filter(({ ns, ifindex }) => ns === link.ns && ifindex === link.ifindex);
  if (mine.length === 0) return;
  const part = group(page, "Its wire", counted(mine.length, "process", "processes"));
  for (const { process, pid } of mine) row(page, part, process === "" ? "process" : process, `pid ${pid}`);
  command(page, part, `grep -l ${quote(`iff:\t${link.ifname}`)} /proc/[0-9]*/fdinfo/*`);
}
