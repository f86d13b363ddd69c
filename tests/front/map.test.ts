import { describe, expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { edgeId, edgesOf } from "../../static/model/graph";
import { Store } from "../../static/model/store";
import type { Item, Point } from "../../static/scene/items";
import { Scene } from "../../static/scene/scene";
import { fleet, sample, wild, World } from "./world";

function picture(world: World): { store: Store; layout: Layout; scene: Scene } {
  const store = new Store();
  store.replace(world.entities);
  const layout = new Layout(store);
  return { store, layout, scene: new Scene(store, layout) };
}

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

function solid(items: readonly Item[]): Item[] {
  return items.filter((item) => item.type === "card" || item.type === "bar");
}

/** Whether a line of a wire crosses the inside of a rectangle. */
function crosses(from: Point, to: Point, box: Item): boolean {
  const inset = 1;
  return (
    Math.max(from.x, to.x) > box.x + inset &&
    Math.min(from.x, to.x) < box.x + box.w - inset &&
    Math.max(from.y, to.y) > box.y + inset &&
    Math.min(from.y, to.y) < box.y + box.h - inset
  );
}

function lines(path: readonly Point[]): (readonly [Point, Point])[] {
  return path.flatMap((from, at) => {
    const to = path[at + 1];
    return to === undefined ? [] : [[from, to] as const];
  });
}

/** Whether one end of a wire is above the upper border of a card, where the links of the card are drawn. */
function endsAt(path: readonly Point[], card: Item): boolean {
  return [path[0], path.at(-1)].some(
    (end) => end !== undefined && end.x >= card.x - 2 && end.x <= card.x + card.w + 2 && Math.abs(card.y - end.y) <= 52,
  );
}

/** Returns the distance between a line of a wire and a rectangle. */
function apart(from: Point, to: Point, box: Item): number {
  const x = Math.max(box.x - Math.max(from.x, to.x), Math.min(from.x, to.x) - box.x - box.w, 0);
  const y = Math.max(box.y - Math.max(from.y, to.y), Math.min(from.y, to.y) - box.y - box.h, 0);
  return Math.hypot(x, y);
}

describe("on any topology", () => {
  test("on any topology, no wire crosses a card, a bar or a title", () => {
    for (const seed of SEEDS) {
      const items = [...picture(wild(seed)).scene.items()];
      const boxes = [...solid(items), ...items.filter((item) => item.type === "region").map(title)];
      for (const wire of items) {
        if (wire.type !== "wire" || wire.part === "unseen") continue;
        for (const [at, from] of wire.path.entries()) {
          const to = wire.path[at + 1];
          const hit = to === undefined ? undefined : boxes.find((box) => crosses(from, to, box));
          expect(hit, `seed ${seed}: ${wire.id} crosses ${hit?.id ?? ""}`).toBeUndefined();
        }
      }
    }
  });

  test("at 35 % and more, a wire keeps 8 px from every card that it passes", () => {
    for (const seed of SEEDS) {
      const items = [...picture(wild(seed)).scene.items()];
      const cards = items.filter((item) => item.type === "card");
      for (const wire of items) {
        if (wire.type !== "wire" || !wire.id.startsWith("wire:")) continue;
        for (const card of cards.filter((card) => !endsAt(wire.path, card))) {
          const distance = Math.min(...lines(wire.path).map(([from, to]) => apart(from, to, card)));
          expect(distance * 0.35, `seed ${seed}: ${wire.id} and ${card.id}`).toBeGreaterThanOrEqual(8);
        }
      }
    }
  });

  test("a wire passes a title at its other side if the margin beside it is narrow", () => {
    const world = new World();
    const eth0 = world.link("1", "eth0", "physical");
    const bridge = world.link("1", "br0", "bridge");
    world.link("1", "vx42", "vxlan", { master: bridge.ifindex, lower: { ns: "1", ifindex: eth0.ifindex } });
    for (const name of ["one", "two"]) world.ns(name);
    const items = [...picture(world).scene.items()];
    const wires = items.filter((item) => item.type === "wire" && item.id.startsWith("wire:port:"));
    expect(wires).toHaveLength(1);
    for (const wire of wires)
      for (const [from, to] of wire.type === "wire" ? lines(wire.path) : [])
        if (Math.min(from.y, to.y) < 100 && Math.max(from.y, to.y) > 100) expect(from.x).toBeGreaterThan(408 + 23);
  });

  test("no card overlaps another card or a bar", () => {
    for (const seed of SEEDS) {
      const boxes = solid([...picture(wild(seed)).scene.items()]);
      for (const [at, a] of boxes.entries()) {
        for (const b of boxes.slice(at + 1)) {
          const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
          expect(apart, `seed ${seed}: ${a.id} and ${b.id}`).toBe(true);
        }
      }
    }
  });

  test("every wire is orthogonal", () => {
    for (const seed of SEEDS) {
      for (const item of picture(wild(seed)).scene.items()) {
        if (item.type !== "wire") continue;
        for (const [at, from] of item.path.entries()) {
          const to = item.path[at + 1];
          expect(to === undefined || from.x === to.x || from.y === to.y, `seed ${seed}: ${item.id}`).toBe(true);
        }
      }
    }
  });

  test("every namespace has a card or an area of its own, and every edge has an item", () => {
    for (const seed of SEEDS) {
      const { store, scene } = picture(wild(seed));
      for (const { id } of store.namespaces()) {
        expect(scene.itemsOf(`ns/${id}`).length, `seed ${seed}: namespace ${id}`).toBeGreaterThan(0);
        for (const link of store.links(id)) {
          for (const edge of edgesOf(store, link)) {
            const found = scene.itemsOf(edgeId(edge));
            expect(found.length, `seed ${seed}: ${edgeId(edge)}`).toBeGreaterThan(0);
          }
        }
      }
    }
  });
});

/** Returns points of the map at which a person would point to select a namespace, link or edge. */
function aims(item: Item): Point[] {
  if (item.type !== "wire") return [{ x: item.x + item.w / 2, y: item.y + item.h / 2 }];
  return item.hit.flatMap((from, at) => {
    const to = item.hit[at + 1];
    if (to === undefined) return [];
    return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => ({
      x: from.x + (to.x - from.x) * part,
      y: from.y + (to.y - from.y) * part,
    }));
  });
}

test("every edge can be selected somewhere on the map", () => {
  for (const seed of SEEDS) {
    const { store, scene } = picture(wild(seed));
    for (const { id } of store.namespaces()) {
      for (const ref of store.links(id).flatMap((link) => edgesOf(store, link).map(edgeId))) {
        const met = scene.itemsOf(ref).some((item) => aims(item).some((point) => scene.at(point, 6)?.ref === ref));
        expect(met, `seed ${seed}: ${ref}`).toBe(true);
      }
    }
  }
});

function title(region: Item): Item {
  return { ...region, x: region.x + 24, y: region.y + 44, w: 180, h: 30 };
}

test("the sample host has two drawn bridges, one gateway, and no label instead of a wire", () => {
  const { layout, scene } = picture(sample());
  const items = [...scene.items()];
  expect(layout.racks.size).toBe(2);
  expect(items.filter((item) => item.type === "label")).toEqual([]);
  expect(items.filter((item) => item.type === "plate").length).toBe(1);
});

test("500 namespaces on ten bridges need no label instead of a wire, and one drawing for each bridge", () => {
  const { layout, scene } = picture(fleet(10, 50));
  expect([...scene.items()].filter((item) => item.type === "label")).toEqual([]);
  expect([...layout.racks.values()].every((racks) => racks.length === 1)).toBe(true);
});

test("an upper link has a wire to its lower link that is drawn above a card", () => {
  const world = new World();
  const [lab, outside] = [world.ns("lab"), world.ns("outside")];
  const [uplink] = world.pair("1", "eth0", outside, "eth0");
  const vxlan = world.link(lab, "vxlan100", "vxlan", { lower: { ns: uplink.ns, ifindex: uplink.ifindex } });
  const drawn = [...picture(world).scene.items()].filter(
    (item) => item.type === "wire" && item.ref.startsWith("lower:") && item.path.length > 1,
  );
  expect(drawn.map((item) => item.ref)).toEqual([
    edgeId({ kind: "lower", a: `link/${vxlan.ns}/${vxlan.ifindex}`, b: `link/${uplink.ns}/${uplink.ifindex}` }),
  ]);
});
