import { lacksPeer } from "../model/facts";
import { endsInProgram, isBar, isInside, isPaired, isUplink } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";

/** How one link attaches a namespace to others. */
export interface Attachment {
  readonly link: Link;
  /** "segment": to a bridge. "peer": to a peer that is not a port of a bridge. "lower": to its lower link. */
  readonly how: "segment" | "peer" | "lower";
  /** The bridge, the peer, or the lower link. */
  readonly far: Link;
}

/** What a namespace is attached to, by the ifindex of its links. Links within the namespace do not count. */
export function attachments(store: Store, ns: string): readonly Attachment[] {
  const out: Attachment[] = [];
  for (const link of store.links(ns)) {
    const found = attachment(store, link);
    if (found !== null) out.push(found);
  }
  return out;
}

/** What a link attaches its namespace to, or null. */
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

/** The bridges of a namespace, by ifindex. */
export function bridges(store: Store, ns: string): readonly Link[] {
  return store.links(ns).filter((link) => isBar(link.kind));
}

/** Whether a namespace has bridges, so that it contains others on the map. */
export function isContainer(store: Store, ns: string): boolean {
  return store.of(ns, "link").some((link) => isBar(link.kind));
}

/**
 * Whether a port of a bridge is a chip of its own in the rack: a tap (its other end is a program), or a link whose peer is
 * not visible.
 */
export function isLoosePort(store: Store, port: Link): boolean {
  return endsInProgram(port.kind) || lacksPeer(store, port);
}

/** Whether a link is a port of what is drawn as a bar. */
export function isPortOfBar(store: Store, link: Link): boolean {
  return isBar(store.master(link)?.kind ?? "");
}

/** Whether a link is a chip on the border of its namespace, which is the ground or a container. */
export function onBorder(store: Store, link: Link, hasTwin: (link: Link) => boolean): boolean {
  if (isBar(link.kind)) return false;
  if (isPortOfBar(store, link) && (isLoosePort(store, link) || isPaired(link.kind))) return false;
  return !hasTwin(link);
}

/** The position of a chip in its group: physical ones first, upper links after their lower link, the loopback last. */
function chipOrder(store: Store, link: Link): readonly [number, number, number] {
  if (isInside(link.kind)) return [9, 0, link.ifindex];
  const base = lowest(store, link);
  const rank = isUplink(base.kind) ? 0 : 1;
  return [rank, base.ifindex, base === link ? 0 : link.ifindex];
}

/** The lowest link below a link in its namespace. At most eight steps, because a host may report a circle. */
function lowest(store: Store, link: Link): Link {
  let at = link;
  for (let step = 0; step < 8; step++) {
    const lower = store.lower(at);
    if (lower === null || lower.ns !== link.ns || isBar(lower.kind)) break;
    at = lower;
  }
  return at;
}

/** Links in the order of their chips. */
export function inChipOrder(store: Store, links: readonly Link[]): Link[] {
  const keyed = links.map((link) => ({ link, order: chipOrder(store, link) }));
  keyed.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2]);
  return keyed.map(({ link }) => link);
}

/** The key of a loose port in a slot. */
export function portMember(port: Link): string {
  return linkKey(port);
}
