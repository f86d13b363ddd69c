import { isInside } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { attachments, inChipOrder, isPortOfBar } from "./attach";
import type { Layout } from "./layout";
import { CARD_W, CHIP_GAP, chipWidth, PAD } from "./measures";
import type { Region } from "./placement";

/** A chip of a card that stands by itself, and its far end in the region around where that is drawn above it. */
export interface Column {
  readonly link: Link;
  readonly twin: Link | null;
  readonly w: number;
}

/** The middle between the bars that a namespace hangs on. */
export function axis(store: Store, layout: Layout, region: Region, ns: string): number {
  const racks = attachments(store, ns).flatMap((a) => layout.racks.get(linkKey(a.far))?.[0] ?? []);
  const here = racks.filter((rack) => rack.region === region).map(({ block }) => block);
  if (here.length === 0) return PAD;
  const left = Math.min(...here.map((block) => block.x));
  const right = Math.max(...here.map((block) => block.x + block.w));
  const ends = here.map((block) => block.x + block.w).filter((x) => x < right);
  const starts = here.map((block) => block.x).filter((x) => x > left);
  if (ends.length === 1 && starts.length === 1) return ((ends[0] ?? left) + (starts[0] ?? right)) / 2;
  return (left + right) / 2;
}

/** The chips of a card but `lo`, in their order; `region` is the namespace around where far ends have room, or null. */
export function columns(store: Store, ns: string, region: string | null): readonly Column[] {
  const links = inChipOrder(store, store.links(ns)).filter((link) => !isInside(link.kind));
  return links.map((link) => {
    const peer = region === null ? null : store.peer(link);
    const twin = peer !== null && peer.ns === region && !isPortOfBar(store, peer) ? peer : null;
    return { link, twin, w: Math.max(chipWidth(link.ifname), twin === null ? 0 : chipWidth(twin.ifname)) };
  });
}

export function columnsWidth(found: readonly Column[]): number {
  return found.reduce((sum, column) => sum + column.w + CHIP_GAP, -CHIP_GAP);
}

/** The width a card gets for good: for its chips and, where there is room for them, their far ends. */
export function cardWidth(store: Store, ns: string, region: string | null): number {
  const used = columnsWidth(columns(store, ns, region));
  return Math.min(480, Math.max(CARD_W, Math.ceil((used + 16) / 4) * 4));
}
