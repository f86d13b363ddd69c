import type { Store } from "../model/store";
import { linkKey, nsKey } from "../wire/key";
import { attachments, bridges, isLoosePort, portMember } from "./attach";
import { putCard, putCardOn } from "./cards";
import { firstChips } from "./chips";
import {
  BAND,
  CARD_W,
  GAP,
  GUTTER_PLAIN,
  GUTTER_WIRED,
  HEAD,
  LARGE,
  PAD,
  rackColumns,
  rackHeight,
  rackWidth,
} from "./measures";
import type { Belonging } from "./order";
import {
  addShelf,
  type BoxBlock,
  cardShelfHeight,
  measure,
  nearestFree,
  newRack,
  newRegion,
  type RackBlock,
  type Region,
  type Shelf,
} from "./placement";
import type { Places } from "./places";

/**
 * The namespaces and ports to which positions are given when the inside of one namespace is laid out for the first
 * time.
 */
interface Load {
  readonly region: Region;
  readonly members: readonly Belonging[];
  readonly limit: number;
  readonly large: boolean;
}

interface RackPlan {
  readonly key: string;
  readonly columns: number;
  readonly members: readonly string[];
  /**
   * Whether to leave room for wires beside the bridge, because a namespace that is not drawn below the bridge is
   * attached to it.
   */
  wired: boolean;
}

/**
 * Lays out what is drawn inside one namespace, from top to bottom: its bridges in rows, below each row the namespaces
 * that are attached to several bridges, then namespaces that have bridges of their own, then all other namespaces.
 * Inside the host namespace, a few namespaces may be drawn beside the title.
 */
export function layOut(places: Places, store: Store, ns: string, members: readonly Belonging[]): Region {
  const ground = ns === places.ground;
  const region = newRegion(ns, ground);
  places.regions.set(ns, region);
  const plans = rackPlans(store, ns, members);
  const boxes = members.filter((m) => m.role === "box");
  const load = {
    region,
    members,
    limit: widthLimit(places, ground, plans, boxes, members),
    large: members.length > LARGE,
  };
  if (ground) headCards(places, store, load);
  rackShelves(places, store, load, plans);
  boxShelves(places, load, boxes);
  for (const { ns: id, role } of members) {
    if ((role === "free" || role === "multi") && !places.hasHome(id))
      putCard(places, store, region, id, role, load.limit);
  }
  firstChips(store, places, region);
  return region;
}

function rackPlans(store: Store, ns: string, members: readonly Belonging[]): RackPlan[] {
  const held = new Map<string, string[]>();
  for (const m of members) if (m.role === "rack") held.set(m.bridge, [...(held.get(m.bridge) ?? []), m.ns]);
  const shared = sharing(store, members);
  const plans = bridges(store, ns).map((bridge) => {
    const key = linkKey(bridge);
    const loose = store.members(bridge).filter((port) => isLoosePort(store, port));
    const all = [...(held.get(key) ?? []).map((id) => nsKey(id)), ...loose.map(portMember)];
    return { key, columns: rackColumns(all.length), members: all, wired: shared.has(key) };
  });
  return neighbourly(plans, shared);
}

/** Returns for each bridge, by key, the keys of the other bridges that have an attached namespace in common with it. */
function sharing(store: Store, members: readonly Belonging[]): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>();
  for (const m of members) {
    if (m.role !== "multi" && m.role !== "box") continue;
    const keys = attachments(store, m.ns).flatMap((a) => (a.how === "segment" ? [linkKey(a.far)] : []));
    for (const key of keys) {
      const known = out.get(key) ?? new Set<string>();
      out.set(key, known);
      for (const other of keys) if (other !== key) known.add(other);
    }
  }
  return out;
}

/**
 * Sorts the bridges so that, if possible, two bridges to which the same namespace is attached are drawn side by side.
 */
function neighbourly(plans: readonly RackPlan[], shared: ReadonlyMap<string, Set<string>>): RackPlan[] {
  const left = [...plans];
  const out: RackPlan[] = [];
  while (left.length > 0) {
    const last = out.at(-1);
    const near = last === undefined ? undefined : shared.get(last.key);
    const at = Math.max(0, near === undefined ? 0 : left.findIndex((plan) => near.has(plan.key)));
    out.push(...left.splice(at, 1));
  }
  return out;
}

function widthLimit(
  places: Places,
  ground: boolean,
  plans: readonly RackPlan[],
  boxes: readonly Belonging[],
  members: readonly Belonging[],
): number {
  let area = 0;
  let widest = ground ? 744 - PAD : 0;
  const count = (w: number, h: number): void => {
    area += (w + GUTTER_WIRED) * (h + BAND.cards);
    widest = Math.max(widest, w + PAD);
  };
  for (const plan of plans) count(rackWidth(plan.columns), rackHeight(rowsOf(plan)));
  for (const box of boxes) {
    const inner = places.regions.get(box.ns);
    if (inner !== undefined) count(inner.w, inner.h);
  }
  for (const m of members) if (m.role === "free" || m.role === "multi") count(CARD_W - 48, cardShelfHeight(true));
  return Math.max(widest, Math.sqrt(area * 1.55));
}

function rowsOf(plan: RackPlan): number {
  return Math.max(1, Math.ceil(plan.members.length / plan.columns));
}

function headCards(places: Places, store: Store, load: Load): void {
  const head = load.region.shelves[0];
  const free = load.members.filter((m) => m.role === "free");
  const room = Math.floor((load.limit - HEAD.width + PAD) / (CARD_W + PAD));
  if (head === undefined || free.length > Math.max(2, room)) return;
  for (const m of free) putCardOn(places, store, load.region, head, m.ns, "free", HEAD.width, Infinity);
}

function rackShelves(places: Places, store: Store, load: Load, plans: readonly RackPlan[]): void {
  let at = 0;
  while (at < plans.length) {
    const row = fill(plans.slice(at), load.limit);
    at += row.length;
    const blocks = row.map((plan) => newRack(plan.key, 0, plan.columns, rowsOf(plan)));
    const height = Math.max(
      ...row.map((plan) => rackHeight(Math.max(1, Math.ceil((plan.members.length + 1) / plan.columns)))),
    );
    const band = load.large ? BAND.large : BAND.racks;
    const shelf = addShelf(load.region, "racks", height, band);
    setRow(places, load.region, shelf, row, blocks);
    multiCards(places, store, load, shelf);
  }
}

function gutterBefore(plan: RackPlan, previous: RackPlan | undefined): number {
  return plan.wired || previous?.wired === true ? GUTTER_WIRED : GUTTER_PLAIN;
}

/**
 * Each plan in the list `plans` describes the drawing of one bridge. Returns as many plans from the beginning of the
 * list as fit side by side into one row of the map.
 */
function fill(plans: readonly RackPlan[], limit: number): RackPlan[] {
  const row: RackPlan[] = [];
  let x = PAD;
  for (const plan of plans) {
    const gutter = row.length === 0 ? 0 : gutterBefore(plan, row.at(-1));
    if (row.length > 0 && x + gutter + rackWidth(plan.columns) > limit) break;
    x += gutter + rackWidth(plan.columns);
    row.push(plan);
  }
  return row;
}

function setRow(
  places: Places,
  region: Region,
  shelf: Shelf,
  row: readonly RackPlan[],
  blocks: readonly RackBlock[],
): void {
  let x = PAD;
  for (const [at, block] of blocks.entries()) {
    const plan = row[at];
    if (plan === undefined) continue;
    x += at === 0 ? 0 : gutterBefore(plan, row[at - 1]);
    block.x = x;
    x += block.w;
    shelf.blocks.push(block);
    places.addRack(region, shelf, block);
    for (const [slot, member] of plan.members.entries()) places.hold(region, shelf, block, slot, member);
  }
  measure(region);
}

/**
 * Adds the namespaces that are attached to several bridges. Such a namespace is drawn below the lowest row with one of
 * its bridges, so it is added as soon as all its bridges have a position.
 */
function multiCards(places: Places, store: Store, load: Load, shelf: Shelf): void {
  const here = new Set(shelf.blocks.flatMap((block) => (block.kind === "rack" ? [block.bridge] : [])));
  const placed = (key: string): boolean => places.racks.has(key);
  for (const m of load.members) {
    if (m.role !== "multi") continue;
    const keys = attachments(store, m.ns).flatMap((a) => (a.how === "segment" ? [linkKey(a.far)] : []));
    const inRegion = keys.filter((key) => bridgesOf(load.region, store).has(key));
    if (inRegion.some((key) => here.has(key)) && inRegion.every(placed)) {
      putCard(places, store, load.region, m.ns, "multi", load.limit);
    }
  }
}

function bridgesOf(region: Region, store: Store): Set<string> {
  return new Set(bridges(store, region.ns).map(linkKey));
}

function boxShelves(places: Places, load: Load, boxes: readonly Belonging[]): void {
  let shelf: Shelf | null = null;
  let x = PAD;
  for (const box of boxes) {
    const inner = places.regions.get(box.ns);
    if (inner === undefined) continue;
    if (shelf === null || (x > PAD && x + inner.w > load.limit)) {
      shelf = addShelf(load.region, "boxes", 0, BAND.cards);
      x = PAD;
    }
    const block: BoxBlock = { kind: "box", member: nsKey(box.ns), x, w: inner.w, h: inner.h };
    const free = nearestFree(shelf, x, block.w, GAP, Infinity);
    block.x = free ?? x;
    places.addBox(load.region, shelf, block, box.ns);
    x = block.x + block.w + GUTTER_PLAIN;
  }
}
