import { nsKey } from "../wire/key";
import type { Regions } from "./order";
import {
  type BoxBlock,
  type CardBlock,
  type Home,
  measure,
  type PlacedRack,
  type RackBlock,
  type Region,
  type Role,
  type Shelf,
} from "./placement";

/**
 * The time during which a new namespace may still be moved on the map, in milliseconds. Its links are often created and
 * attached only after the namespace itself.
 */
export const SETTLE_MS = 3_000;

/**
 * Holds the positions of namespaces, bridges and ports on the map. Most ports have no position of their own, because
 * the map shows the namespace at their other end. A port without such a namespace is drawn alone below its bridge, at
 * its own position.
 */
export class Places implements Regions {
  readonly regions = new Map<string, Region>();
  readonly racks = new Map<string, PlacedRack[]>();
  protected readonly homes = new Map<string, Home>();
  protected readonly parents = new Map<string, string>();
  /**
   * The time of the change that is being drawn, in milliseconds of the clock that the caller uses. The first layout has
   * a time so long ago that all its positions are permanent.
   */
  protected now = -SETTLE_MS;

  /** Starts without any positions. `ground` is the id of the host namespace. */
  constructor(readonly ground: string) {}

  isRegion(ns: string): boolean {
    return this.regions.has(ns);
  }

  parentOf(ns: string): string | null {
    return this.parents.get(ns) ?? null;
  }

  home(ns: string): Home | null {
    return this.homes.get(nsKey(ns)) ?? null;
  }

  hasHome(ns: string): boolean {
    return this.homes.has(nsKey(ns));
  }

  homeOf(member: string): Home | null {
    return this.homes.get(member) ?? null;
  }

  /**
   * Adds the drawing of a namespace to a row. While the namespace is not attached to anything, its position is not
   * permanent.
   */
  addCard(region: Region, shelf: Shelf, block: CardBlock, ns: string, role: Role, settled: boolean): void {
    shelf.blocks.push(block);
    this.homes.set(nsKey(ns), { region, shelf, block, slot: 0, role, since: settled ? this.now : null });
    measure(region);
  }

  addBox(region: Region, shelf: Shelf, block: BoxBlock, ns: string): void {
    shelf.blocks.push(block);
    shelf.h = Math.max(shelf.h, block.h);
    this.homes.set(nsKey(ns), { region, shelf, block, slot: 0, role: "box", since: this.now });
    measure(region);
  }

  addRack(region: Region, shelf: Shelf, block: RackBlock): void {
    const known = this.racks.get(block.bridge) ?? [];
    this.racks.set(block.bridge, known);
    known.push({ region, shelf, block });
  }

  hold(region: Region, shelf: Shelf, block: RackBlock, slot: number, member: string): void {
    block.slots[slot] = member;
    this.homes.set(member, { region, shelf, block, slot, role: "rack", since: this.now });
  }
}
