/** Measures of the map in CSS pixels at 100 %. */
export const CARD_W = 124;
export const CARD_H = 80;
export const CHIP_H = 20;
export const CHIP_GAP = 8;
/** How far a chip stands out above its card's border. */
export const CHIP_ABOVE = 12;
export const BAR_H = 28;
export const GAP = 16;
export const PAD = 24;

/** A rack: where the first card stands, the bus, the pitch of rows, the room around. */
export const RACK = { first: 32, right: 16, bus: 48, cardTop: 72, pitch: 120, bottom: 16, trunk: 16 } as const;

/** Racks with wires between them, and without. */
export const GUTTER_WIRED = 72;
export const GUTTER_PLAIN = 24;

/** The far end of a veth to the host stands above its card: chip, wire. */
export const TWIN = { chip: CHIP_H, wire: 16 } as const;
export const TWIN_ZONE = TWIN.chip + TWIN.wire;

/** Bands of wires above a shelf: beneath the border, above cards, above racks, above racks of a large map. */
export const BAND = { border: 40, cards: 48, racks: 40, large: 88 } as const;
/** From how many namespaces on the bars need room for their plates at the overview. */
export const LARGE = 60;

export const HEAD = { width: 408, height: 128, withCards: 168, boxHeight: 88 } as const;

/** One character of the map's monospaced face at 12 px. */
const MONO = 7.2;

/** No chip is wider: a name of the kernel's has 15 bytes, each written with four characters where it does not show. */
const WIDEST_CHIP = 464;

/** The width of a chip with this name. */
export function chipWidth(name: string): number {
  return Math.min(WIDEST_CHIP, Math.ceil((textUnits(name) * MONO + 16) / 4) * 4);
}

/** Columns of the monospaced face that a text takes: two for a wide character. */
export function textUnits(text: string): number {
  let units = 0;
  for (const char of text.slice(0, 256)) units += wide(char.codePointAt(0) ?? 0) ? 2 : 1;
  return units;
}

function wide(code: number): boolean {
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xffdc && code !== 0xff61) || code >= 0x1f300;
}

/** Columns of a rack of so many members. */
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
