import { isDefaultRoute, namespaceOf } from "../model/store";
import { linkKey } from "../wire/key";
import type { AnyEntity, Link, LinkRef } from "../wire/schema";

/**
 * Lists what a delta affects on the map. `namespaces` (ids) and `bridges` (keys) have gained or lost something, or are
 * now attached to something else: their drawings are made again, possibly at other positions. `looks` (ids of
 * namespaces) and `links` (keys) only look different: they are drawn again at the same positions.
 */
export interface Touched {
  readonly namespaces: Set<string>;
  readonly bridges: Set<string>;
  readonly looks: Set<string>;
  readonly links: Set<string>;
}

export function untouched(): Touched {
  return { namespaces: new Set(), bridges: new Set(), looks: new Set(), links: new Set() };
}

/** The types of entities, besides links, that are displayed on the drawing of a namespace. */
const SHOWN = new Set(["ns", "owner", "gap", "addr", "route", "nf_chain"]);

/**
 * Adds a change to `touched` if the change affects only how something looks on the map. Returns false if the change may
 * add, remove or move something there.
 */
export function noteLook(old: AnyEntity, now: AnyEntity, touched: Touched): boolean {
  if (old.t === "link" && now.t === "link") {
    if (!sameStructure(old, now)) return false;
    touched.links.add(linkKey(now));
    touched.looks.add(now.ns);
    // The peer has a warning if its MTU differs.
    if (old.mtu !== now.mtu && now.peer !== null && now.peer.ns !== "") {
      touched.links.add(linkKey(now.peer));
      touched.looks.add(now.peer.ns);
    }
    return true;
  }
  if (now.t === "addr" || now.t === "network") touched.links.add(linkKey(now));
  // A default route decides which links are drawn on the border of their namespace.
  if (isDefaultRoute(now)) touched.namespaces.add(now.ns);
  if (now.t === "host" || SHOWN.has(now.t)) touched.looks.add(namespaceOf(now));
  return true;
}

function sameStructure(a: Link, b: Link): boolean {
  return (
    a.ifname === b.ifname &&
    a.kind === b.kind &&
    a.master === b.master &&
    sameRef(a.peer, b.peer) &&
    sameRef(a.lower, b.lower)
  );
}

function sameRef(a: LinkRef | null, b: LinkRef | null): boolean {
  return a === b || (a !== null && b !== null && a.ns === b.ns && a.ifindex === b.ifindex);
}
