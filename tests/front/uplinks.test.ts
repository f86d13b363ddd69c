import { describe, expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import type { Item } from "../../static/scene/items";
import { Scene } from "../../static/scene/scene";
import { Tree } from "../../static/shell/tree";
import { linkKey } from "../../static/wire/key";
import type { Link, Route } from "../../static/wire/schema";
import { defaultRoute, World } from "./world";

/** A host whose only way out is a veth to another namespace, as in the practice network. */
class Inner {
  readonly world = new World();
  readonly outside = this.world.ns("outside");
  readonly uplink: Link;
  readonly far: Link;
  readonly store = new Store();

  constructor() {
    [this.uplink, this.far] = this.world.pair("1", "up0", this.outside, "eth0");
    this.world.address("1", this.uplink.ifindex, "192.0.2.2", 24);
  }

  drawn(...more: readonly Route[]): { layout: Layout; scene: Scene } {
    this.store.replace([...this.world.entities, ...more]);
    const layout = new Layout(this.store);
    return { layout, scene: new Scene(this.store, layout) };
  }
}

function itemOf(scene: Scene, ref: string, type: Item["type"]): Item | undefined {
  return scene.itemsOf(ref).find((item) => item.type === type);
}

function plates(scene: Scene): string[] {
  return [...scene.items()].flatMap((item) => (item.type === "plate" ? [item.text] : []));
}

function outline(store: Store, layout: Layout): string[] {
  return new Tree(store, layout).rows(() => true).map(({ depth, name }) => `${"  ".repeat(depth)}${name}`);
}

describe("a veth that carries the default route of the host", () => {
  test.each(["192.0.2.1", "fd00::1"])(
    "is drawn on the border of the host, below the plate of the gateway %s",
    (via) => {
      const inner = new Inner();
      const { scene } = inner.drawn(defaultRoute(inner.uplink, via));
      const chip = itemOf(scene, linkKey(inner.uplink), "chip");
      expect([chip?.y, chip?.h]).toEqual([-10, 20]);
      expect(plates(scene)).toEqual([via]);
    },
  );

  test("has a wire to its peer on the card of the other namespace", () => {
    const inner = new Inner();
    const { scene } = inner.drawn(defaultRoute(inner.uplink, "192.0.2.1"));
    const [upper, lower] = [inner.uplink, inner.far].map((link) => itemOf(scene, linkKey(link), "chip"));
    const wire = [...scene.items()].find((item) => item.type === "wire" && item.ref.startsWith("veth:"));
    const ends = wire?.type === "wire" ? [wire.path[0]?.y, wire.path.at(-1)?.y].sort((a = 0, b = 0) => a - b) : [];
    expect(ends).toEqual([(upper?.y ?? 0) + 20, lower?.y]);
  });

  test("stands in the outline under the host, and not under its peer", () => {
    const inner = new Inner();
    const { layout } = inner.drawn(defaultRoute(inner.uplink, "192.0.2.1"));
    expect(outline(inner.store, layout)).toEqual(["build-07", "  up0", "  lo", "outside", "  eth0", "  lo"]);
  });

  test("moves to the border when its default route is added, and back above its peer when it is removed", () => {
    const inner = new Inner();
    const { layout, scene } = inner.drawn();
    const above = itemOf(scene, linkKey(inner.uplink), "chip")?.y;
    const step = (put: readonly Route[], drop: readonly string[]): number | undefined => {
      scene.update(inner.store, layout, layout.place(inner.store, inner.store.apply(put, drop), 60_000));
      return itemOf(scene, linkKey(inner.uplink), "chip")?.y;
    };
    const route = defaultRoute(inner.uplink, "192.0.2.1");
    expect(above).toBeGreaterThan(0);
    expect(step([route], [])).toBe(-10);
    expect(plates(scene)).toEqual(["192.0.2.1"]);
    const key = [...inner.store.entities].find(([, one]) => one.t === "route")?.[0] ?? "";
    expect(step([], [key])).toBe(above);
    expect(plates(scene)).toEqual([]);
  });

  test("has the plate of its gateway instead of a cross if its peer is not visible, as in a container", () => {
    const world = new World();
    const eth0 = world.link("1", "eth0", "veth", { beyond_sight: true });
    const store = new Store();
    store.replace([...world.entities, defaultRoute(eth0, "172.17.0.1")]);
    const scene = new Scene(store, new Layout(store));
    expect(plates(scene)).toEqual(["172.17.0.1"]);
    expect([...scene.items()].filter(({ type }) => type === "stub")).toEqual([]);
    expect(scene.itemsOf(`veth:${linkKey(eth0)}:`).map(({ type }) => type)).toEqual(["wire"]);
  });
});

test("a veth without a default route is drawn above its peer and stands below it in the outline", () => {
  const inner = new Inner();
  const { layout, scene } = inner.drawn();
  expect(itemOf(scene, linkKey(inner.uplink), "chip")?.y).toBeGreaterThan(0);
  expect(outline(inner.store, layout)).toEqual(["build-07", "  lo", "outside", "  eth0", "    up0", "  lo"]);
});
