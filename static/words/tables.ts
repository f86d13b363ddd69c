// The closed tables of numbers that the kernel's headers and iproute2 have names for.

const FLAGS: readonly (readonly [number, string])[] = [
  [0x8, "LOOPBACK"],
  [0x2, "BROADCAST"],
  [0x10, "POINTOPOINT"],
  [0x1000, "MULTICAST"],
  [0x80, "NOARP"],
  [0x200, "ALLMULTI"],
  [0x100, "PROMISC"],
  [0x400, "MASTER"],
  [0x800, "SLAVE"],
  [0x4, "DEBUG"],
  [0x8000, "DYNAMIC"],
  [0x4000, "AUTOMEDIA"],
  [0x2000, "PORTSEL"],
  [0x20, "NOTRAILERS"],
  [0x1, "UP"],
  [0x10000, "LOWER_UP"],
  [0x20000, "DORMANT"],
  [0x40000, "ECHO"],
];

/** A link's flags as ip-link(8) writes them. */
export function flagWords(flags: number): string {
  const words = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
  const noCarrier = (flags & 0x1) !== 0 && (flags & 0x40) === 0;
  return `<${[...(noCarrier ? ["NO-CARRIER"] : []), ...words].join(",")}>`;
}

const ARP_TYPES = new Map([
  [1, "ether"],
  [32, "infiniband"],
  [512, "ppp"],
  [768, "ipip"],
  [769, "tunnel6"],
  [772, "loopback"],
  [776, "sit"],
  [778, "gre"],
  [801, "ieee802.11"],
  [823, "gre6"],
  [824, "netlink"],
  [65534, "none"],
]);

export function arpTypeWord(type: number): string {
  return ARP_TYPES.get(type) ?? "";
}

const TABLES = new Map([
  [255, "local"],
  [254, "main"],
  [253, "default"],
]);

export function tableName(table: number): string {
  return TABLES.get(table) ?? String(table);
}

const IP_PROTOCOLS = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [47, "gre"],
  [58, "ipv6-icmp"],
  [132, "sctp"],
]);

export function ipProtocolWord(number: number): string {
  return IP_PROTOCOLS.get(number) ?? String(number);
}

const ADDRESS_PROTOCOLS = new Map([
  [1, "kernel_lo"],
  [2, "kernel_ra"],
  [3, "kernel_ll"],
]);

/** Who made an address (IFA_PROTO), as ip-address(8) writes it. */
export function addressProtocolWord(number: number): string {
  return ADDRESS_PROTOCOLS.get(number) ?? String(number);
}

/** Names of priorities as nft(8) has them, for the families that share them. */
const PRIORITIES = new Map([
  [-400, "before defragmentation"],
  [-300, "raw"],
  [-225, "SELinux first"],
  [-200, "conntrack"],
  [-150, "mangle"],
  [-100, "dstnat"],
  [0, "filter"],
  [50, "security"],
  [100, "srcnat"],
]);

/** The name of a priority of base chains; empty for one that has none. */
export function priorityWord(priority: number): string {
  return PRIORITIES.get(priority) ?? "";
}

const NF_OBJECTS = new Map([
  [1, "counter"],
  [2, "quota"],
  [3, "ct helper"],
  [4, "limit"],
  [5, "connlimit"],
  [6, "tunnel"],
  [7, "ct timeout"],
  [8, "secmark"],
  [9, "ct expectation"],
  [10, "synproxy"],
]);

/** The type of a named object of nftables (NFT_OBJECT_*). */
export function objectTypeWord(type: number): string {
  return NF_OBJECTS.get(type) ?? `type ${type}`;
}

/** The bytes of an element as its type is written; of a type that is not known here, as they are. */
export function bytesWords(type: number, hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  if (type === 7 && bytes.length === 4) return bytes.join(".");
  if (type === 8 && bytes.length === 16)
    return (hex.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, "")).join(":");
  if (type === 9 && bytes.length === 6) return (hex.match(/../g) ?? []).join(":");
  if (type === 13 && bytes.length === 2) return String((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0));
  if (type === 12 && bytes.length === 1) return String(bytes[0] ?? 0);
  return hex === "" ? "" : `0x${hex}`;
}
