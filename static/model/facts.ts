import type { Address, Link, Route } from "../wire/schema";
import { isInside, isPaired } from "./kinds";
import { byPrefix } from "./prefix";
import type { Store } from "./store";

export const TABLE_LOCAL = 255;

/** Whether a link cannot carry packets now: it is down, or up without a carrier. */
export function isDown(link: Link): boolean {
  return !link.admin_up || (!link.carrier && link.operstate !== "unknown");
}

/**
 * Whether the notes of a link are shown as a warning. A note that the peer is not visible is not shown as a warning,
 * because the map shows a missing peer in another way.
 */
export function isWarned(store: Store, link: Link): boolean {
  return link.notes.some((note) => note.code !== "peer-beyond-sight") || otherMtu(store, link) !== null;
}

/** Returns the peer of a link if the peer has another MTU, so that large packets are lost in one direction. */
export function otherMtu(store: Store, link: Link): Link | null {
  const peer = isPaired(link.kind) ? store.peer(link) : null;
  return peer !== null && peer.mtu !== link.mtu ? peer : null;
}

/** Whether a link's kind comes in pairs, but the link's peer is not visible. */
export function lacksPeer(store: Store, link: Link): boolean {
  return isPaired(link.kind) && store.peer(link) === null;
}

/** Returns the addresses of a link: IPv4 first, and global addresses before link-local ones. */
export function addressesOf(store: Store, link: Link): readonly Address[] {
  const mine = store.of(link.ns, "addr").filter((address) => address.ifindex === link.ifindex);
  return mine.sort((a, b) => rank(a) - rank(b) || byPrefix(a.address, b.address));
}

/** Returns the address that represents a link. A link-local address does not: every link that is up has one. */
export function addressOf(store: Store, link: Link): Address | null {
  return addressesOf(store, link).find(({ scope }) => scope !== "link") ?? null;
}

function rank(address: Address): number {
  return (address.family === "ip" ? 0 : 2) + (address.scope === "global" ? 0 : 1);
}

/**
 * Returns the address that represents a namespace: the first one that is not on the loopback, or null if there is none.
 */
export function mainAddress(store: Store, ns: string): Address | null {
  const loopbacks = new Set(
    store
      .of(ns, "link")
      .filter((link) => isInside(link.kind))
      .map((link) => link.ifindex),
  );
  let best: Address | null = null;
  for (const address of store.of(ns, "addr")) {
    if (loopbacks.has(address.ifindex)) continue;
    if (best === null || before(address, best)) best = address;
  }
  return best;
}

function before(a: Address, b: Address): boolean {
  if (rank(a) !== rank(b)) return rank(a) < rank(b);
  return a.ifindex !== b.ifindex ? a.ifindex < b.ifindex : byPrefix(a.address, b.address) < 0;
}

/** Returns the default routes of the main table, the preferred one first. */
export function defaultRoutes(store: Store, ns: string): readonly Route[] {
  return store
    .defaults(ns)
    .toSorted((a, b) => Number(a.family > b.family) - Number(a.family < b.family) || a.metric - b.metric);
}

/** Whether a default route of the link's own namespace leads out through this link. */
export function carriesDefault(store: Store, link: Link): boolean {
  return store.defaults(link.ns).some((route) => route.hops.some((hop) => hop.ifindex === link.ifindex));
}
