import {
  BAND,
  CARD_H,
  CARD_SIDE,
  CARD_W,
  CHIP_ABOVE,
  CLEAR,
  HEAD,
  PAD,
  RACK,
  rackHeight,
  rackWidth,
  TWIN_ZONE,
} from "./measures";

/**
 * The drawing of a bridge: a bar, and below it a grid for the namespaces and ports attached to the bridge. Each field
 * of the grid (`slots`) has the key of a namespace or port, or is null if it is free.
 */
export interface RackBlock {
  readonly kind: "rack";
  readonly bridge: string;
  /**
   * The number of this drawing among the drawings of the same bridge, from 0. A bridge gets another drawing if the grid
   * of its last one is full and cannot grow.
   */
  readonly part: number;
  readonly columns: number;
  rows: number;
  readonly slots: (string | null)[];
  x: number;
  w: number;
  h: number;
}

/** The position of a namespace that is not drawn below a bridge, because it is attached to no bridge or to several. */
export interface CardBlock {
  readonly kind: "card";
  readonly member: string;
  x: number;
  w: number;
  h: number;
}

/**
 * The position of a namespace that has bridges, but is not the host's. Such a namespace is drawn as a box inside the
 * host's namespace or another one, with the namespaces that are attached to its bridges inside the box.
 */
export interface BoxBlock {
  readonly kind: "box";
  readonly member: string;
  x: number;
  w: number;
  h: number;
}

export type Block = RackBlock | CardBlock | BoxBlock;

/**
 * A row of bridges or namespaces inside a namespace. The space above the row, of height `band`, is free for wires, which
 * keep the distances `above` and `below` from its upper and its lower edge. `y` is the top of the row, measured from the
 * top of the namespace.
 */
export interface Shelf {
  readonly kind: "head" | "racks" | "cards" | "boxes";
  readonly y: number;
  h: number;
  readonly band: number;
  readonly above: number;
  readonly below: number;
  /** Whether there is room above the namespaces of this row, so that the peer of a link can be drawn above the link. */
  readonly twins: boolean;
  readonly blocks: Block[];
}

/**
 * What is drawn inside one namespace on the map: rows of bridges and of other namespaces from top to bottom, and the
 * links on the border of the namespace.
 */
export interface Region {
  readonly ns: string;
  readonly shelves: Shelf[];
  /** The left edge and the width of each link that is drawn on the border of this namespace, by the key of the link. */
  readonly chips: Map<string, { x: number; w: number }>;
  w: number;
  h: number;
}

/**
 * The position of a namespace or port on the map. `since` is the time at which it got this position, or at which it was
 * first attached to something if that was later. The time is in milliseconds of the clock that the caller uses; it is
 * null while nothing is attached.
 */
export interface Home {
  readonly region: Region;
  readonly shelf: Shelf;
  readonly block: Block;
  readonly slot: number;
  readonly role: Role;
  readonly since: number | null;
}

/** The drawing of a bridge, with the namespace and the row of the layout that contain this drawing. */
export interface PlacedRack {
  readonly region: Region;
  readonly shelf: Shelf;
  readonly block: RackBlock;
}

/** The smallest distances of wires from the upper border of their namespace, and from a row below them. */
const BELOW_BORDER = 20;
const ABOVE_ROW = 4;

export type Role = "rack" | "multi" | "free" | "box";

export function newRack(bridge: string, part: number, columns: number, rows: number): RackBlock {
  const slots = Array<string | null>(columns * rows).fill(null);
  return { kind: "rack", bridge, part, columns, rows, slots, x: 0, w: rackWidth(columns), h: rackHeight(rows) };
}

/**
 * Returns the position of one field of a bridge's grid, measured from the upper left corner of the bridge's drawing.
 */
export function slotPlace(rack: RackBlock, slot: number): { x: number; y: number } {
  const column = slot % rack.columns;
  const row = Math.floor(slot / rack.columns);
  return { x: RACK.first + column * (CARD_W + 16), y: RACK.cardTop + row * RACK.pitch };
}

/**
 * Returns the distance from the top of a row to the namespaces drawn in it. The links on their borders are drawn within
 * this distance.
 */
export function cardTop(shelf: Shelf): number {
  return CHIP_ABOVE + (shelf.twins ? TWIN_ZONE : 0);
}

export function cardShelfHeight(twins: boolean): number {
  return CHIP_ABOVE + (twins ? TWIN_ZONE : 0) + CARD_H;
}

/**
 * Adds a row below all other rows of the namespace. `room` is the height for wires above the row. Next to cards there is
 * more space, because wires keep a larger distance from a card.
 */
export function addShelf(region: Region, kind: Shelf["kind"], h: number, room: number, twins = false): Shelf {
  const last = region.shelves.at(-1);
  const above = last === undefined ? BELOW_BORDER : clearBelow(last);
  const below = kind === "cards" && !twins ? CLEAR.card - CHIP_ABOVE : ABOVE_ROW;
  const band = last === undefined ? room : room + above - CLEAR.line + below - ABOVE_ROW;
  const y = last === undefined ? band : last.y + last.h + band;
  const shelf: Shelf = { kind, y, h, band, above, below, twins, blocks: [] };
  region.shelves.push(shelf);
  measure(region);
  return shelf;
}

/**
 * Makes the drawing of a namespace in which other namespaces will be drawn. The first row contains the title and facts;
 * in the host namespace, this row also has room for other namespaces.
 */
export function newRegion(ns: string, ground: boolean): Region {
  const region: Region = { ns, shelves: [], chips: new Map(), w: 0, h: 0 };
  const height = ground ? HEAD.withCards - BAND.border : HEAD.boxHeight - BAND.border;
  addShelf(region, "head", height, BAND.border, ground);
  return region;
}

/**
 * Updates the size of a namespace's drawing. The drawing never shrinks, so the links on its border keep their
 * positions.
 */
export function measure(region: Region): void {
  const last = region.shelves.at(-1);
  let right: number = region.shelves[0]?.twins === true ? HEAD.width : 200;
  for (const shelf of region.shelves) {
    for (const block of shelf.blocks)
      right = Math.max(right, block.x + block.w + (block.kind === "card" ? CARD_SIDE - PAD : 0));
  }
  for (const chip of region.chips.values()) right = Math.max(right, chip.x + chip.w);
  region.w = Math.max(region.w, right + PAD);
  region.h = Math.max(region.h, (last === undefined ? 0 : last.y + last.h) + PAD);
}

/** Makes a region as narrow as its content, but not narrower than `least`. */
export function shrink(region: Region, least: number): void {
  region.w = least;
  measure(region);
}

/** Returns the distance of a wire from the lower edge of the row above it. */
function clearBelow({ kind, twins }: Shelf): number {
  if (kind === "cards" || (kind === "head" && twins)) return CLEAR.card;
  // A namespace with others inside begins, and so ends, a little below its row (`boxTop`).
  return kind === "boxes" ? CLEAR.line + CHIP_ABOVE : CLEAR.line;
}

function firstX({ kind }: Shelf): number {
  return kind === "head" ? HEAD.width : kind === "cards" ? CARD_SIDE : PAD;
}

/** Whether a drawing of width `w` fits at `x` in a row, with a distance of `gap` to the other drawings in the row. */
export function isFree(shelf: Shelf, x: number, w: number, gap: number): boolean {
  if (x < firstX(shelf)) return false;
  return shelf.blocks.every((block) => x + w + gap <= block.x || x >= block.x + block.w + gap);
}

/** Returns the distance by which the bars of a row may extend upwards when the map is zoomed out. */
export function barRise(shelf: Shelf): number {
  return shelf.band - shelf.above;
}

/** Returns the free position in a row that is closest to `wanted` and left of `limit`, or null if there is none. */
export function nearestFree(shelf: Shelf, wanted: number, w: number, gap: number, limit: number): number | null {
  const candidates = [wanted, firstX(shelf)];
  for (const block of shelf.blocks) candidates.push(block.x - gap - w, block.x + block.w + gap);
  let best: number | null = null;
  for (const x of candidates) {
    if (x + w > limit || !isFree(shelf, x, w, gap)) continue;
    if (best === null || Math.abs(x - wanted) < Math.abs(best - wanted)) best = x;
  }
  return best;
}
