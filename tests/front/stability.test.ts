import { describe, expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import type { Item } from "../../static/scene/items";
import { Scene } from "../../static/scene/scene";
import { linkKey } from "../../static/wire/key";
import type { AnyEntity } from "../../static/wire/schema";
import { entity, fleet, sample, wild, World } from "./world";

class Picture {
  readonly store = new Store();
  readonly layout: Layout;
  readonly scene: Scene;
  private now = 10_000;

  constructor(world: World) {
    this.store.replace(world.entities);
    this.layout = new Layout(this.store);
    this.scene = new Scene(this.store, this.layout);
  }

  /** Applies a delta `after` milliseconds later than the last delta. */
  step(put: readonly AnyEntity[], drop: readonly string[], after = 10_000): void {
    this.now += after;
    const touched = this.layout.place(this.store, this.store.apply(put, drop), this.now);
    this.scene.update(this.store, this.layout, touched);
  }

  places(): Map<string, string> {
    return placesOf(this.scene.items());
  }
}

function placesOf(items: Iterable<Item>): Map<string, string> {
  const out = new Map<string, string>();
  for (const item of items) if (item.type === "card") out.set(item.id, `${item.x},${item.y}`);
  return out;
}

function moved(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].filter(([id, place]) => after.has(id) && after.get(id) !== place).map(([id]) => id);
}

function podOn(bridge: number, name: string, id: string): AnyEntity[] {
  const port = entity("link", {
    ns: "1",
    ifindex: 9_000 + Number(id),
    ifname: `veth${name}`,
    kind: "veth",
    master: bridge,
    admin_up: true,
    carrier: true,
    peer: { ns: id, ifindex: 2 },
  });
  return [
    entity("ns", { id, names: [name] }),
    entity("link", { ns: id, ifindex: 1, ifname: "lo", kind: "loopback" }),
    port,
    entity("link", {
      ns: id,
      ifindex: 2,
      ifname: "eth0",
      kind: "veth",
      peer: { ns: "1", ifindex: 9_000 + Number(id) },
    }),
  ];
}

describe("the layout", () => {
  test("no card moves when any link changes in any way", () => {
    for (let seed = 0; seed < 80; seed++) {
      const picture = new Picture(wild(seed));
      const before = picture.places();
      const links = [...picture.store.entities.values()].filter((one) => one.t === "link");
      for (const link of links.filter((_, at) => at % 3 === 0)) {
        picture.step([{ ...link, mtu: 9_000, ifname: `${link.ifname}x`, admin_up: !link.admin_up, master: null }], []);
      }
      expect(moved(before, picture.places()), `seed ${seed}`).toEqual([]);
    }
  });

  test("no card moves when links are removed", () => {
    for (let seed = 0; seed < 80; seed++) {
      const picture = new Picture(wild(seed));
      const before = picture.places();
      const veths = [...picture.store.entities.values()].filter((one) => one.t === "link" && one.kind === "veth");
      picture.step(
        [],
        veths.filter((_, at) => at % 2 === 0).map((one) => (one.t === "link" ? linkKey(one) : "")),
      );
      expect(moved(before, picture.places()), `seed ${seed}`).toEqual([]);
    }
  });

  test("no card moves when 60 namespaces are added to a bridge of a host with 500", () => {
    const picture = new Picture(fleet(10, 50));
    for (let n = 0; n < 60; n++) {
      const before = picture.places();
      picture.step(podOn(3, `new-${n}`, String(8_000 + n)), []);
      expect(moved(before, picture.places())).toEqual([]);
    }
    expect(picture.places().size).toBe(560);
  });

  test("no card moves when a namespace is removed and the next one takes its place", () => {
    const picture = new Picture(sample());
    const home = (id: string): string | undefined => picture.places().get(`card:${id}`);
    const place = home("4001");
    const gone = [...picture.store.entities.values()].filter((one) => "ns" in one && one.ns === "4001");
    const ports = [...picture.store.entities.values()].filter((one) => one.t === "link" && one.peer?.ns === "4001");
    picture.step(
      [],
      ["ns/4001", ...[...gone, ...ports].map((one) => (one.t === "link" ? linkKey(one) : `owner/4001`))],
    );
    const before = picture.places();
    picture.step(podOn(5, "next", "8100"), []);
    expect(home("8100")).toBe(place);
    expect(moved(before, picture.places())).toEqual([]);
  });
});

test("a namespace that is created in steps gets its place below its bridge, then stays there", () => {
  const picture = new Picture(sample());
  const [ns, lo, port, end] = podOn(5, "born", "8200");
  if (ns === undefined || lo === undefined || port === undefined || end === undefined) throw new Error("four are made");
  picture.step([ns, lo], []);
  expect(picture.layout.home("8200")?.role).toBe("free");
  picture.step([port, end], [], 5_000);
  expect(picture.layout.home("8200")?.role).toBe("rack");
  const before = picture.places();
  picture.step([{ ...(port as Extract<AnyEntity, { t: "link" }>), master: null }], [], 60_000);
  expect(moved(before, picture.places())).toEqual([]);
});

/** Makes a router with a bridge, which is not attached to the host, and two namespaces on it that are older. */
function isolated(): { readonly world: World; readonly members: readonly string[]; readonly router: string } {
  const world = new World();
  const members = [world.ns("a"), world.ns("b")];
  const router = world.ns("router");
  const bridge = world.link(router, "br0", "bridge");
  for (const ns of members) world.pair(router, `p-${ns}`, ns, "eth0", bridge);
  return { world, members, router };
}

test("namespaces on the bridge of a younger namespace that is not attached to the host are drawn below this bridge", () => {
  const { world, members, router } = isolated();
  const { layout } = new Picture(world);
  for (const ns of members) expect([layout.home(ns)?.role, layout.home(ns)?.region.ns]).toEqual(["rack", router]);
});

test("the same namespaces are drawn below this bridge if they all appear in one delta", () => {
  const { world, members, router } = isolated();
  const picture = new Picture(new World());
  picture.step(world.entities, []);
  const { layout } = picture;
  for (const ns of members) expect([layout.home(ns)?.role, layout.home(ns)?.region.ns]).toEqual(["rack", router]);
});

test("a repeated snapshot moves nothing", () => {
  const picture = new Picture(wild(18));
  const before = picture.places();
  const all = [...picture.store.entities.values()];
  const changes = picture.store.replace(structuredClone(all));
  expect([changes.added, changes.changed, changes.removed]).toEqual([[], [], []]);
  expect(moved(before, picture.places())).toEqual([]);
});

test("drawing step by step has the same result as drawing at once", () => {
  for (let seed = 0; seed < 40; seed++) {
    const picture = new Picture(wild(seed));
    const links = [...picture.store.entities.values()].filter((one) => one.t === "link" && one.kind !== "loopback");
    for (const [at, link] of links.entries()) {
      if (link.t === "link" && at % 4 === 0) picture.step([{ ...link, admin_up: !link.admin_up, ifalias: "a" }], []);
    }
    const fresh = new Scene(picture.store, picture.layout);
    const sorted = (items: Iterable<Item>): string[] => [...items].map((item) => JSON.stringify(item)).sort();
    expect(sorted(picture.scene.items()), `seed ${seed}`).toEqual(sorted(fresh.items()));
  }
});

test("the frame of the host has its first width again after a storm of links", () => {
  const picture = new Picture(sample());
  const width = (): number => picture.layout.regions.get("1")?.w ?? 0;
  const before = width();
  const storm = Array.from({ length: 24 }, (_, n) =>
    entity("link", { ns: "1", ifindex: 7_000 + n, ifname: `storm-link-${n}`, kind: "dummy" }),
  );
  picture.step(storm, []);
  expect(width()).toBeGreaterThan(before);
  picture.step(
    [],
    storm.map((link) => linkKey(link as Extract<AnyEntity, { t: "link" }>)),
    2_000,
  );
  expect(width()).toBe(before);
});
