import type { Box } from "../scene/items";
import type { Point } from "../scene/items";

/**
 * The visible part of the map at the zoom `k` (1 means 100 %). A point of the map has these coordinates on the canvas:
 * `x + point.x * k`, `y + point.y * k`.
 */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export type Level = "full" | "outline" | "plates";

export const FULL = 0.7;
export const OUTLINE = 0.35;
const NEAREST = 3;
/** The distance of something that is too large to be shown completely from the left or upper edge, in pixels. */
const EDGE = 8;

/**
 * The visible part of the map, independent of the size of the window: the point of the map that is in the middle, and
 * the zoom.
 */
export interface Centre {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export function centreOf({ x, y, k }: View, width: number, height: number): Centre {
  return { x: (width / 2 - x) / k, y: (height / 2 - y) / k, k };
}

/** Returns the view that has the point `centre` of the map in the middle of a map of this size. */
export function viewAround({ x, y, k }: Centre, width: number, height: number): View {
  return { x: Math.round(width / 2 - x * k), y: Math.round(height / 2 - y * k), k };
}

export function levelOf(k: number): Level {
  if (k >= FULL) return "full";
  return k >= OUTLINE ? "outline" : "plates";
}

export function toMap(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.k, y: (at.y - view.y) / view.k };
}

/** Returns the view at another zoom, with the same point of the map at `at` on the canvas. */
export function zoomAt(view: View, at: Point, k: number, farthest: number): View {
  const next = Math.min(NEAREST, Math.max(Math.min(farthest, 1), k));
  const grow = next / view.k;
  return { x: at.x - (at.x - view.x) * grow, y: at.y - (at.y - view.y) * grow, k: next };
}

/** Returns a view that shows a rectangle of the map completely, at no more than 100 %. */
export function fit(box: Box, width: number, height: number, margin: number): View {
  const k = Math.min(1, (width - 2 * margin) / Math.max(1, box.w), (height - 2 * margin) / Math.max(1, box.h));
  const x = (width - box.w * k) / 2 - box.x * k;
  const y = box.h * k + 2 * margin < height ? margin - box.y * k : (height - box.h * k) / 2 - box.y * k;
  return { x: Math.round(x), y: Math.round(y), k };
}

/**
 * Moves a view as little as possible so that a rectangle of the map is visible, at least `margin` from the edges. If
 * the rectangle is already visible, the view stays the same. Of a rectangle that is too large, the left and upper part
 * is shown, because names are there.
 */
export function reveal(view: View, box: Box, width: number, height: number, margin: number): View {
  const shift = (from: number, length: number, room: number): number => {
    if (length + 2 * margin > room) return Math.max(EDGE, (room - length) / 2) - from;
    return Math.max(margin - from, 0) + Math.min(room - margin - from - length, 0);
  };
  const dx = shift(view.x + box.x * view.k, box.w * view.k, width);
  const dy = shift(view.y + box.y * view.k, box.h * view.k, height);
  return dx === 0 && dy === 0 ? view : { x: Math.round(view.x + dx), y: Math.round(view.y + dy), k: view.k };
}
