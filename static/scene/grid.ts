import type { Item, Point } from "./items";

const CELL = 256;

/** Finds items by place: a uniform grid. */
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

  /** The items that touch a rectangle, in the order they are drawn in. */
  within(left: number, top: number, right: number, bottom: number): readonly Item[] {
    const found = new Set<Item>();
    for (const cell of cellsOf(left, top, right, bottom)) {
      for (const item of this.cells.get(cell) ?? []) {
        if (item.x <= right && item.x + item.w >= left && item.y <= bottom && item.y + item.h >= top) found.add(item);
      }
    }
    return [...found].sort((a, b) => a.z - b.z);
  }

  at(point: Point, tolerance: number): Item | null {
    const near = this.within(point.x - tolerance, point.y - tolerance, point.x + tolerance, point.y + tolerance);
    let best: Item | null = null;
    for (const item of near.toReversed()) {
      if (item.ref === "" || !touches(item, point, tolerance)) continue;
      // What is under the pointer itself comes before what is only near.
      if (touches(item, point, 0.5)) return item;
      best ??= item;
    }
    return best;
  }
}

function cellsOf(left: number, top: number, right: number, bottom: number): number[] {
  const out: number[] = [];
  for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++) {
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) out.push(x * 65_536 + y);
  }
  return out;
}

function touches(item: Item, point: Point, tolerance: number): boolean {
  if (item.type === "wire") {
    return item.hit.some((from, at) => {
      const to = item.hit[at + 1];
      return to !== undefined && distance(point, from, to) <= tolerance;
    });
  }
  // Around a card there are chips and wires to be met: only small things catch the pointer beside them.
  const reach =
    item.type === "chip" || item.type === "socket" || item.type === "dot" || item.type === "stub" ? tolerance : 0;
  return (
    point.x >= item.x - reach &&
    point.x <= item.x + item.w + reach &&
    point.y >= item.y - reach &&
    point.y <= item.y + item.h + reach
  );
}

function distance(point: Point, from: Point, to: Point): number {
  const x = Math.max(Math.min(from.x, to.x), Math.min(point.x, Math.max(from.x, to.x)));
  const y = Math.max(Math.min(from.y, to.y), Math.min(point.y, Math.max(from.y, to.y)));
  return Math.hypot(point.x - x, point.y - y);
}
