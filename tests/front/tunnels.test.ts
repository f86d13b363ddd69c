import { expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { edgeId, tunnelEdge } from "../../static/model/graph";
import { Store } from "../../static/model/store";
import type { Item, Point } from "../../static/scene/items";
import { Scene } from "../../static/scene/scene";
import { entityKey, linkKey } from "../../static/wire/key";
import type { AnyEntity, Link } from "../../static/wire/schema";
import { entity, wild } from "./world";

const SEEDS = Array.from({ length: 120 }, (_, seed) => seed);

function tunnel(a: Link, b: Link): AnyEntity {
  return entity("tunnel_pair", { ns: a.ns, ifindex: a.ifindex, far_ns: b.ns, far_ifindex: b.ifindex });
}

/**
 * Makes a generated host with WireGuard links in some namespaces, and with a tunnel from each WireGuard link to the
 * next one.
 */
function withTunnels(seed: number): { before: AnyEntity[]; tunnels: AnyEntity[]; edges: string[] } {
  const world = wild(seed);
  const store = new Store();
  store.replace(world.entities);
  const places = store.namespaces().filter((_, at) => at % 3 === seed % 3);
  const links = places.map(({ id }) => world.link(id, `wg${id}`, "wireguard"));
  const pairs = links.slice(1).map((link, at) => [links[at] ?? link, link] as const);
  return {
    before: world.entities,
    tunnels: pairs.map(([a, b]) => tunnel(a, b)),
    edges: pairs.map(([a, b]) => edgeId(tunnelEdge(linkKey(a), linkKey(b)))),
  };
}

/** Returns points of the map at which a person would point to select a namespace, link or edge. */
function aims(item: Item): Point[] {
  if (item.type !== "wire") return [{ x: item.x + item.w / 2, y: item.y + item.h / 2 }];
  return item.hit.flatMap((from, at) => {
    const to = item.hit[at + 1] ?? from;
    return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => ({
      x: from.x + (to.x - from.x) * part,
      y: from.y + (to.y - from.y) * part,
    }));
  });
}

function canBePointedAt(scene: Scene, ref: string): boolean {
  return scene.itemsOf(ref).some((item) => aims(item).some((point) => scene.at(point, 6)?.ref === ref));
}

test("a tunnel can be selected on the map", () => {
  for (const seed of SEEDS) {
    const { before, tunnels, edges } = withTunnels(seed);
    const store = new Store();
    store.replace([...before, ...tunnels]);
    const scene = new Scene(store, new Layout(store));
    for (const edge of edges) expect(canBePointedAt(scene, edge), `seed ${seed}: ${edge}`).toBe(true);
  }
});

test("an added tunnel is drawn, a removed tunnel is not, and no card moves", () => {
  for (const seed of SEEDS) {
    const { before, tunnels, edges } = withTunnels(seed);
    const store = new Store();
    store.replace(before);
    const layout = new Layout(store);
    const scene = new Scene(store, layout);
    const cards = (): string[] =>
      [...scene.items()].filter(({ type }) => type === "card").map(({ id, x, y }) => `${id} ${x} ${y}`);
    const places = cards();
    scene.update(store, layout, layout.place(store, store.apply(tunnels, []), 20_000));
    for (const edge of edges) expect(canBePointedAt(scene, edge), `seed ${seed}: ${edge}`).toBe(true);
    scene.update(store, layout, layout.place(store, store.apply([], tunnels.map(entityKey)), 30_000));
    for (const edge of edges) expect(scene.itemsOf(edge), `seed ${seed}: ${edge}`).toEqual([]);
    expect(cards()).toEqual(places);
  }
});
