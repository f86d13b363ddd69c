import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { edgeId, pairEdge } from "../../static/model/graph";
import { changesBetween, movesOf, statusesBetween, statusesOf, unionOf } from "../../static/model/status";
import { Store } from "../../static/model/store";
import { Picture } from "../../static/scene/picture";
import { Scene } from "../../static/scene/scene";
import { entityKey, linkKey } from "../../static/wire/key";
import type { AnyEntity, Link } from "../../static/wire/schema";
import { corrects, recentChanges } from "../../static/words/recent";
import { entity, sample, wild, World } from "./world";

function filled(entities: readonly AnyEntity[]): Store {
  const store = new Store();
  store.replace(structuredClone([...entities]));
  return store;
}

/** Makes a host with two bridges, a pod on the first bridge, and another namespace. */
function host(): { world: World; a: Link; b: Link; port: Link; end: Link; pod: string; other: string } {
  const world = new World();
  const [a, b] = [world.link("1", "br-a", "bridge"), world.link("1", "br-b", "bridge")];
  const [pod, other] = [world.ns("pod"), world.ns("other")];
  const [port, end] = world.pair("1", "vethpod", pod, "eth0", a);
  return { world, a, b, port, end, pod, other };
}

const worlds = fc.integer({ min: 0, max: 400 }).map((seed) => wild(seed).entities);

describe("a status", () => {
  test("no item has a status if both states are the same", () => {
    fc.assert(
      fc.property(worlds, (one) => {
        expect(statusesBetween(filled(one), filled(one)).size).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test("the statuses are the same for a comparison of two states and for the step between them", () => {
    fc.assert(
      fc.property(worlds, worlds, (before, after) => {
        const live = filled(before);
        const step = statusesOf(live, live.replace(structuredClone([...after])));
        const compared = statusesBetween(filled(before), filled(after));
        expect(new Map([...step].sort())).toEqual(new Map([...compared].sort()));
      }),
      { numRuns: 40 },
    );
  });

  test("namespaces, links and edges have the status added, removed or changed", () => {
    const { world, port, end, pod } = host();
    const before = filled(world.entities);
    const after = filled(world.entities);
    const late = entity("link", { ns: "1", ifindex: 90, ifname: "late", kind: "dummy" });
    after.apply([late, { ...port, mtu: 9_000 }], [`ns/${pod}`, linkKey(end)]);
    const found = statusesBetween(before, after);
    expect(found.get(linkKey(late))).toBe("added");
    expect(found.get(linkKey(port))).toBe("changed");
    expect(found.get(linkKey(end))).toBe("removed");
    expect(found.get(`ns/${pod}`)).toBe("removed");
    expect(found.get(edgeId(pairEdge("veth", linkKey(port), linkKey(end))))).toBe("removed");
  });

  test("a link or namespace is changed if its parts change, except parts that the kernel maintains by itself", () => {
    const { world, port, pod } = host();
    const before = filled(world.entities);
    const after = filled(world.entities);
    after.apply(
      [
        entity("addr", { ns: "1", ifindex: port.ifindex, family: "ip", address: "10.0.0.1", prefix: 24 }),
        entity("route", { ns: pod, family: "ip", table: 254, dst: "10.9.0.0/16" }),
        entity("route", { ns: "1", family: "ip", table: 255, dst: "10.0.0.1/32" }),
        entity("neigh", { ns: "1", ifindex: port.ifindex, family: "ip", address: "10.0.0.9" }),
      ],
      [],
    );
    expect([...statusesBetween(before, after)].sort()).toEqual([
      [linkKey(port), "changed"],
      [`ns/${pod}`, "changed"],
    ]);
  });
});

describe("a link that moved", () => {
  test("a link that changes its bridge has the status moved, and so has its edge", () => {
    const { world, a, b, port } = host();
    const store = filled(world.entities);
    const changes = store.apply([{ ...port, master: b.ifindex }], []);
    const found = statusesOf(store, changes);
    expect(found.get(linkKey(port))).toBe("moved");
    for (const bridge of [a, b])
      expect(found.get(edgeId({ kind: "port", a: linkKey(bridge), b: linkKey(port) }))).toBe("moved");
    expect(found.get(edgeId(pairEdge("veth", linkKey(port), linkKey({ ns: "4000", ifindex: 2 }))))).toBeUndefined();
    expect(recentChanges(store, changes)).toMatchObject([{ kind: "moved", words: "now a port of br-b" }]);
  });

  test("a link that moved to another namespace is recognised by its peer, whatever its new name", () => {
    const { world, port, end, other } = host();
    const store = filled(world.entities);
    const there = { ...end, ns: other, ifindex: 7, ifname: "eth9", address: "02:00:00:00:00:77" };
    const back = { ...port, peer: { ns: other, ifindex: 7 } };
    const changes = store.apply([there, back], [linkKey(end)]);
    expect(movesOf(changes)).toEqual([{ old: end, now: there }]);
    const found = statusesOf(store, changes);
    expect([found.get(linkKey(end)), found.get(linkKey(there)), found.get(linkKey(port))]).toEqual([
      "moved",
      "moved",
      "changed",
    ]);
    expect(recentChanges(store, changes).map(({ title, words }) => `${title}: ${words}`)[0]).toBe(
      "other / eth9: moved here from pod",
    );
  });

  test("a moved link without a peer is recognised by its MAC and name", () => {
    const { world, other } = host();
    const nic = world.link("1", "eth7", "physical");
    const store = filled(world.entities);
    const there = { ...nic, ns: other, ifindex: 30 };
    expect(movesOf(store.apply([there], [linkKey(nic)]))).toEqual([{ old: nic, now: there }]);
  });

  test("a move is not guessed if two links are alike, if the link stayed in its namespace, or if it has no identity", () => {
    const { world, other, pod } = host();
    const nic = world.link("1", "eth7", "physical");
    const store = filled(world.entities);
    const twice = [other, pod].map((ns) => ({ ...nic, ns, ifindex: 30 }));
    expect(movesOf(store.apply(twice, [linkKey(nic)]))).toEqual([]);
    const again = filled(world.entities);
    expect(movesOf(again.apply([{ ...nic, ifindex: 31 }], [linkKey(nic)]))).toEqual([]);
    const blank = { ...nic, address: "00:00:00:00:00:00" };
    const third = filled([...world.entities.filter((one) => one !== nic), blank]);
    expect(movesOf(third.apply([{ ...blank, ns: other }], [linkKey(nic)]))).toEqual([]);
  });

  test("a link that one delta removes and the next one adds in another namespace moved, if its peer is the same", () => {
    const { world, port, end, other } = host();
    const store = filled(world.entities);
    const picture = new Picture(store);
    const [gone] = picture.step(store.apply([], [linkKey(end)]), 10_000).recent;
    const there = { ...end, ns: other, ifindex: 7 };
    const back = { ...port, peer: { ns: other, ifindex: 7 } };
    const { recent, marks } = picture.step(store.apply([there, back], []), 10_400);
    expect(gone).toMatchObject({ kind: "removed", ref: linkKey(end) });
    expect(recent[0]).toMatchObject({ kind: "moved", ref: linkKey(there), words: "moved here from pod" });
    expect(recent.filter(({ kind }) => kind === "added" || kind === "removed")).toEqual([]);
    expect(marks.map(({ ref, status }) => `${status} ${ref}`)).toContain(`moved ${linkKey(there)}`);
    expect(recent.filter((one) => gone !== undefined && corrects(one, gone))).toHaveLength(1);
  });

  test("a link of a later delta did not move if it only has the same MAC and name, or if it comes much later", () => {
    for (const [peer, after] of [
      [{ ns: "1", ifindex: 77 }, 400],
      [undefined, 5_000],
    ] as const) {
      const { world, end, other } = host();
      const store = filled(world.entities);
      const picture = new Picture(store);
      picture.step(store.apply([], [linkKey(end)]), 10_000);
      const there = { ...end, ns: other, ifindex: 7, ...(peer === undefined ? {} : { peer }) };
      const { recent } = picture.step(store.apply([there], []), 10_000 + after);
      expect(recent.map(({ kind }) => kind)).toEqual(["added"]);
    }
  });

  test("the change of a link that moved from a removed namespace names that namespace", () => {
    const { world, pod } = host();
    const nic = world.link(pod, "eth7", "physical");
    const store = filled(world.entities);
    const gone = [...store.entities.values()].filter((one) => "ns" in one && one.ns === pod).map(entityKey);
    const changes = store.apply([{ ...nic, ns: "1", ifindex: 50 }], [`ns/${pod}`, ...gone]);
    expect(recentChanges(store, changes)).toMatchObject([
      { kind: "removed", words: "namespace removed" },
      { kind: "moved", words: "moved here from pod" },
    ]);
  });
});

describe("two states laid out as one", () => {
  test("two states laid out as one contain everything of both, each item with its status", () => {
    fc.assert(
      fc.property(worlds, worlds, (first, second) => {
        const [before, after] = [filled(first), filled(second)];
        const union = unionOf(before, after);
        const statuses = statusesBetween(before, after);
        const scene = new Scene(union, new Layout(union), statuses);
        expect(union.entities.size).toBe(new Set([...before.entities.keys(), ...after.entities.keys()]).size);
        for (const item of scene.items()) expect(item.status).toBe(statuses.get(item.ref) ?? "same");
        for (const { id } of before.namespaces()) {
          const [item] = scene.itemsOf(`ns/${id}`);
          expect(item?.status === "removed", id).toBe(after.namespace(id) === null);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("laying out two states as one changes neither state", () => {
    const [before, after] = [filled(sample().entities), filled(wild(3).entities)];
    const sizes = [before.entities.size, after.entities.size];
    unionOf(before, after).apply([], ["ns/1"]);
    expect([before.entities.size, after.entities.size]).toEqual(sizes);
    expect(changesBetween(before, before)).toEqual({ added: [], changed: [], removed: [] });
  });
});

describe("the marks of a step on the live map", () => {
  function step(world: World, put: readonly AnyEntity[], drop: readonly string[]): string[] {
    const store = filled(world.entities);
    const picture = new Picture(store);
    const { marks } = picture.step(store.apply(put, drop), 10_000);
    for (const item of picture.scene.items()) expect(item.status).toBe("same");
    return marks.map(({ status, type, ref }) => `${status} ${type} ${ref}`).sort();
  }

  test("an added link is marked by its chip", () => {
    const { world, other } = host();
    const late = entity("link", { ns: other, ifindex: 9, ifname: "late", kind: "dummy" });
    expect(step(world, [late], [])).toEqual([`added chip ${linkKey(late)}`]);
  });

  test("an added namespace with links is marked by its card alone", () => {
    const { world } = host();
    const made = [entity("ns", { id: "77" }), entity("link", { ns: "77", ifindex: 2, ifname: "d", kind: "dummy" })];
    expect(step(world, made, [])).toEqual(["added card ns/77"]);
  });

  test("a removed namespace is marked where its card and chips were", () => {
    const { world, other } = host();
    world.link(other, "d", "dummy");
    const store = filled(world.entities);
    const gone = [...store.entities.values()].filter((one) => "ns" in one && one.ns === other).map(entityKey);
    expect(step(world, [], [`ns/${other}`, ...gone])).toEqual([
      `removed card ns/${other}`,
      `removed chip link/${other}/2`,
    ]);
  });

  test("a changed link is marked by its chip, and a changed bridge by its bar", () => {
    const { world, a, end } = host();
    expect(
      step(
        world,
        [
          { ...end, mtu: 9_000 },
          { ...a, mtu: 9_000 },
        ],
        [],
      ),
    ).toEqual([`changed bar ${linkKey(a)}`, `changed chip ${linkKey(end)}`]);
  });

  test("a link that moved to another namespace is marked at both places and by its wire", () => {
    const { world, port, end, other } = host();
    const there = { ...end, ns: other, ifindex: 7 };
    const found = step(world, [there, { ...port, peer: { ns: other, ifindex: 7 } }], [linkKey(end)]);
    expect(found).toContain(`moved chip ${linkKey(end)}`);
    expect(found).toContain(`moved chip ${linkKey(there)}`);
    expect(found).toContain(`moved wire ${edgeId(pairEdge("veth", linkKey(port), linkKey(end)))}`);
    expect(found).toContain(`moved wire ${edgeId(pairEdge("veth", linkKey(port), linkKey(there)))}`);
    expect(found.filter((line) => /^(added|removed)/.test(line))).toEqual([]);
  });

  test("a step marks at most two hundred items", () => {
    const { world } = host();
    const many = Array.from({ length: 300 }, (_, n) => entity("ns", { id: String(9_000 + n) }));
    expect(step(world, many, []).length).toBe(200);
  });
});
