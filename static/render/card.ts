import type { Box, CardItem } from "../scene/items";
import { drawMark } from "./mark";
import type { Pen } from "./pen";

/** Draws a namespace as a card. When the map is zoomed out, the card has only the name, or no text at all. */
export function drawCard(pen: Pen, item: CardItem): void {
  const { palette } = pen;
  const box = pen.box(item);
  const radius = pen.level === "full" ? 6 : pen.level === "outline" ? 4 : 2;
  pen.rect(box, radius, palette.panel, palette.lineStrong, 1, item.anonymous ? [4, 3] : []);
  if (pen.level === "plates") return;
  if (item.mark !== null) drawMark(pen, item.mark, box.x + box.w - 12, box.y + Math.round(20 * pen.k));
  if (pen.level === "outline") {
    const name = pen.fittedName(item.name, pen.ui(12, 500), box.w - 12);
    pen.text(name, box.x + 8, box.y + Math.round(box.h / 2) + 7, pen.ui(12, 500), palette.ink);
    return;
  }
  drawText(pen, item, box);
  if (item.lo !== null) drawLo(pen, item, box);
}

function drawText(pen: Pen, item: CardItem, box: Box): void {
  const { palette, k } = pen;
  const x = box.x + Math.round(12 * Math.min(1, k));
  const room = box.x + box.w - x - 6;
  const name = pen.ui(pen.size(14, 12), 600);
  const fitted = pen.fittedName(item.name, name, room - (item.mark === null ? 0 : 14));
  pen.text(fitted, x, box.y + Math.round(29 * k), name, palette.ink);
  const y = drawAddress(pen, item, box, x, room);
  if (y !== null) drawBelow(pen, item, box, { x, y, room });
}

/**
 * Writes the address of a card in full, on several lines if necessary, because a part of an address could be taken for
 * another address. If there is no room, only the family of the address is written. Returns the baseline of the next
 * line, or null if the card is full.
 */
function drawAddress(pen: Pen, item: CardItem, box: Box, x: number, room: number): number | null {
  const { palette, k } = pen;
  const y = box.y + Math.round(48 * k);
  for (const [font, margin] of [
    [pen.mono(pen.size(12)), 0],
    [pen.mono(11), 4],
  ] as const) {
    if (pen.width(item.address, font) > room + margin) continue;
    pen.text(item.address, x - margin, y, font, palette.ink2);
    return Math.round(67 * k);
  }
  const rows = addressRows(pen, item, box, room);
  const lines = wrapped(
    item.address,
    rows.map(({ room }) => room),
    (part) => pen.width(part, pen.mono(pen.size(11))),
  );
  if (lines === null) {
    pen.text(item.family, x, y, pen.mono(pen.size(12)), palette.ink2);
    return Math.round(67 * k);
  }
  for (const [at, line] of lines.entries())
    pen.text(line, x, box.y + (rows[at]?.y ?? 0), pen.mono(pen.size(11)), palette.ink2);
  return rows[lines.length]?.y ?? null;
}

/** Returns the lines below the name of a card: their baselines, and the room that `lo` leaves on each of them. */
function addressRows(pen: Pen, item: CardItem, box: Box, room: number): readonly { y: number; room: number }[] {
  const pitch = Math.round(12 * Math.max(1, pen.k));
  const rows = [];
  for (let y = Math.round(29 * pen.k) + pitch; y <= box.h - 8 * pen.k; y += pitch) {
    const beside = item.lo !== null && y > box.h - 24 * pen.k - 2;
    rows.push({ y, room: beside ? room - 28 * pen.k : room });
  }
  return rows;
}

/**
 * Breaks an address after its colons or dots. `rooms` has the width of each line. Returns null if the address does not
 * fit into these lines.
 */
export function wrapped(
  address: string,
  rooms: readonly number[],
  width: (part: string) => number,
): readonly string[] | null {
  const lines: string[] = [""];
  for (const part of address.split(/(?<=[:.])(?![:.])/)) {
    const last = lines.at(-1) ?? "";
    if (width(last + part) <= (rooms[lines.length - 1] ?? 0)) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.every((line, at) => line !== "" && width(line) <= (rooms[at] ?? 0)) ? lines : null;
}

/** Writes the last line of a card. A process may have a long name, which is shortened; other words are never cut. */
function drawBelow(pen: Pen, item: CardItem, box: Box, at: { x: number; y: number; room: number }): void {
  const font = pen.ui(pen.size(11));
  const room = at.room - (item.lo === null ? 0 : 28 * pen.k);
  const words = pen.width(item.note, font) <= room ? item.note : "";
  const text = item.note === "" ? pen.fitted(item.processes, font, room) : words;
  pen.text(text, at.x, box.y + at.y, font, pen.palette.ink3);
}

function drawLo(pen: Pen, item: CardItem, box: Box): void {
  const { palette, k } = pen;
  const w = Math.round(24 * k);
  const h = Math.round(16 * k);
  const lo = { x: box.x + box.w - w - Math.round(8 * k), y: box.y + box.h - h - Math.round(8 * k), w, h };
  pen.rect(lo, 4, palette.sunk, item.lo === "down" ? palette.ink3 : null, 1, [2, 2]);
  pen.text("lo", lo.x + w / 2, lo.y + Math.round(h / 2 + 4), pen.mono(pen.size(11)), palette.ink2, "center");
}
