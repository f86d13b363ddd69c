import { isBar } from "../model/kinds";
import type { Changes, Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import type { Link } from "../wire/schema";
import { attachments, bridges, isContainer, isLoosePort, portMember } from "./attach";
import { axis, cardWidth } from "./cards";
import { nextChips } from "./chips";
import { layOut } from "./cold";
import { look } from "./touched";
import { BAND, CARD_H, GAP, GUTTER_PLAIN, GUTTER_WIRED, PAD, rackColumns, rackHeight } from "./measures";
import { type Belonging, belonging, placingOrder, type Regions } from "./order";
import {
  addShelf,
  type BoxBlock,
  type CardBlock,
  cardShelfHeight,
  type Home,
  measure,
  nearestFree,
  newRack,
  type RackBlock,
  type Region,
  type Role,
  type Shelf,
} from "./placement";

/** How long after it was first seen a namespace may still find its home, in milliseconds: they are born in steps. */
const SETTLE_MS = 3_000;

export interface PlacedRack {
  readonly region: Region;
  readonly shelf: Shelf;
  readonly block: RackBlock;
}

/**
 * What a step touched: namespaces and bridges whose drawing is to be made anew; namespaces and links that only look
 * different, with nothing about them that comes, goes or leads elsewhere.
 */
export interface Touched {
  readonly namespaces: Set<string>;
  readonly bridges: Set<string>;
  readonly looks: Set<string>;
  readonly links: Set<string>;
}

function untouched(): Touched {
  return { namespaces: new Set(), bridges: new Set(), looks: new Set(), links: new Set() };
}

/**
 * The places of everything on the map. It is laid out once and then only added to: `place` gives new things the next
 * free place and takes nothing that stands from its own.
 */
export class Layout implements Regions {
  readonly ground: string;
  readonly regions = new Map<string, Region>();
  readonly racks = new Map<string, PlacedRack[]>();
  private readonly homes = new Map<string, Home>();
  private readonly parents = new Map<string, string>();
  private now = -SETTLE_MS;

  constructor(store: Store) {
    this.ground = store.ground?.id ?? "";
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
    // The innermost first: a container has to know its size before it gets a place.
    for (const ns of [...order].reverse()) {
      const inside = members.get(ns);
      if (inside !== undefined) layOut(this, store, ns, inside);
    }
    layOut(this, store, this.ground, members.get(this.ground) ?? []);
  }

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

  /** Gives what is new a place and frees that of what is gone. `now` is any clock in milliseconds. */
  place(store: Store, changes: Changes, now: number): Touched {
    this.now = now;
    const touched = untouched();
    for (const entity of [...changes.removed, ...changes.added]) this.touch(store, entity, touched);
    for (const { old, now: next } of changes.changed) {
      if (look(old, next, touched)) continue;
      this.touch(store, old, touched);
      this.touch(store, next, touched);
    }
    const order = [...touched.namespaces];
    for (const ns of order) this.settleBridges(store, ns);
    for (const ns of order) this.settle(store, ns, touched);
    for (const ns of order) {
      const region = this.regions.get(ns);
      if (region === undefined) continue;
      this.settleBridges(store, ns);
      nextChips(store, this, region);
      this.growOutward(region);
    }
    return touched;
  }

  private touch(store: Store, entity: Changes["added"][number], touched: Touched): void {
    if (entity.t === "tunnel_pair") {
      for (const ns of [entity.ns, entity.far_ns]) this.touchDrawing(ns, touched);
      return;
    }
    if (entity.t !== "link" && entity.t !== "ns") {
      look(entity, entity, touched);
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
    // A port that turns up or goes changes where its far end belongs.
    for (const upper of store.uppers(entity)) touched.namespaces.add(upper.ns);
  }

  /** What a namespace is drawn in is drawn anew, and stays where it is. */
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

  /** A home is for good, but for one that was found before the namespace had its links, or became a container. */
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
    } else this.putCard(store, region, wanted.ns, wanted.role, region.w - PAD);
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

  // -- racks

  addRack(region: Region, shelf: Shelf, block: RackBlock): void {
    const known = this.racks.get(block.bridge) ?? [];
    this.racks.set(block.bridge, known);
    known.push({ region, shelf, block });
  }

  hold(region: Region, shelf: Shelf, block: RackBlock, slot: number, member: string): void {
    block.slots[slot] = member;
    this.homes.set(member, { region, shelf, block, slot, role: "rack", since: this.now });
  }

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
      // Namespaces that stood on it keep their places; the last to leave takes the rack with it.
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

  /** Gives a rack one more row where nothing stands in its way. */
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

  // -- cards and containers

  /** Finds a place for a card: below the bars it hangs on, or the next free one. */
  putCard(store: Store, region: Region, ns: string, role: Role, limit: number): void {
    const middle = role === "multi" ? axis(store, this, region, ns) : PAD;
    const direct = attachments(store, ns).some((a) => a.how === "peer");
    const needsTwins = role === "free" || direct;
    const fits = region.shelves.filter(
      (s) => (s.kind === "cards" || (s.kind === "head" && s.twins && role === "free")) && (s.twins || !needsTwins),
    );
    for (const shelf of role === "multi" ? fits.reverse() : fits) {
      if (this.putCardOn(store, region, shelf, ns, role, middle, Math.max(limit, region.w - PAD))) return;
    }
    const shelf = addShelf(region, "cards", cardShelfHeight(needsTwins), BAND.cards, needsTwins);
    this.putCardOn(store, region, shelf, ns, role, middle, Infinity);
  }

  putCardOn(
    store: Store,
    region: Region,
    shelf: Shelf,
    ns: string,
    role: Role,
    middle: number,
    limit: number,
  ): boolean {
    const w = cardWidth(store, ns, shelf.twins ? region.ns : null);
    const x = nearestFree(shelf, role === "multi" ? middle - w / 2 : PAD, w, PAD, limit);
    if (x === null) return false;
    const block: CardBlock = { kind: "card", member: nsKey(ns), x: Math.round(x), w, h: CARD_H };
    shelf.blocks.push(block);
    const settled = attachments(store, ns).length > 0;
    this.homes.set(nsKey(ns), { region, shelf, block, slot: 0, role, since: settled ? this.now : null });
    measure(region);
    return true;
  }

  addBox(region: Region, shelf: Shelf, block: BoxBlock, ns: string): void {
    shelf.blocks.push(block);
    shelf.h = Math.max(shelf.h, block.h);
    this.homes.set(nsKey(ns), { region, shelf, block, slot: 0, role: "box", since: this.now });
    measure(region);
  }

  private putBox(region: Region, inner: Region): void {
    const block: BoxBlock = { kind: "box", member: nsKey(inner.ns), x: PAD, w: inner.w, h: inner.h };
    const last = region.shelves.at(-1);
    const x = last?.kind === "boxes" ? nearestFree(last, PAD, block.w, GUTTER_PLAIN, region.w - PAD) : null;
    const shelf = x === null || last === undefined ? addShelf(region, "boxes", 0, BAND.cards) : last;
    block.x = x ?? PAD;
    this.addBox(region, shelf, block, inner.ns);
  }

  /** A region that outgrew its place in the one around it gets more room there, or else a new place below. */
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
