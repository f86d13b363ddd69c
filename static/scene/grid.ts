import type { Item, Point } from "./items";

const CELL = 256;

/** Finds drawn items by their position, with a uniform grid. */
export class Grid {
  private readonly cells = new Map<number, Set<Item>>();

  insert(item: Item): void {
    for (const cell of cellsOf(item.x, item.y, item.x + item.w, item.y + item.h)) {
      const known = this.cells.get(cell);
      if (known === undefined) this.cells.set(cell, new Set([item]));
      else known.add(item);
    }
  }

  remove(item: Item): void {
    for (const cell of cellsOf(item.x, item.y, item.x + item.w, item.y + item.h)) this.cells.get(cell)?.delete(item);
  }

  /** Returns the drawn items that touch a rectangle of the map, in drawing order. */
  within(left: number, top: number, right: number, bottom: number): readonly Item[] {
    const found = new Set<Item>();
    for (const cell of cellsOf(left, top, right, bottom)) {
      for (const item of this.cells.get(cell) ?? []) {
        if (item.x <= right && item.x + item.w >= left && item.y <= bottom && item.y + item.h >= top) found.add(item);
      }
    }
    return [...found].sort((a, b) => a.z - b.z);
  }

  /**
   * Returns the drawn item that a click at `point` selects: the item drawn last under the pointer, otherwise the
   * nearest small item within the tolerance, otherwise the host namespace.
   */
  at(point: Point, tolerance: number): Item | null {
    const near = this.within(point.x - tolerance, point.y - tolerance, point.x + tolerance, point.y + tolerance);
    let ground: Item | null = null;
    let under: Item | null = null;
    let nearest: Item | null = null;
    let [closest, least] = [Infinity, tolerance];
    for (const item of near.toReversed()) {
      if (item.ref === "") continue;
      const distance = distanceTo(item, point);
      if (item.type === "region") ground ??= distance === 0 ? item : null;
      else if (distance <= tolerance / 4 && (under === null || (under.z === item.z && distance < closest))) {
        under = item;
        closest = distance;
      } else if (isSmall(item) && distance <= least) {
        least = distance;
        nearest = item;
      }
    }
    return under ?? nearest ?? ground;
  }
}

/**
 * Whether a click near a drawn item, and not only on it, selects the item. Namespaces, bridges and signs for default
 * gateways are large enough without this.
 */
function isSmall(item: Item): boolean {
  return item.type !== "card" && item.type !== "bar" && item.type !== "plate";
}

function cellsOf(left: number, top: number, right: number, bottom: number): number[] {
  const out: number[] = [];
  for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++) {
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) out.push(x * 65_536 + y);
  }
  return out;
}

function distanceTo(item: Item, point: Point): number {
  if (item.type !== "wire") return distance(point, item, { x: item.x + item.w, y: item.y + item.h });
  return item.hit.reduce((least, from, at) => {
    const to = item.hit[at + 1];
    return to === undefined ? least : Math.min(least, distance(point, from, to));
  }, Infinity);
}

/**
 * Returns the distance from a point to the rectangle with these two corners. A horizontal or vertical line counts as a
 * rectangle without width or height.
 */
function distance(point: Point, from: Point, to: Point): number {
  const x = Math.max(Math.min(from.x, to.x), Math.min(point.x, Math.max(from.x, to.x)));
  const y = Math.max(Math.min(from.y, to.y), Math.min(point.y, Math.max(from.y, to.y)));
  return Math.hypot(point.x - x, point.y - y);
}
