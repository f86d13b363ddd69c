// All constants in this file are in CSS pixels at a zoom of 100 %.

export const CARD_W = 124;
export const CARD_H = 80;
export const CHIP_H = 20;
export const CHIP_GAP = 8;
/**
 * A link's chip lies across the upper border of its namespace's card. This is the height of the part above the border.
 */
export const CHIP_ABOVE = 12;
export const BAR_H = 28;
export const GAP = 16;
export const PAD = 24;

/**
 * Sizes in the drawing of a bridge with the namespaces and ports below it. Distances from the left edge of the drawing:
 * `trunk` (the vertical wire) and `first` (the first namespace). From the top: `bus` (the horizontal wire) and
 * `cardTop` (the first row of namespaces). `pitch` is the height of a row. `right` and `bottom` are margins.
 */
export const RACK = { first: 32, right: 16, bus: 48, cardTop: 72, pitch: 120, bottom: 16, trunk: 16 } as const;

/**
 * The distance between the drawings of two bridges: GUTTER_WIRED if wires pass between them, otherwise GUTTER_PLAIN.
 */
export const GUTTER_WIRED = 72;
export const GUTTER_PLAIN = 24;

/**
 * Heights for a peer that is drawn above a link: the height of the peer's drawing, and the length of the wire between
 * both.
 */
export const TWIN = { chip: CHIP_H, wire: 16 } as const;
export const TWIN_ZONE = TWIN.chip + TWIN.wire;

/**
 * The smallest distance between a wire and a card that it passes: 8 px on the screen at 35 %, the smallest zoom at which
 * the map has details. `line` is the distance from everything else.
 */
export const CLEAR = { card: 24, line: 8 } as const;
/** The distance of a card from the side of its namespace. There is room for wires between them. */
export const CARD_SIDE = PAD + 16;

/**
 * The heights of horizontal spaces that are kept free for wires: below the upper border of a namespace, above a row of
 * namespaces, above a row of bridges, and above a row of bridges on a large map.
 */
export const BAND = { border: 40, cards: 48, racks: 40, large: 88 } as const;
/**
 * A map with more namespaces than this counts as large. On a large map, there is more room above the bars of bridges,
 * because the bars extend upwards to keep their text readable when the map is zoomed out.
 */
export const LARGE = 60;

export const HEAD = { width: 408, height: 128, withCards: 168, boxHeight: 88 } as const;

/** The width of one character in the map's monospaced font at 12 px. */
const MONO = 7.2;

/**
 * The largest width of a link's drawing. An interface name has up to 15 bytes, and an unprintable byte is displayed as
 * four characters.
 */
const WIDEST_CHIP = 464;

/** Returns the width of the drawing of a link with this name. */
export function chipWidth(name: string): number {
  return Math.min(WIDEST_CHIP, Math.ceil((textUnits(name) * MONO + 16) / 4) * 4);
}

/** Returns the number of columns that a text needs in a monospaced font. A wide character needs two columns. */
export function textUnits(text: string): number {
  let units = 0;
  for (const char of text.slice(0, 256)) units += wide(char.codePointAt(0) ?? 0) ? 2 : 1;
  return units;
}

function wide(code: number): boolean {
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xffdc && code !== 0xff61) || code >= 0x1f300;
}

/**
 * Returns the number of columns in which the namespaces and ports below a bridge are arranged. `members` is the number
 * of these namespaces and ports.
 */
export function rackColumns(members: number): number {
  if (members <= 6) return 2;
  if (members <= 12) return 3;
  if (members <= 24) return 4;
  return members <= 60 ? 5 : Math.ceil(Math.sqrt(members));
}

export function rackWidth(columns: number): number {
  return RACK.first + columns * CARD_W + (columns - 1) * GAP + RACK.right;
}

export function rackHeight(rows: number): number {
  return RACK.cardTop + (rows - 1) * RACK.pitch + CARD_H + RACK.bottom;
}
