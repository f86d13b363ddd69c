import type { Point } from "./items";

type Path = readonly Point[];

/** Returns the horizontal distance between two points plus their vertical distance. */
function far(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function length(path: Path): number {
  return path.reduce((sum, point, at) => sum + far(path[at - 1] ?? point, point), 0);
}

/** Returns the point of a straight line at this distance from its beginning. */
function along(from: Point, to: Point, distance: number): Point {
  const run = far(from, to);
  const part = run === 0 ? 0 : distance / run;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** The shortest part of a wire that can still be clicked, in pixels. */
const LEAST = 24;

/**
 * Returns the longest part of a path that does not overlap any of the other paths, or the whole path if that part is
 * too short.
 */
export function apart(path: Path, others: readonly Path[]): Path {
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  for (const [at, from] of path.entries()) {
    const to = path[at + 1];
    if (to === undefined) break;
    for (const [start, end, free] of runs(from, to, others)) {
      if (!free) {
        pieces.push(piece);
        piece = [];
        continue;
      }
      if (piece.length === 0) piece.push(along(from, to, start));
      piece.push(along(from, to, end));
    }
  }
  pieces.push(piece);
  const longest = pieces.reduce((best, one) => (length(one) > length(best) ? one : best), []);
  return length(longest) < LEAST ? path : longest;
}

/**
 * Divides a straight line into parts that other paths overlap and parts that they do not overlap. Returns for each part
 * its start and end, as distances from `from`, and whether it is free of overlap.
 */
function runs(from: Point, to: Point, others: readonly Path[]): (readonly [number, number, boolean])[] {
  const whole = far(from, to);
  const covered = others.flatMap((other) => covers(from, to, other)).sort((a, b) => a[0] - b[0]);
  const out: (readonly [number, number, boolean])[] = [];
  let at = 0;
  for (const [start, end] of covered) {
    if (start > at) out.push([at, start, true]);
    if (end > at) out.push([Math.max(at, start), end, false]);
    at = Math.max(at, end);
  }
  if (at < whole) out.push([at, whole, true]);
  return out;
}

/** Returns the parts of a straight line that overlap a path, as distances from the line's beginning. */
function covers(from: Point, to: Point, path: Path): (readonly [number, number])[] {
  const upright = from.x === to.x;
  const [start, end] = upright ? [from.y, to.y] : [from.x, to.x];
  const out: (readonly [number, number])[] = [];
  for (const [at, a] of path.entries()) {
    const b = path[at + 1];
    if (b === undefined) break;
    if (upright ? a.x !== from.x || b.x !== from.x : a.y !== from.y || b.y !== from.y) continue;
    const [p, q] = upright ? [a.y, b.y] : [a.x, b.x];
    const low = Math.max(Math.min(start, end), Math.min(p, q));
    const high = Math.min(Math.max(start, end), Math.max(p, q));
    if (high <= low) continue;
    out.push(start <= end ? [low - start, high - start] : [start - high, start - low]);
  }
  return out;
}

/** Returns the last `wanted` pixels of a path, but not more than a third of the path. */
export function endPart(path: Path, wanted: number): Path {
  let left = Math.min(wanted, length(path) / 3);
  const out: Point[] = [];
  for (let at = path.length - 1; at >= 0; at--) {
    const point = path[at];
    const next = path[at - 1];
    if (point === undefined) break;
    out.unshift(point);
    if (next === undefined) break;
    const run = far(point, next);
    if (run >= left) {
      out.unshift(along(point, next, left));
      break;
    }
    left -= run;
  }
  return out;
}

/** Returns a path without `part`, which is its beginning or its end. */
export function without(path: Path, part: Path): Path {
  const [first] = path;
  const [begin] = part;
  if (first === undefined || begin === undefined) return path;
  const atStart = begin.x === first.x && begin.y === first.y;
  const cut = length(part);
  return atStart ? trimmed(path.toReversed(), cut).toReversed() : trimmed(path, cut);
}

/** Returns a path without its last `cut` pixels. */
function trimmed(path: Path, cut: number): Path {
  let left = length(path) - cut;
  const out: Point[] = [];
  for (const [at, point] of path.entries()) {
    out.push(point);
    const next = path[at + 1];
    if (next === undefined) break;
    const run = far(point, next);
    if (run >= left) {
      out.push(along(point, next, left));
      break;
    }
    left -= run;
  }
  return out;
}
