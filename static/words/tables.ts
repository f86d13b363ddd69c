// Names of numbers in the kernel's headers, in nft(8) and in iproute2. The tables come from the agent.

import {
  ADDRESS_PROTOCOLS,
  ARP_TYPES,
  HOOK_PRIORITIES,
  IP_PROTOCOLS,
  LINK_FLAGS,
  NF_OBJECTS,
  ROUTE_TABLES,
  SET_TYPE_BITS,
  SET_TYPES,
} from "../wire/tables";

/** A link's flags as ip-link(8) writes them. */
export function flagWords(flags: number): string {
  const words = [...LINK_FLAGS].filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
  const noCarrier = (flags & 0x1) !== 0 && (flags & 0x40) === 0;
  return `<${[...(noCarrier ? ["NO-CARRIER"] : []), ...words].join(",")}>`;
}

export function arpTypeWord(type: number): string {
  return ARP_TYPES.get(type) ?? "";
}

export function tableName(table: number): string {
  return ROUTE_TABLES.get(table) ?? String(table);
}

export function ipProtocolWord(number: number): string {
  return IP_PROTOCOLS.get(number) ?? String(number);
}

/** What created an address (IFA_PROTO), as ip-address(8) writes it. */
export function addressProtocolWord(number: number): string {
  return ADDRESS_PROTOCOLS.get(number) ?? String(number);
}

/** The name of a base chain's priority; empty if it has none. */
export function priorityWord(priority: number): string {
  return HOOK_PRIORITIES.get(priority) ?? "";
}

/** The type of a named object of nftables (NFT_OBJECT_*). */
export function objectTypeWord(type: number): string {
  return NF_OBJECTS.get(type) ?? `type ${type}`;
}

/** The bytes of an element in the notation of its type; in hexadecimal if the type is not known here. */
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

/** The type of a set's keys as nft(8) writes it. A concatenation has several types, the last one in the lowest bits. */
export function setTypeWord(type: number): string {
  const parts: string[] = [];
  for (let rest = type; rest > 0; rest = Math.floor(rest / 2 ** SET_TYPE_BITS)) {
    const part = rest % 2 ** SET_TYPE_BITS;
    parts.unshift(SET_TYPES.get(part) ?? `type ${part}`);
  }
  return parts.join(" . ");
}
