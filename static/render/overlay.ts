import { CARD_H, RACK } from "../layout/measures";
import type { Status } from "../model/status";
import type { Item, WireItem } from "../scene/items";
import type { Scene } from "../scene/scene";
import { drawItem, drawSocket } from "./items";
import type { Pen } from "./pen";
import { drawnBox, drawStatus, grown, RADIUS, ring } from "./status";

/** The time for which the mark of a change is shown, in milliseconds. */
const GLOW_MS = 1_500;
export const LONGEST_MS = 3_000;

/** A mark that shows for a moment that something on the map has changed, in the colour of its status. */
export interface Trace {
  readonly item: Item;
  readonly since: number;
}

/**
 * Returns the time for which the mark of a change is visible. What was removed or moved is marked for longer, because a
 * person has to find its old position.
 */
export function shownMs(status: Status): number {
  return status === "removed" || status === "moved" ? LONGEST_MS : GLOW_MS;
}

/** Returns the time until no mark is left of what was removed or moved, in milliseconds. */
export function ghostMs(traces: readonly Trace[], now: number): number {
  const ghosts = traces.filter(({ item: { status } }) => status === "removed" || status === "moved");
  return Math.max(0, ...ghosts.map(({ since }) => since + LONGEST_MS - now));
}

/**
 * Returns the marks of recent changes where their items are now, without those whose items are no longer drawn. The
 * marks of what was removed, and of old positions, stay where they are.
 */
export function followed(traces: readonly Trace[], scene: Pick<Scene, "itemsOf"> | null): readonly Trace[] {
  return traces.flatMap((trace) => {
    const { status, ref, type, id } = trace.item;
    if (status === "removed" || status === "moved") return [trace];
    const alike = scene?.itemsOf(ref).filter((item) => item.type === type) ?? [];
    const item = alike.find((one) => one.id === id) ?? alike[0];
    return item === undefined ? [] : [{ ...trace, item: { ...item, status } }];
  });
}

/** What is drawn over the map: the selection, search results and marks of recent changes. */
export interface Overlay {
  readonly selected: string;
  /** The edges that are highlighted with the selection. */
  readonly lit: readonly string[];
  readonly hovered: string;
  /** The search results, which are highlighted; null if there is no search. */
  readonly found: ReadonlySet<string> | null;
  readonly traces: readonly Trace[];
  /**
   * Whether the marks of recent changes stay equally strong until they disappear, because the person prefers reduced
   * motion. If this is false, the marks fade.
   */
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
    const age = overlay.still ? 0 : now - trace.since;
    drawStatus(pen, trace.item, Math.max(0, 1 - age / shownMs(trace.item.status)));
    if (trace.item.status !== "removed") redrawChips(pen, scene, trace.item);
  }
  const lit = [...overlay.lit, overlay.selected].flatMap((ref) => scene.itemsOf(ref));
  const wires = lit.filter((item) => item.type === "wire");
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

/** The space between the horizontal wire above a row of cards and the cards of the row before, at 100 %, in pixels. */
const ROW_GAP = RACK.pitch - CARD_H - (RACK.cardTop - RACK.bus);

/**
 * Writes the name of a port above its highlighted wire, if the map does not show this name elsewhere. If there is no room
 * between the wire and the cards above it, the name is left out.
 */
function nameWire(pen: Pen, wire: WireItem): void {
  const [, corner] = wire.path;
  const px = pen.size(11);
  if (wire.name === "" || corner === undefined || ROW_GAP * pen.k < px + 3) return;
  pen.text(wire.name, pen.x(corner.x + 12), pen.y(corner.y) - 4, pen.mono(px), pen.palette.ink2);
}

/**
 * Draws the links on the border of a namespace a second time, because the outline that was drawn around the namespace
 * covers them.
 */
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

/**
 * Draws a second time the small squares at which a highlighted wire meets the bars of bridges, because the wire covers
 * them.
 */
function redrawEnds(pen: Pen, scene: Scene, wire: WireItem): void {
  for (const end of [wire.path[0], wire.path.at(-1)]) {
    if (end === undefined) continue;
    for (const item of scene.grid.within(end.x - 2, end.y - 2, end.x + 2, end.y + 2)) {
      if (item.type === "socket") drawSocket(pen, item);
    }
  }
}

function drawSelected(pen: Pen, scene: Scene, item: Item): void {
  if (item.type === "label" || item.type === "plate" || item.type === "dot" || isBarsSocket(item)) return;
  const box = drawnBox(pen, item);
  const halo =
    item.type === "region" ? 4 : pen.level === "plates" ? 3 : item.type === "chip" || item.type === "socket" ? 4 : 8;
  ring(pen, grown(box, halo), halo, pen.palette.accent, 0.22, RADIUS + halo / 2);
  pen.rect(box, item.type === "bar" ? [6, 6, 0, 0] : item.type === "chip" ? 4 : RADIUS, null, pen.palette.accent, 2);
  redrawChips(pen, scene, item);
}

/**
 * Whether an item is the small square at which a vertical wire leaves the bar of a bridge. This square is part of the
 * bar.
 */
function isBarsSocket(item: Item): boolean {
  return item.type === "socket" && item.ref.startsWith("link/");
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
  pen.rect(grown(drawnBox(pen, item), 1), radius, null, tone, 2);
  redrawChips(pen, scene, item);
}

/** Dims the whole map, and draws the search results again with an outline. */
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
    const box = drawnBox(pen, item);
    const radius = item.type === "bar" ? [6, 6, 0, 0] : item.type === "chip" ? 4 : pen.level === "plates" ? 2 : RADIUS;
    pen.g.globalAlpha = 0.1;
    pen.rect(box, radius, pen.palette.accent, null);
    pen.g.globalAlpha = 1;
    pen.rect(box, radius, null, pen.palette.accent, 2);
    redrawChips(pen, scene, item);
  }
}
