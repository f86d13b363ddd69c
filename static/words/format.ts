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

const PROTOCOLS = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [47, "gre"],
  [58, "ipv6-icmp"],
  [132, "sctp"],
]);

export function ipProtocolWord(number: number): string {
  return PROTOCOLS.get(number) ?? String(number);
}

/** Digits in groups of three. */
export function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

const UNITS = ["", "k", "M", "G", "T", "P"];

/** A number in at most three digits with its unit: "1.24 MB/s". */
export function short(value: number, unit: string): string {
  let scaled = value;
  let step = 0;
  while (scaled >= 1000 && step < UNITS.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  const digits =
    scaled >= 100 || step === 0 ? (scaled >= 10 || Number.isInteger(scaled) ? 0 : 1) : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${UNITS[step] ?? ""}${unit}`.trimEnd();
}

/** A time that runs, in words: "4 min 10 s". */
export function duration(seconds: number): string {
  const parts: string[] = [];
  let left = Math.max(0, Math.floor(seconds));
  for (const [size, unit] of [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** A field's name as words. */
export function fieldWords(name: string): string {
  return name.replace(/_(cs|ms|s)$/, "").replaceAll("_", " ");
}

/** A field's value with its unit, as far as the name says one. */
export function fieldValue(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (value === null) return "any";
  if (typeof value === "number") {
    if (name.endsWith("_cs")) return `${value / 100} s`;
    if (name.endsWith("_ms")) return `${value} ms`;
    if (name.endsWith("_s")) return `${value} s`;
    if (name === "protocol" || name === "vlan_protocol" || name.endsWith("mask") || name === "flags")
      return `0x${value.toString(16)}`;
    return String(value);
  }
  if (Array.isArray(value)) return value.map(String).join(", ");
  return String(value) === "" ? "none" : String(value);
}
