import { namespaceOf } from "../model/store";
import { linkKey } from "../wire/key";
import type { AnyEntity, Link, LinkRef } from "../wire/schema";

/**
 * Lists what a step touched. `namespaces` and `bridges` have to be rebuilt. `looks` (ids of namespaces) and `links` are
 * redrawn at their present place, because nothing was added, removed or attached elsewhere.
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

/** Tags of the entities, besides links, that are displayed on a namespace's card. */
const SHOWN = new Set(["ns", "owner", "gap", "addr", "route", "nf_chain"]);

/** Notes a change that moves nothing on the map. Returns false if the change may move something. */
export function noteLook(old: AnyEntity, now: AnyEntity, touched: Touched): boolean {
  if (old.t === "link" && now.t === "link") {
    if (!sameStructure(old, now)) return false;
    touched.links.add(linkKey(now));
    touched.looks.add(now.ns);
    return true;
  }
  if (now.t === "addr") touched.links.add(linkKey(now));
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
