/** Measures of the map in CSS pixels at 100 %. */
export const CARD_W = 124;
export const CARD_H = 80;
export const CHIP_H = 20;
export const CHIP_GAP = 8;
/** How far a chip extends above the border of its card. */
export const CHIP_ABOVE = 12;
export const BAR_H = 28;
export const GAP = 16;
export const PAD = 24;

/** A rack: the place of the first card, the bus, the distance between rows, and the margins. */
export const RACK = { first: 32, right: 16, bus: 48, cardTop: 72, pitch: 120, bottom: 16, trunk: 16 } as const;

/** The distance between racks with wires between them, and without. */
export const GUTTER_WIRED = 72;
export const GUTTER_PLAIN = 24;

/** The peer of a card's link, drawn above the card: the height of its chip and of the wire. */
export const TWIN = { chip: CHIP_H, wire: 16 } as const;
export const TWIN_ZONE = TWIN.chip + TWIN.wire;

/** Heights of the bands for wires: below the border, above cards, above racks, above racks of a large map. */
export const BAND = { border: 40, cards: 48, racks: 40, large: 88 } as const;
/** With this many namespaces, bars need room above them for their text when zoomed out. */
export const LARGE = 60;

export const HEAD = { width: 408, height: 128, withCards: 168, boxHeight: 88 } as const;

/** The width of a character of the map's monospaced font at 12 px. */
const MONO = 7.2;

/** The widest chip: a name has up to 15 bytes, and an unprintable byte is displayed as four characters. */
const WIDEST_CHIP = 464;

/** The width of a chip with this name. */
export function chipWidth(name: string): number {
  return Math.min(WIDEST_CHIP, Math.ceil((textUnits(name) * MONO + 16) / 4) * 4);
}

/** The columns that a text needs in a monospaced font: two for a wide character. */
export function textUnits(text: string): number {
  let units = 0;
  for (const char of text.slice(0, 256)) units += wide(char.codePointAt(0) ?? 0) ? 2 : 1;
  return units;
}

function wide(code: number): boolean {
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xffdc && code !== 0xff61) || code >= 0x1f300;
}

/** How many columns a rack with this many members has. */
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
