import { isBar } from "../model/kinds";
import type { Changes, Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { attachments, bridges, isContainer, isLoosePort, portMember } from "./attach";
import { putCard } from "./cards";
import { nextChips } from "./chips";
import { layOut } from "./first_layout";
import { BAND, CARD_SIDE, GAP, GUTTER_PLAIN, GUTTER_WIRED, PAD, rackColumns, rackHeight } from "./measures";
import { type Belonging, belonging, placingOrder, type Regions } from "./order";
import {
  addShelf,
  type BoxBlock,
  type Home,
  measure,
  nearestFree,
  newRack,
  type PlacedRack,
  type Region,
  shrink,
} from "./placement";
import { Places, SETTLE_MS } from "./places";
import { noteLook, type Touched, untouched } from "./touched";

/**
 * Holds the position of everything on the map. The first layout is computed at once. After that, `place` gives
 * everything new the next free position and moves nothing else.
 */
export class Layout extends Places {
  /** The width of the host's frame before the host changed. */
  private readonly firstWidth: number;

  constructor(store: Store) {
    super(store.ground?.id ?? "");
    const members = new Map<string, Belonging[]>([[this.ground, []]]);
    const order = placingOrder(store, this.ground);
    for (const ns of order) if (isContainer(store, ns)) members.set(ns, []);
    const regions: Regions = {
      ground: this.ground,
      isRegion: (ns) => ns === this.ground || (members.has(ns) && this.parents.has(ns)),
      parentOf: (ns) => this.parentOf(ns),
    };
    for (const ns of order) {
      const found = belonging(store, ns, regions, (a) => linkKey(a.far));
      this.parents.set(ns, found.parent);
      members.get(found.parent)?.push(found);
    }
    // The innermost namespaces come first, because the size of a namespace depends on the namespaces that are drawn
    // inside it.
    for (const ns of [...order].reverse()) {
      const inside = members.get(ns);
      if (inside !== undefined) layOut(this, store, ns, inside);
    }
    this.firstWidth = layOut(this, store, this.ground, members.get(this.ground) ?? []).w;
  }

  /**
   * Gives a position to everything new on the map, and frees the positions of what was removed. `now` is the present
   * time in milliseconds. Any clock can be used, if all calls use the same one.
   */
  place(store: Store, changes: Changes, now: number): Touched {
    this.now = now;
    const touched = untouched();
    for (const entity of [...changes.removed, ...changes.added]) this.touch(store, entity, touched);
    for (const { old, now: next } of changes.changed) {
      if (noteLook(old, next, touched)) continue;
      this.touch(store, old, touched);
      this.touch(store, next, touched);
    }
    const order = this.settlingOrder(store, touched);
    for (const ns of order) this.settleBridges(store, ns);
    for (const ns of order) this.settle(store, ns, touched);
    for (const ns of order) {
      const region = this.regions.get(ns);
      if (region === undefined) continue;
      this.settleBridges(store, ns);
      nextChips(store, this, region);
      // The frame of the host gets its first width back when the links that made it wider are gone.
      if (ns === this.ground) shrink(region, this.firstWidth);
      this.growOutward(region);
    }
    return touched;
  }

  /**
   * Returns the touched namespaces. If several of them are new, they are in the order of a first layout: a namespace
   * comes before those that are drawn inside it.
   */
  private settlingOrder(store: Store, touched: Touched): readonly string[] {
    const all = [...touched.namespaces];
    if (all.filter((ns) => ns !== this.ground && this.home(ns) === null).length < 2) return all;
    const rank = new Map(placingOrder(store, this.ground).map((ns, at) => [ns, at]));
    return all.sort((a, b) => (rank.get(a) ?? -1) - (rank.get(b) ?? -1));
  }

  private touch(store: Store, entity: Changes["added"][number], touched: Touched): void {
    if (entity.t === "tunnel_pair") {
      for (const ns of [entity.ns, entity.far_ns]) this.touchDrawing(ns, touched);
      return;
    }
    if (entity.t !== "link" && entity.t !== "ns") {
      noteLook(entity, entity, touched);
      return;
    }
    touched.namespaces.add(entity.t === "ns" ? entity.id : entity.ns);
    if (entity.t !== "link") return;
    if (isBar(entity.kind)) touched.bridges.add(linkKey(entity));
    if (entity.master !== null) touched.bridges.add(linkKey({ ns: entity.ns, ifindex: entity.master }));
    for (const ref of [entity.peer, entity.lower]) {
      if (ref === null || ref.ns === "") continue;
      touched.namespaces.add(ref.ns);
      const far = store.link(ref);
      if (far !== null && far.master !== null) touched.bridges.add(linkKey({ ns: far.ns, ifindex: far.master }));
    }
    this.settleLoose(store, entity);
    // If this link was added or removed, the namespaces of links that are stacked on it (such as a macvlan) may have to
    // be drawn somewhere else on the map.
    for (const upper of store.uppers(entity)) touched.namespaces.add(upper.ns);
  }

  /** Marks a namespace for redrawing at its present position, together with the namespace inside which it is drawn. */
  private touchDrawing(ns: string, touched: Touched): void {
    touched.namespaces.add(ns);
    const home = this.home(ns);
    if (home === null) return;
    touched.namespaces.add(home.region.ns);
    if (home.block.kind === "rack") touched.bridges.add(home.block.bridge);
  }

  private settle(store: Store, ns: string, touched: Touched): void {
    if (ns === this.ground) return;
    const home = this.home(ns);
    if (store.namespace(ns) === null) {
      if (home !== null) this.vacate(nsKey(ns), touched);
      this.parents.delete(ns);
      this.regions.delete(ns);
      return;
    }
    const wanted = belonging(store, ns, this, (a) => linkKey(a.far));
    if (home !== null && !this.mayMove(home, wanted)) {
      if (home.since === null && attachments(store, ns).length > 0)
        this.homes.set(nsKey(ns), { ...home, since: this.now });
      return;
    }
    if (home !== null) this.vacate(nsKey(ns), touched);
    this.put(store, wanted, touched);
  }

  /**
   * Whether a namespace may get another position on the map. A position becomes permanent `SETTLE_MS` after it was set,
   * with two exceptions. A namespace that was attached to nothing when it got its position may move later. A namespace
   * that got its first bridge moves once, because it is now drawn as a larger box with other namespaces inside.
   */
  private mayMove(home: Home, wanted: Belonging): boolean {
    if (home.role === "box") return false;
    if (wanted.role === "box") return true;
    if (home.since !== null && this.now - home.since >= SETTLE_MS) return false;
    const rack = home.block.kind === "rack" ? home.block.bridge : "";
    return wanted.role !== home.role || wanted.bridge !== rack || wanted.parent !== home.region.ns;
  }

  private put(store: Store, wanted: Belonging, touched: Touched): void {
    this.parents.set(wanted.ns, wanted.parent);
    const region = this.regions.get(wanted.parent) ?? this.regions.get(this.ground);
    if (region === undefined) return;
    touched.namespaces.add(region.ns);
    if (wanted.role === "rack") {
      touched.bridges.add(wanted.bridge);
      this.takeSlot(region, wanted.bridge, nsKey(wanted.ns));
    } else if (wanted.role === "box") {
      const inner = layOut(this, store, wanted.ns, []);
      this.putBox(region, inner);
    } else putCard(this, store, region, wanted.ns, wanted.role, region.w - CARD_SIDE);
    this.growOutward(region);
  }

  private vacate(member: string, touched: Touched): void {
    const home = this.homes.get(member);
    if (home === undefined) return;
    this.homes.delete(member);
    touched.namespaces.add(home.region.ns);
    if (home.block.kind === "rack") {
      home.block.slots[home.slot] = null;
      touched.bridges.add(home.block.bridge);
    } else home.shelf.blocks.splice(home.shelf.blocks.indexOf(home.block), 1);
  }

  // -- racks: a rack is the drawing of a bridge with the namespaces and ports attached to it

  private settleBridges(store: Store, ns: string): void {
    const region = this.regions.get(ns);
    if (region === undefined) return;
    const standing = new Set(bridges(store, ns).map(linkKey));
    for (const bridge of bridges(store, ns)) {
      if (!this.racks.has(linkKey(bridge)))
        this.newRackFor(region, linkKey(bridge), rackColumns(store.members(bridge).length));
    }
    for (const [key, placed] of this.racks) {
      if (placed[0]?.region !== region || standing.has(key)) continue;
      // The namespaces below the bridge keep their positions. The rack (the drawing of the bridge) is removed when no
      // namespace is left below it.
      if (placed.every(({ block }) => block.slots.every((member) => member === null))) this.dropRack(key);
    }
  }

  private dropRack(key: string): void {
    for (const { shelf, block } of this.racks.get(key) ?? []) shelf.blocks.splice(shelf.blocks.indexOf(block), 1);
    this.racks.delete(key);
  }

  private newRackFor(region: Region, key: string, columns: number): PlacedRack {
    const block = newRack(key, this.racks.get(key)?.length ?? 0, columns, 1);
    const limit = Math.max(region.w - PAD, PAD + block.w);
    let shelf = region.shelves.findLast((s) => s.kind === "racks" && s.h >= block.h);
    let x = shelf === undefined ? null : nearestFree(shelf, PAD, block.w, GUTTER_WIRED, limit);
    if (shelf === undefined || x === null) {
      shelf = addShelf(region, "racks", block.h, BAND.racks);
      x = PAD;
    }
    block.x = x;
    shelf.blocks.push(block);
    this.addRack(region, shelf, block);
    measure(region);
    this.growOutward(region);
    return { region, shelf, block };
  }

  private takeSlot(region: Region, bridge: string, member: string): void {
    const placed = this.racks.get(bridge) ?? [];
    const rack = placed.find(({ block }) => block.slots.includes(null)) ?? placed.find((found) => this.lengthen(found));
    const { shelf, block } = rack ?? this.newRackFor(region, bridge, placed[0]?.block.columns ?? 2);
    this.hold(region, shelf, block, block.slots.indexOf(null), member);
  }

  /**
   * Adds a row for namespaces and ports to the drawing of a bridge. Returns false if drawings of other bridges below
   * leave no room for the row.
   */
  private lengthen({ region, shelf, block }: PlacedRack): boolean {
    const height = rackHeight(block.rows + 1);
    if (height > shelf.h) {
      if (shelf !== region.shelves.at(-1)) return false;
      shelf.h = height;
    }
    block.rows += 1;
    block.h = height;
    block.slots.push(...Array<null>(block.columns).fill(null));
    measure(region);
    this.growOutward(region);
    return true;
  }

  private settleLoose(store: Store, link: Link): void {
    const member = portMember(link);
    const now = store.link(link);
    const master = now === null ? null : store.master(now);
    const wanted =
      now !== null && master !== null && isBar(master.kind) && isLoosePort(store, now) ? linkKey(master) : null;
    const home = this.homes.get(member);
    if (home?.block.kind === "rack" && home.block.bridge === wanted) return;
    if (home !== undefined) this.vacate(member, untouched());
    const region = this.regions.get(link.ns);
    if (wanted !== null && region !== undefined) {
      this.settleBridges(store, link.ns);
      this.takeSlot(region, wanted, member);
    }
  }

  // -- functions that give a position to namespaces in which other namespaces are drawn

  private putBox(region: Region, inner: Region): void {
    const block: BoxBlock = { kind: "box", member: nsKey(inner.ns), x: PAD, w: inner.w, h: inner.h };
    const last = region.shelves.at(-1);
    const x = last?.kind === "boxes" ? nearestFree(last, PAD, block.w, GUTTER_PLAIN, region.w - PAD) : null;
    const shelf = x === null || last === undefined ? addShelf(region, "boxes", 0, BAND.cards) : last;
    block.x = x ?? PAD;
    this.addBox(region, shelf, block, inner.ns);
  }

  /**
   * Gives a namespace that is drawn inside another one the size that its content now needs. The namespace keeps its
   * position if the new size fits there; otherwise it moves to the last row of the outer namespace.
   */
  private growOutward(region: Region): void {
    const home = this.home(region.ns);
    if (home?.block.kind !== "box" || (home.block.w >= region.w && home.block.h >= region.h)) return;
    const { shelf, block } = home;
    const others = { ...shelf, blocks: shelf.blocks.filter((other) => other !== block) };
    const last = shelf === home.region.shelves.at(-1);
    const stays = nearestFree(others, block.x, region.w, GAP, Infinity) === block.x && (region.h <= shelf.h || last);
    if (stays) {
      block.w = region.w;
      block.h = region.h;
      shelf.h = Math.max(shelf.h, region.h);
      measure(home.region);
    } else {
      shelf.blocks.splice(shelf.blocks.indexOf(block), 1);
      this.putBox(home.region, region);
    }
    this.growOutward(home.region);
  }
}
