import { carriesDefault, lacksPeer } from "../model/facts";
import { endsInProgram, isBar, isInside, isPaired, isUplink } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";

/** Describes how one link attaches its namespace to another namespace. */
export interface Attachment {
  readonly link: Link;
  /**
   * "segment": the link is attached to a bridge. "peer": to a peer that is not a port of a bridge. "lower": to its
   * lower link.
   */
  readonly how: "segment" | "peer" | "lower";
  /** The bridge, the peer, or the lower link to which the link is attached. */
  readonly far: Link;
}

/**
 * Returns the bridges and links in other namespaces to which a namespace is attached, in the order of the ifindexes of
 * its own links.
 */
export function attachments(store: Store, ns: string): readonly Attachment[] {
  const out: Attachment[] = [];
  for (const link of store.links(ns)) {
    const found = attachment(store, link);
    if (found !== null) out.push(found);
  }
  return out;
}

/** Returns what a link attaches its namespace to, or null if there is nothing. */
export function attachment(store: Store, link: Link): Attachment | null {
  const peer = store.peer(link);
  if (peer !== null && peer.ns !== link.ns) {
    const master = store.master(peer);
    return master !== null && isBar(master.kind)
      ? { link, how: "segment", far: master }
      : { link, how: "peer", far: peer };
  }
  const lower = store.lower(link);
  if (lower === null || lower.ns === link.ns) return null;
  return { link, how: isBar(lower.kind) ? "segment" : "lower", far: lower };
}

/** Returns the bridges of a namespace, sorted by ifindex. */
export function bridges(store: Store, ns: string): readonly Link[] {
  return store.links(ns).filter((link) => isBar(link.kind));
}

/**
 * Whether a namespace has bridges. On the map, such a namespace is drawn as a container with other namespaces inside.
 */
export function isContainer(store: Store, ns: string): boolean {
  return store.of(ns, "link").some((link) => isBar(link.kind));
}

/**
 * Whether a port of a bridge is drawn alone below that bridge, because there is no namespace to draw at its other end:
 * the other end of a tap is a program, and the peer of another link may not be visible.
 */
export function isLoosePort(store: Store, port: Link): boolean {
  return endsInProgram(port.kind) || lacksPeer(store, port);
}

/** Whether a link is a port of a bridge. The map draws a bridge as a bar. */
export function isPortOfBar(store: Store, link: Link): boolean {
  return isBar(store.master(link)?.kind ?? "");
}

/**
 * Whether a link is never drawn above its peer, although the peer is in a namespace that is drawn inside the link's own
 * namespace. This is so for ports of bridges, and for links that lead out of their namespace.
 */
export function staysHome(store: Store, link: Link): boolean {
  return isPortOfBar(store, link) || carriesDefault(store, link);
}

/**
 * Whether a link is drawn on the border of its own namespace. Call this only for a link of the host namespace or of a
 * namespace with bridges, because only these are drawn with other namespaces inside.
 */
export function onBorder(store: Store, link: Link, hasTwin: (link: Link) => boolean): boolean {
  if (isBar(link.kind)) return false;
  if (isPortOfBar(store, link) && (isLoosePort(store, link) || isPaired(link.kind))) return false;
  return !hasTwin(link);
}

/**
 * Returns numbers by which the links of a namespace are sorted for the map: physical links first, upper links after
 * their lower link, the loopback last.
 */
function chipOrder(store: Store, link: Link): readonly [number, number, number] {
  if (isInside(link.kind)) return [9, 0, link.ifindex];
  const base = lowest(store, link);
  const rank = isUplink(base.kind) ? 0 : 1;
  return [rank, base.ifindex, base === link ? 0 : link.ifindex];
}

/**
 * Returns the lowest link below a link within the namespace. It takes at most eight steps, because a host may report a
 * cycle.
 */
function lowest(store: Store, link: Link): Link {
  let at = link;
  for (let step = 0; step < 8; step++) {
    const lower = store.lower(at);
    if (lower === null || lower.ns !== link.ns || isBar(lower.kind)) break;
    at = lower;
  }
  return at;
}

/** Sorts the links of a namespace in the order in which the map shows them. */
export function inChipOrder(store: Store, links: readonly Link[]): Link[] {
  const keyed = links.map((link) => ({ link, order: chipOrder(store, link) }));
  keyed.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2]);
  return keyed.map(({ link }) => link);
}

/**
 * Returns the key under which the layout keeps the position of a port that is drawn alone, not on the border of a
 * namespace.
 */
export function portMember(port: Link): string {
  return linkKey(port);
}
