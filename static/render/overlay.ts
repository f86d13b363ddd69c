import type { Item, WireItem } from "../scene/items";
import type { Scene } from "../scene/scene";
import { drawBody, drawItem } from "./items";
import type { Pen } from "./pen";

/** How long a change is shown, in milliseconds. */
export const GLOW_MS = 1_500;
export const GHOST_MS = 3_000;

/** Something that was added or changed and glows, or that is gone and leaves its outline. */
export interface Trace {
  readonly kind: "add" | "chg" | "gone";
  readonly item: Item;
  readonly since: number;
}

/** What is laid over the map for the moment. */
export interface Overlay {
  readonly selected: string;
  /** Edges that are lit with what is selected. */
  readonly lit: readonly string[];
  readonly hovered: string;
  /** What a search found; null where there is none. */
  readonly found: ReadonlySet<string> | null;
  readonly traces: readonly Trace[];
  /** No fading where a person asked for less motion. */
  readonly still: boolean;
}

export function drawOverlay(
  pen: Pen,
  scene: Scene,
  overlay: Overlay,
  now: number,
  size: { width: number; height: number },
): void {
  if (overlay.found !== null) drawFound(pen, scene, overlay.found, size);
  for (const trace of overlay.traces) {
    drawTrace(pen, trace, overlay.still ? 0 : now - trace.since);
    if (trace.kind !== "gone") redrawChips(pen, scene, trace.item);
  }
  const lit = [...overlay.lit, overlay.selected].flatMap((ref) => scene.itemsOf(ref));
  const wires = lit.filter((item): item is WireItem => item.type === "wire");
  for (const wire of wires) drawHalo(pen, wire);
  for (const wire of wires)
    pen.line(wire.path, pen.tone(wire.tone), pen.level === "plates" ? 2 : 3, wire.dashed ? [6, 4] : []);
  for (const wire of wires) redrawEnds(pen, scene, wire);
  for (const wire of wires) nameWire(pen, wire);
  for (const item of scene.itemsOf(overlay.selected)) if (item.type !== "wire") drawSelected(pen, scene, item);
  if (overlay.hovered !== "" && overlay.hovered !== overlay.selected) {
    for (const item of scene.itemsOf(overlay.hovered)) drawHovered(pen, scene, item);
  }
}

/** The name of a port that is no chip of its own, beside its lit way. */
function nameWire(pen: Pen, wire: WireItem): void {
  const [, corner] = wire.path;
  if (wire.name === "" || corner === undefined || pen.level !== "full") return;
  pen.text(wire.name, pen.x(corner.x + 12), pen.y(corner.y) - 7, pen.mono(pen.size(11)), pen.palette.ink2);
}

/** Chips stand on the border of their card: an outline of the card goes under them. */
function redrawChips(pen: Pen, scene: Scene, card: Item): void {
  if (card.type !== "card" && card.type !== "region") return;
  for (const item of scene.grid.within(card.x, card.y - 2, card.x + card.w, card.y + 2))
    if (item.type === "chip") drawItem(pen, item);
}

function drawHalo(pen: Pen, wire: WireItem): void {
  pen.g.globalAlpha = 0.75;
  pen.line(wire.path, pen.palette.halo, pen.level === "plates" ? 6 : 10);
  pen.g.globalAlpha = 1;
}

/** A lit wire lies over the chips it comes to: they are drawn again on top of it. */
function redrawEnds(pen: Pen, scene: Scene, wire: WireItem): void {
  for (const end of [wire.path[0], wire.path.at(-1)]) {
    if (end === undefined) continue;
    for (const item of scene.grid.within(end.x - 2, end.y - 2, end.x + 2, end.y + 2)) {
      if (item.type !== "socket" || pen.level === "plates" || (item.top && pen.level !== "full")) continue;
      const size = pen.level === "full" ? 8 : 6;
      const box = { x: pen.x(item.x + 4) - size / 2, y: pen.y(item.y + 4) - size / 2, w: size, h: size };
      pen.rect(box, 0, pen.palette.panel, pen.tone(item.tone), 1.5);
    }
  }
}

function boxOf(pen: Pen, item: Item): { x: number; y: number; w: number; h: number } {
  const box = pen.box(item);
  if (item.type !== "chip" || pen.level === "full") return box;
  const w = Math.min(box.w, pen.level === "plates" ? 12 : 24);
  const h = pen.level === "plates" ? 3 : 8;
  return { x: Math.round(box.x + (box.w - w) / 2), y: Math.round(box.y + (box.h - h) / 2), w, h };
}

function grown(
  { x, y, w, h }: { x: number; y: number; w: number; h: number },
  by: number,
): { x: number; y: number; w: number; h: number } {
  return { x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by };
}

const RADIUS = 6;

function drawSelected(pen: Pen, scene: Scene, item: Item): void {
  if (item.type === "label" || item.type === "plate" || item.type === "dot" || isBarsSocket(item)) return;
  const box = boxOf(pen, item);
  const halo =
    item.type === "region" ? 4 : pen.level === "plates" ? 3 : item.type === "chip" || item.type === "socket" ? 4 : 8;
  ring(pen, grown(box, halo), halo, pen.palette.accent, 0.22, RADIUS + halo / 2);
  pen.rect(box, item.type === "bar" ? [6, 6, 0, 0] : item.type === "chip" ? 4 : RADIUS, null, pen.palette.accent, 2);
  redrawChips(pen, scene, item);
}

/** The socket of a rack's trunk belongs to its bar. */
function isBarsSocket(item: Item): boolean {
  return item.type === "socket" && item.ref.startsWith("link/");
}

/** A band of colour around a box. */
function ring(
  pen: Pen,
  box: { x: number; y: number; w: number; h: number },
  width: number,
  color: string,
  alpha: number,
  radius: number,
): void {
  pen.g.globalAlpha = alpha;
  pen.rect(box, radius, null, color, width);
  pen.g.globalAlpha = 1;
}

function drawHovered(pen: Pen, scene: Scene, item: Item): void {
  if (item.type === "wire") {
    pen.g.globalAlpha = 0.6;
    pen.line(item.path, pen.palette.halo, 8);
    pen.g.globalAlpha = 1;
    return pen.line(item.path, pen.tone(item.tone), 3, item.dashed ? [6, 4] : []);
  }
  if (item.type === "region" || item.type === "label" || item.type === "plate" || isBarsSocket(item)) return;
  const radius = item.type === "bar" ? [6, 6, 0, 0] : item.type === "chip" || item.type === "socket" ? 4 : RADIUS;
  const tone =
    item.type === "chip" || item.type === "socket" || item.type === "dot" ? pen.tone(item.tone) : pen.palette.accent;
  pen.rect(grown(boxOf(pen, item), 1), radius, null, tone, 2);
  redrawChips(pen, scene, item);
}

/** Holds everything back and brings what was found out again, outlined. */
function drawFound(
  pen: Pen,
  scene: Scene,
  found: ReadonlySet<string>,
  { width, height }: { width: number; height: number },
): void {
  pen.g.globalAlpha = 0.5;
  pen.g.fillStyle = pen.palette.ground;
  pen.g.fillRect(0, 0, width, height);
  pen.g.globalAlpha = 1;
  const items = [...found]
    .flatMap((ref) => scene.itemsOf(ref))
    .filter((item) => item.type === "card" || item.type === "bar" || item.type === "chip");
  for (const item of items.sort((a, b) => a.z - b.z)) {
    drawItem(pen, item);
    const box = boxOf(pen, item);
    const radius = item.type === "bar" ? [6, 6, 0, 0] : item.type === "chip" ? 4 : pen.level === "plates" ? 2 : RADIUS;
    pen.g.globalAlpha = 0.1;
    pen.rect(box, radius, pen.palette.accent, null);
    pen.g.globalAlpha = 1;
    pen.rect(box, radius, null, pen.palette.accent, 2);
    redrawChips(pen, scene, item);
  }
}

function drawTrace(pen: Pen, { kind, item }: Trace, age: number): void {
  const box = boxOf(pen, item);
  if (kind === "gone") {
    pen.g.globalAlpha = 0.7;
    if (item.type === "wire") pen.line(item.path, pen.palette.gone, 1, [4, 3]);
    else if (item.type === "chip" && pen.level === "plates") drawBody(pen, item, box, 2);
    else pen.rect(box, RADIUS, null, pen.palette.gone, 1, [4, 3]);
    pen.g.globalAlpha = 1;
    return;
  }
  const color = kind === "add" ? pen.palette.add : pen.palette.chg;
  const left = Math.max(0, 1 - age / GLOW_MS);
  if (item.type === "wire") {
    pen.g.globalAlpha = 0.5 * left;
    pen.line(item.path, color, 6);
  } else {
    ring(pen, grown(box, 8), 6, color, 0.28 * left, RADIUS + 4);
    pen.g.globalAlpha = left;
    pen.rect(grown(box, 4), RADIUS, null, color, 2);
  }
  pen.g.globalAlpha = 1;
}
