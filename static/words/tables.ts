// Names for numbers, as in the kernel's headers, nft(8) and iproute2. The agent provides the tables.

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

/** Writes a link's flags as ip-link(8) does. */
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

/** Writes the origin of an address (IFA_PROTO) as ip-address(8) does. */
export function addressProtocolWord(number: number): string {
  return ADDRESS_PROTOCOLS.get(number) ?? String(number);
}

/** Returns the name of a base chain's priority; empty if the priority has no name. */
export function priorityWord(priority: number): string {
  return HOOK_PRIORITIES.get(priority) ?? "";
}

/** Returns the type of a named object of nftables (NFT_OBJECT_*). */
export function objectTypeWord(type: number): string {
  return NF_OBJECTS.get(type) ?? `type ${type}`;
}

/**
 * Writes the bytes of a set element as nft(8) writes values of its type, or in hexadecimal if this file does not know
 * the type.
 */
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

/**
 * Writes the type of a set's keys as nft(8) does. A concatenation has several types, the last one in the lowest bits.
 */
export function setTypeWord(type: number): string {
  const parts: string[] = [];
  for (let rest = type; rest > 0; rest = Math.floor(rest / 2 ** SET_TYPE_BITS)) {
    const part = rest % 2 ** SET_TYPE_BITS;
    parts.unshift(SET_TYPES.get(part) ?? `type ${part}`);
  }
  return parts.join(" . ");
}
