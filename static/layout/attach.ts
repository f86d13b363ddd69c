import { isLost } from "../model/facts";
import { endsInProgram, isBar, isInside, isPaired, isUplink } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";

/** How a namespace hangs on others by one of its links. */
export interface Attachment {
  readonly link: Link;
  /** "segment": on a bridge. "peer": by a veth whose far end is on no bridge. "lower": it stands on `far`. */
  readonly how: "segment" | "peer" | "lower";
  /** The bridge, the far end, or the link it stands on. */
  readonly far: Link;
}

/** What a namespace's links attach it to, in the order of their ifindexes; its own links are not counted. */
export function attachments(store: Store, ns: string): readonly Attachment[] {
  const out: Attachment[] = [];
  for (const link of store.links(ns)) {
    const found = attachment(store, link);
    if (found !== null) out.push(found);
  }
  return out;
}

/** What one link attaches its namespace to, or null. */
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

/** Whether a namespace owns bridges, and so holds others on the map. */
export function isContainer(store: Store, ns: string): boolean {
  return store.of(ns, "link").some((link) => isBar(link.kind));
}

/**
 * Whether a port of a bridge hangs in its rack as a chip of its own: a tap (its far end is a program), or a veth
 * without a far end in sight.
 */
export function isLoosePort(store: Store, port: Link): boolean {
  return endsInProgram(port.kind) || isLost(store, port);
}

/** Whether a link is a port of what is drawn as a bar. */
export function isPortOfBar(store: Store, link: Link): boolean {
  return isBar(store.master(link)?.kind ?? "");
}

/** Whether a link stands as a chip on its namespace's border, where that is drawn as ground or as a container. */
export function onBorder(store: Store, link: Link, hasTwin: (link: Link) => boolean): boolean {
  if (isBar(link.kind)) return false;
  if (isPortOfBar(store, link) && (isLoosePort(store, link) || isPaired(link.kind))) return false;
  return !hasTwin(link);
}

/** The chip's place in a group: physical ones first, what stands on another after it, the loopback last. */
function chipOrder(store: Store, link: Link): readonly [number, number, number] {
  if (isInside(link.kind)) return [9, 0, link.ifindex];
  const base = lowest(store, link);
  const rank = isUplink(base.kind) ? 0 : 1;
  return [rank, base.ifindex, base === link ? 0 : link.ifindex];
}

/** What a link stands on in its own namespace in the end; at most eight steps, as a host may say anything. */
function lowest(store: Store, link: Link): Link {
  let at = link;
  for (let step = 0; step < 8; step++) {
    const lower = store.lower(at);
    if (lower === null || lower.ns !== link.ns || isBar(lower.kind)) break;
    at = lower;
  }
  return at;
}

/** Links in the order in which their chips stand. */
export function inChipOrder(store: Store, links: readonly Link[]): Link[] {
  const keyed = links.map((link) => ({ link, order: chipOrder(store, link) }));
  keyed.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2]);
  return keyed.map(({ link }) => link);
}

/** The key under which a loose port holds a slot. */
export function portMember(port: Link): string {
  return linkKey(port);
}
