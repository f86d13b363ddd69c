import type { Link } from "../../wire/schema";
import { t } from "../../words/current";
import { fieldValue } from "../../words/format";
import { arpTypeWord, flagWords } from "../../words/tables";

/** An attribute of a link: its name, its value, and a remark. */
type Attribute = readonly [name: string, value: string, remark?: string];

/** Returns the attributes of a link, most of them with the names that ip-link(8) gives them. */
export function attributesOf(link: Link): readonly Attribute[] {
  const words = t.inspector.link;
  const yesNo = (value: boolean): string => (value ? t.common.yes : t.common.no);
  return [
    ["ifindex", String(link.ifindex)],
    [words.name, link.ifname],
    [words.flags, flagWords(link.flags), `0x${link.flags.toString(16)}`],
    [words.adminUp, yesNo(link.admin_up), "IFF_UP"],
    [words.carrier, yesNo(link.carrier), "LOWER_UP"],
    ["operstate", link.operstate],
    [words.linkMode, String(link.link_mode), link.link_mode === 1 ? "dormant" : ""],
    [words.type, String(link.arptype), arpTypeWord(link.arptype)],
    [words.broadcast, link.broadcast],
    ["qdisc", link.qdisc],
    [words.txQueue, String(link.tx_queue_length), words.txQueueRemark],
    [words.queues, words.queueCounts(link.tx_queues, link.rx_queues)],
    [words.group, String(link.group)],
    ["promiscuity", String(link.promiscuity)],
    ["allmulti", String(link.allmulti)],
    ["addrgenmode", link.ipv6 === null ? "" : fieldValue("addr_gen_mode", link.ipv6.addr_gen_mode)],
    ["protodown", yesNo(link.proto_down), link.proto_down_reasons.join(", ")],
    ...offloads(link),
    ...identities(link),
  ];
}

/** Returns the limits for segmentation offload, and the space that the kernel reserves around a packet. */
function offloads(link: Link): readonly Attribute[] {
  return [
    ["gso_max_size", String(link.gso_max_size)],
    ["gso_max_segs", String(link.gso_max_segs)],
    ["gso_ipv4_max_size", String(link.gso_ipv4_max_size)],
    ["gro_max_size", String(link.gro_max_size)],
    ["gro_ipv4_max_size", String(link.gro_ipv4_max_size)],
    ["tso_max_size", String(link.tso_max_size)],
    ["tso_max_segs", String(link.tso_max_segs)],
    ["headroom", String(link.headroom)],
    ["tailroom", String(link.tailroom)],
    ["max_pacing_horizon_ns", String(link.max_pacing_horizon_ns)],
  ];
}

/** Returns what a driver reports about the place of a link. Most links have none of these attributes. */
function identities(link: Link): readonly Attribute[] {
  const words = t.inspector.link;
  return [
    [words.bus, `${link.bus} ${link.device}`.trim()],
    [words.portName, link.port_name],
    ["switchid", link.switch],
    ["portid", link.port_id],
    ["netns_immutable", link.netns_immutable ? t.common.yes : ""],
  ];
}
