import type { Layout } from "../layout/layout";
import type { Region } from "../layout/placement";
import type { Touched } from "../layout/touched";
import { ALL_SAME, type Statuses } from "../model/status";
import type { Store } from "../model/store";
import { originOf } from "./ends";
import { Grid } from "./grid";
import type { Box, Figure, Item, Point } from "./items";
import { rackCorner, redrawn } from "./redraw";
import { drawRack } from "./rack";
import { drawRegion } from "./region";

/**
 * Holds everything that is drawn on the map. The drawing of each bridge, and of each namespace in which other
 * namespaces are drawn, is rebuilt separately.
 *
 * Positions come from the layout, texts from the store. `update` returns the parts of the map that have changed.
 */
export class Scene {
  readonly grid = new Grid();
  private readonly groups = new Map<string, Map<string, Item>>();
  private readonly byRef = new Map<string, Set<Item>>();

  /**
   * If the store contains the entities of a host at two times, `statuses` says which namespaces, links and edges were
   * added, removed, changed or moved between these times.
   */
  constructor(
    store: Store,
    layout: Layout,
    private readonly statuses: Statuses = ALL_SAME,
  ) {
    for (const region of layout.regions.values())
      this.remake(`region:${region.ns}`, regionItems(store, layout, region));
    for (const key of layout.racks.keys()) this.remake(`rack:${key}`, rackItems(store, layout, key));
  }

  /**
   * Rebuilds the drawings of the bridges and namespaces that a delta affects. Returns the rectangles of everything that
   * has changed.
   */
  update(store: Store, layout: Layout, touched: Touched): readonly Box[] {
    const groups = new Set<string>();
    for (const ns of touched.namespaces) for (const group of groupsOf(layout, ns)) groups.add(group);
    for (const bridge of touched.bridges) groups.add(`rack:${bridge}`);
    if (groups.size > 0) {
      // The drawing of the host namespace shows counts of the whole host, so a change elsewhere on the map may change
      // these counts.
      groups.add(`region:${layout.ground}`);
      if (this.moved(layout)) for (const group of this.groups.keys()) groups.add(group);
    }
    const dirty: Box[] = [];
    for (const group of groups) dirty.push(...this.remake(group, itemsOfGroup(store, layout, group)));
    for (const { group, items } of redrawn(store, layout, touched)) {
      if (!groups.has(group)) dirty.push(...this.patch(group, items));
    }
    return dirty;
  }

  /** Replaces single drawn items of a bridge or a namespace, without rebuilding its whole drawing. */
  private patch(group: string, figures: readonly Figure[]): Box[] {
    const known = this.groups.get(group);
    const dirty: Box[] = [];
    for (const figure of known === undefined ? [] : figures) {
      const item = this.item(figure);
      const old = known?.get(item.id);
      if (old !== undefined && sameItem(old, item)) continue;
      if (old !== undefined) this.leave(old);
      this.enter(item);
      known?.set(item.id, item);
      dirty.push(...(old === undefined ? [item] : [old, item]));
    }
    return dirty;
  }

  /** Whether a namespace in which other namespaces are drawn has another position than when it was last drawn. */
  private moved(layout: Layout): boolean {
    for (const region of layout.regions.values()) {
      const item = this.groups.get(`region:${region.ns}`)?.get(`region:${region.ns}`);
      const at = originOf(layout, region);
      if (item !== undefined && (item.x !== at.x || item.y !== at.y)) return true;
    }
    return false;
  }

  private item(figure: Figure): Item {
    return { ...figure, status: this.statuses.get(figure.ref) ?? "same" };
  }

  private remake(group: string, figures: readonly Figure[]): Box[] {
    const old = this.groups.get(group) ?? new Map<string, Item>();
    const next = new Map(figures.map((figure) => [figure.id, this.item(figure)]));
    const dirty: Box[] = [];
    for (const [id, item] of old) {
      const now = next.get(id);
      if (now !== undefined && sameItem(item, now)) {
        next.set(id, item);
        continue;
      }
      this.leave(item);
      dirty.push(item);
    }
    for (const [id, item] of next) {
      if (old.get(id) === item) continue;
      this.enter(item);
      dirty.push(item);
    }
    if (next.size === 0) this.groups.delete(group);
    else this.groups.set(group, next);
    return dirty;
  }

  private enter(item: Item): void {
    this.grid.insert(item);
    if (item.ref === "") return;
    const known = this.byRef.get(item.ref);
    if (known === undefined) this.byRef.set(item.ref, new Set([item]));
    else known.add(item);
  }

  private leave(item: Item): void {
    this.grid.remove(item);
    const known = this.byRef.get(item.ref);
    known?.delete(item);
    if (known?.size === 0) this.byRef.delete(item.ref);
  }

  /** Returns the drawn items of a namespace, link or edge. */
  itemsOf(ref: string): readonly Item[] {
    return [...(this.byRef.get(ref) ?? [])];
  }

  /** Returns the drawn item that a click at a point of the map selects, within a tolerance in pixels. */
  at(point: Point, tolerance: number): Item | null {
    return this.grid.at(point, tolerance);
  }

  *items(): Iterable<Item> {
    for (const group of this.groups.values()) yield* group.values();
  }

  /** The rectangle around everything on the map. */
  get bounds(): Box {
    let [left, top, right, bottom] = [0, 0, 0, 0];
    for (const item of this.items()) {
      left = Math.min(left, item.x);
      top = Math.min(top, item.y);
      right = Math.max(right, item.x + item.w);
      bottom = Math.max(bottom, item.y + item.h);
    }
    return { x: left, y: top, w: right - left, h: bottom - top };
  }
}

function split(group: string): readonly [string, string] {
  const at = group.indexOf(":");
  return [group.slice(0, at), group.slice(at + 1)];
}

function groupsOf(layout: Layout, ns: string): string[] {
  const home = layout.home(ns);
  const out = layout.regions.has(ns) ? [`region:${ns}`] : [];
  if (home === null) return out;
  out.push(home.block.kind === "rack" ? `rack:${home.block.bridge}` : `region:${home.region.ns}`);
  return out;
}

function itemsOfGroup(store: Store, layout: Layout, group: string): readonly Figure[] {
  const [kind, id] = split(group);
  if (kind === "rack") return rackItems(store, layout, id);
  const region = layout.regions.get(id);
  return region === undefined ? [] : regionItems(store, layout, region);
}

function regionItems(store: Store, layout: Layout, region: Region): readonly Figure[] {
  return drawRegion(store, layout, region, originOf(layout, region));
}

function rackItems(store: Store, layout: Layout, key: string): readonly Figure[] {
  return (layout.racks.get(key) ?? []).flatMap((placed) => drawRack(store, placed, rackCorner(layout, placed)));
}

function sameItem(a: Item, b: Item): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
