import { isPaired } from "../model/kinds";
import type { Store } from "../model/store";
import { linkKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { inChipOrder, isPortOfBar, onBorder, staysHome } from "./attach";
import { columns, columnsWidth } from "./cards";
import { CHIP_GAP, chipWidth, PAD } from "./measures";
import { measure, type Region } from "./placement";
import type { Places } from "./places";

/** Whether a link is drawn above its peer, and not on the border of its own namespace. */
export function hasTwin(store: Store, places: Places, link: Link): boolean {
  const peer = store.peer(link);
  if (!isPaired(link.kind) || peer === null || staysHome(store, link)) return false;
  const home = places.home(peer.ns);
  if (home?.block.kind !== "card" || !home.shelf.twins || home.region.ns !== link.ns) return false;
  return fits(store, peer.ns, link.ns, home.block.w);
}

/**
 * Whether the links of a namespace, and the peers to draw above these links, fit into a drawing of this width. If they
 * do not fit, none of the peers is drawn above its link.
 */
export function fits(store: Store, ns: string, region: string, width: number): boolean {
  return columnsWidth(columns(store, ns, region)) <= width;
}

function borderLinks(store: Store, places: Places, region: Region): Link[] {
  const links = store.links(region.ns).filter((link) => onBorder(store, link, (l) => hasTwin(store, places, l)));
  return inChipOrder(store, links);
}

/**
 * Sets the first positions of all links that are drawn on the upper border of a namespace: side by side, in the middle
 * of the border.
 */
export function firstChips(store: Store, places: Places, region: Region): void {
  const links = borderLinks(store, places, region);
  const total = links.reduce((sum, link) => sum + chipWidth(link.ifname) + CHIP_GAP, -CHIP_GAP);
  const room = region.ns === places.ground ? 0 : spare(store, region);
  region.w = Math.max(region.w, total + room + 2 * PAD);
  let x = Math.max(PAD, Math.round((region.w - total - room) / 2));
  for (const link of links) {
    const w = chipWidth(link.ifname);
    region.chips.set(linkKey(link), { x, w });
    x += w + CHIP_GAP;
  }
  measure(region);
}

/**
 * Returns the width to keep free on the border of a namespace with bridges. A link that is no longer a port of its
 * bridge is drawn on that border.
 */
function spare(store: Store, region: Region): number {
  const ports = store.links(region.ns).filter((link) => isPortOfBar(store, link));
  return ports.slice(0, 8).reduce((sum, link) => sum + chipWidth(link.ifname) + CHIP_GAP, 0);
}

/** A link is drawn with this width if there is no room for its name. */
const NARROW = 24;

/**
 * Sets positions for new links on the border of a namespace; other links keep theirs. A new link gets the first gap
 * that is wide enough, or a position left or right of all other links. A namespace that is drawn inside another one
 * does not become wider for a link's name, because it would touch the drawings beside it; such a link is drawn narrow,
 * without its name.
 */
export function nextChips(store: Store, places: Places, region: Region): void {
  const links = borderLinks(store, places, region);
  const keys = new Set(links.map(linkKey));
  for (const key of region.chips.keys()) if (!keys.has(key)) region.chips.delete(key);
  for (const link of links) {
    const key = linkKey(link);
    const known = region.chips.get(key);
    const w = chipWidth(link.ifname);
    const grows = region.ns === places.ground;
    if (known !== undefined && (known.w >= w || !grows)) continue;
    region.chips.delete(key);
    const wide = freePlace(region, w, grows);
    if (wide !== null) region.chips.set(key, { x: wide, w });
    else
      region.chips.set(key, {
        x: freePlace(region, NARROW, false) ?? freePlace(region, NARROW, true) ?? PAD,
        w: NARROW,
      });
  }
  measure(region);
}

/**
 * Returns the x coordinate at which a drawing of width `w` fits on a namespace's border without touching another one.
 * If `grows` is true, this may be beyond the namespace's current width.
 */
function freePlace(region: Region, w: number, grows: boolean): number | null {
  const taken = [...region.chips.values()].sort((a, b) => a.x - b.x);
  const first = taken[0];
  if (first === undefined) return Math.max(PAD, Math.round((region.w - w) / 2));
  let x = first.x;
  for (const chip of taken) {
    if (chip.x - x >= w + CHIP_GAP) return x;
    x = chip.x + chip.w + CHIP_GAP;
  }
  if (x + w <= region.w - PAD) return x;
  const left = first.x - CHIP_GAP - w;
  if (left >= PAD) return left;
  return grows ? x : null;
}
