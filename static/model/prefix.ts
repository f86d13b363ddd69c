/** An address or prefix as a number: its 32 or 128 bits, and the prefix length. */
export interface Prefix {
  readonly bits: 32 | 128;
  readonly value: bigint;
  readonly length: number;
}

/**
 * Reads a prefix from a text such as "10.0.0.0/8", "10.1.2.3", "fd00::/64" or "fd00::1"; returns null for any other
 * text.
 */
export function parsePrefix(text: string): Prefix | null {
  const [address = "", length, ...rest] = text.split("/");
  if (rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const four = parse4(address);
  const value = four ?? parse6(address);
  if (value === null) return null;
  const bits = four === null ? 128 : 32;
  const count = length === undefined ? bits : Number(length);
  return count > bits ? null : { bits, value, length: count };
}

function parse4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parse6(text: string): bigint | null {
  if (!text.includes(":") || !/^[0-9a-fA-F:.]+$/.test(text)) return null;
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => groups(half));
  if (head === undefined || head === null || tail === null) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array<bigint>(tail === undefined ? 0 : missing).fill(0n), ...(tail ?? [])];
  return all.reduce((sum, group) => (sum << 16n) + group, 0n);
}

function groups(half: string): bigint[] | null {
  if (half === "") return [];
  const out: bigint[] = [];
  const parts = half.split(":");
  for (const [at, part] of parts.entries()) {
    const four = at === parts.length - 1 && part.includes(".") ? parse4(part) : null;
    if (four !== null) out.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(BigInt(`0x${part}`));
    else return null;
  }
  return out;
}

/** Whether the prefix `outer` contains the whole prefix `inner`. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  if (outer.bits !== inner.bits || outer.length > inner.length) return false;
  const shift = BigInt(outer.bits - outer.length);
  return outer.value >> shift === inner.value >> shift;
}

/**
 * Returns the shortest form of an IPv4 network ("172.17.0.1/16" becomes "172.17/16"). Any other text is returned
 * unchanged.
 */
export function shortNetwork(address: string): string {
  const prefix = parsePrefix(address);
  if (prefix === null || prefix.bits !== 32) return address;
  const host = BigInt(32 - prefix.length);
  const network = (prefix.value >> host) << host;
  const octets = [24n, 16n, 8n, 0n].map((shift) => Number((network >> shift) & 255n));
  return `${octets.slice(0, Math.max(1, Math.ceil(prefix.length / 8))).join(".")}/${prefix.length}`;
}

/** Compares two prefixes for display: IPv4 first, then by value, then the longer prefix first. */
export function byPrefix(a: string, b: string): number {
  const one = parsePrefix(a);
  const two = parsePrefix(b);
  if (one === null || two === null) return a < b ? -1 : Number(a > b);
  return (
    one.bits - two.bits || Number(one.value - two.value > 0n) - Number(one.value < two.value) || two.length - one.length
  );
}
