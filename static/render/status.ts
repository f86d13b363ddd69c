import { BAR_H } from "../layout/measures";
import type { Status } from "../model/status";
import type { BarItem, Box, Figure, Item, SocketItem } from "../scene/items";
import { drawBody } from "./body";
import type { Palette } from "./palette";
import type { Pen } from "./pen";

/** The corner radius of the outlines that are drawn around namespaces and links, in pixels. */
export const RADIUS = 6;

/**
 * Returns the rectangle that a drawn item fills at this zoom. When the map is zoomed out, a link is drawn smaller than
 * the space that the layout keeps for it.
 */
export function drawnBox(pen: Pen, item: Figure): Box {
  const box = pen.box(item);
  if (item.type === "bar") return barBox(pen, item, box);
  if (item.type === "socket") return socketBox(pen, item);
  if (item.type !== "chip" || pen.level === "full") return box;
  const w = Math.min(box.w, pen.level === "plates" ? 12 : item.small ? box.w : 24);
  const h = pen.level === "plates" ? 3 : 8;
  return { x: Math.round(box.x + (box.w - w) / 2), y: Math.round(box.y + (box.h - h) / 2), w, h };
}

/** The least height of a bar, in pixels, so that its name stays readable when the map is zoomed out. */
const LEAST_BAR = { full: 0, outline: 24, plates: 28 } as const;

/** Returns the rectangle of a bar. When the map is zoomed out, a bar grows upwards into the space that is free there. */
function barBox(pen: Pen, item: BarItem, box: Box): Box {
  const h = barHeight(pen, box.h, item.above);
  return { ...box, y: box.y + box.h - h, h };
}

function barHeight(pen: Pen, h: number, above: number): number {
  return Math.round(Math.max(h, Math.min(LEAST_BAR[pen.level], h + above * pen.k)));
}

/** Returns the square at which a wire meets a bar. A square on the upper edge of the bar moves with this edge. */
function socketBox(pen: Pen, item: SocketItem): Box {
  const size = pen.level === "full" ? 8 : 6;
  const h = Math.round(BAR_H * pen.k);
  const rise = item.above === 0 ? 0 : barHeight(pen, h, item.above) - h;
  return { x: pen.x(item.x + 4) - size / 2, y: pen.y(item.y + 4) - rise - size / 2, w: size, h: size };
}

export function grown({ x, y, w, h }: Box, by: number): Box {
  return { x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by };
}

/** Draws a wide, transparent outline of the given colour around a rectangle. */
export function ring(pen: Pen, box: Box, width: number, color: string, alpha: number, radius: number): void {
  pen.g.globalAlpha = alpha;
  pen.rect(box, radius, null, color, width);
  pen.g.globalAlpha = 1;
}

/**
 * Marks something on the map according to its status, such as added or removed. `left` goes from 1 to 0 while the mark
 * fades.
 */
export function drawStatus(pen: Pen, item: Item, left: number): void {
  switch (item.status) {
    case "same":
      return;
    case "removed":
      return drawGhost(pen, item);
    case "moved":
      return drawMoved(pen, item, left);
    case "staged":
      return drawStaged(pen, item);
    default:
      return drawGlow(pen, item, colourOf(pen.palette, item.status), left);
  }
}

function colourOf(palette: Palette, status: Status): string {
  return status === "added" ? palette.add : palette.chg;
}

/** Draws what was removed from the map, as a dashed outline at its old position. */
function drawGhost(pen: Pen, item: Item): void {
  const box = drawnBox(pen, item);
  pen.g.globalAlpha = 0.7;
  if (item.type === "wire") pen.line(item.path, pen.palette.gone, 1, [4, 3]);
  else if (item.type === "chip" && pen.level === "plates") drawBody(pen, item, box, 2);
  else {
    pen.rect(box, RADIUS, null, pen.palette.gone, 1, [4, 3]);
    nameGhost(pen, item, box);
  }
  pen.g.globalAlpha = 1;
}

/** Writes the name of what was removed into its outline, if the name fits there. */
function nameGhost(pen: Pen, item: Item, box: Box): void {
  if (pen.level === "plates" || (item.type !== "card" && item.type !== "bar" && item.type !== "chip")) return;
  const font = item.type === "card" ? pen.ui(pen.size(12, 12), 500) : pen.mono(pen.size(11));
  const name = pen.fittedName(item.name, font, box.w - 8);
  if (name === "" || box.h < 14) return;
  pen.text(name, box.x + box.w / 2, box.y + Math.round(box.h / 2 + 4), font, pen.palette.ink2, "center");
}

function drawGlow(pen: Pen, item: Item, color: string, left: number): void {
  if (item.type === "wire") {
    pen.g.globalAlpha = 0.5 * left;
    pen.line(item.path, color, 6);
  } else {
    const box = drawnBox(pen, item);
    ring(pen, grown(box, 8), 6, color, 0.28 * left, RADIUS + 4);
    pen.g.globalAlpha = left;
    pen.rect(grown(box, 4), RADIUS, null, color, 2);
  }
  pen.g.globalAlpha = 1;
}

/**
 * Draws a dotted outline around something that moved on the map, at its old and at its new position. For what was added
 * or changed, the outline is solid and has a wider, paler outline around it.
 */
function drawMoved(pen: Pen, item: Item, left: number): void {
  pen.g.globalAlpha = Math.min(1, 2 * left);
  if (item.type === "wire") pen.line(item.path, pen.palette.moved, 3, [2, 4]);
  else pen.rect(grown(drawnBox(pen, item), 4), RADIUS, null, pen.palette.moved, 2, [2, 3]);
  pen.g.globalAlpha = 1;
}

/** Draws a dashed outline around something that is only planned. */
function drawStaged(pen: Pen, item: Item): void {
  if (item.type === "wire") return pen.line(item.path, pen.palette.accent, 2, [4, 3]);
  pen.rect(grown(drawnBox(pen, item), 3), RADIUS, null, pen.palette.accent, 2, [4, 3]);
}
