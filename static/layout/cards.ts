import { isInside } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { attachments, inChipOrder, staysHome } from "./attach";
import { BAND, CARD_H, CARD_SIDE, CARD_W, CHIP_GAP, chipWidth, PAD } from "./measures";
import {
  addShelf,
  type CardBlock,
  cardShelfHeight,
  nearestFree,
  type Region,
  type Role,
  type Shelf,
} from "./placement";
import type { Places } from "./places";

/**
 * A namespace in which no other namespaces are drawn has one column for each of its links except `lo`. `twin` is the
 * peer of the link if the peer is drawn above the link, otherwise null.
 */
export interface Column {
  readonly link: Link;
  readonly twin: Link | null;
  readonly w: number;
}

/**
 * Returns the x coordinate for the middle of a namespace's drawing: halfway between the drawings of the bridges to
 * which the namespace is attached.
 */
export function axis(store: Store, places: Places, region: Region, ns: string): number {
  const racks = attachments(store, ns).flatMap((a) => places.racks.get(linkKey(a.far))?.[0] ?? []);
  const here = racks.filter((rack) => rack.region === region).map(({ block }) => block);
  if (here.length === 0) return PAD;
  const left = Math.min(...here.map((block) => block.x));
  const right = Math.max(...here.map((block) => block.x + block.w));
  const ends = here.map((block) => block.x + block.w).filter((x) => x < right);
  const starts = here.map((block) => block.x).filter((x) => x > left);
  if (ends.length === 1 && starts.length === 1) return ((ends[0] ?? left) + (starts[0] ?? right)) / 2;
  return (left + right) / 2;
}

/**
 * Returns the links of the namespace `ns` in the order in which they are drawn from left to right, without `lo`. Each
 * is combined with the peer to draw above it, if the peer is in `region`, the namespace inside which `ns` is drawn. If
 * there is no room above the links, `region` is null.
 */
export function columns(store: Store, ns: string, region: string | null): readonly Column[] {
  const links = inChipOrder(store, store.links(ns)).filter((link) => !isInside(link.kind));
  return links.map((link) => {
    const peer = region === null ? null : store.peer(link);
    const twin = peer !== null && peer.ns === region && !staysHome(store, peer) ? peer : null;
    return { link, twin, w: Math.max(chipWidth(link.ifname), twin === null ? 0 : chipWidth(twin.ifname)) };
  });
}

export function columnsWidth(found: readonly Column[]): number {
  return found.reduce((sum, column) => sum + column.w + CHIP_GAP, -CHIP_GAP);
}

/**
 * Returns the width for the drawing of a new namespace. The drawing keeps this width. It is wide enough for the names
 * of the links, and of the peers in `region` that are drawn above them (`columns`), up to a limit of 480 pixels.
 */
export function cardWidth(store: Store, ns: string, region: string | null): number {
  const used = columnsWidth(columns(store, ns, region));
  return Math.min(480, Math.max(CARD_W, Math.ceil((used + 16) / 4) * 4));
}

/**
 * Finds a position for the drawing of a namespace: near the middle of its bridges if the namespace is attached to
 * several, otherwise the next free position.
 */
export function putCard(places: Places, store: Store, region: Region, ns: string, role: Role, limit: number): void {
  const middle = role === "multi" ? axis(store, places, region, ns) : PAD;
  const direct = attachments(store, ns).some((a) => a.how === "peer");
  const needsTwins = role === "free" || direct;
  const fits = region.shelves.filter(
    (s) => (s.kind === "cards" || (s.kind === "head" && s.twins && role === "free")) && (s.twins || !needsTwins),
  );
  for (const shelf of role === "multi" ? fits.reverse() : fits) {
    if (putCardOn(places, store, region, shelf, ns, role, middle, Math.max(limit, region.w - CARD_SIDE))) return;
  }
  const shelf = addShelf(region, "cards", cardShelfHeight(needsTwins), BAND.cards, needsTwins);
  putCardOn(places, store, region, shelf, ns, role, middle, Infinity);
}

/**
 * Puts the drawing of a namespace into a row of the layout, as close to `middle` as possible and left of `limit`.
 * Returns false if the row has no free position.
 */
export function putCardOn(
  places: Places,
  store: Store,
  region: Region,
  shelf: Shelf,
  ns: string,
  role: Role,
  middle: number,
  limit: number,
): boolean {
  const w = cardWidth(store, ns, shelf.twins ? region.ns : null);
  const x = nearestFree(shelf, role === "multi" ? middle - w / 2 : PAD, w, PAD, limit);
  if (x === null) return false;
  const block: CardBlock = { kind: "card", member: nsKey(ns), x: Math.round(x), w, h: CARD_H };
  places.addCard(region, shelf, block, ns, role, attachments(store, ns).length > 0);
  return true;
}
