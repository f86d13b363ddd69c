import { describe, expect, test } from "vitest";
import { edgesOf, edgeId } from "../../static/model/graph";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import { drawItem } from "../../static/render/items";
import { drawOverlay, followed } from "../../static/render/overlay";
import { Pen } from "../../static/render/pen";
import { drawnBox } from "../../static/render/status";
import type { Item } from "../../static/scene/items";
import { Scene } from "../../static/scene/scene";
import { canvas, PALETTE } from "./fake_canvas";
import { fleet, sample, World } from "./world";

function items(type: Item["type"], world = sample()): readonly Item[] {
  const store = new Store();
  store.replace(world.entities);
  return [...new Scene(store, new Layout(store)).items()].filter((item) => item.type === type);
}

describe("the outline around something on the map", () => {
  for (const zoom of [1.4, 1, 0.7, 0.5, 0.36, 0.2, 0.1])
    for (const type of ["bar", "chip"] as const)
      test(`the outline of a ${type} is where the ${type} is drawn, at ${zoom * 100} %`, () => {
        for (const item of items(type)) {
          const { g, drawn } = canvas();
          const pen = new Pen(g, PALETTE, zoom, 0, 0);
          drawItem(pen, item);
          const box = drawnBox(pen, item);
          const [first] = drawn.boxes;
          expect(Math.round((first?.y ?? 0) - box.y), item.id).toBeLessThanOrEqual(1);
          expect(Math.abs((first?.y ?? 0) + (first?.h ?? 0) - box.y - box.h)).toBeLessThanOrEqual(1);
          expect(Math.abs((first?.h ?? 0) - box.h)).toBeLessThanOrEqual(2);
        }
      });
});

test("the outline of something that was removed has its name", () => {
  for (const type of ["card", "bar", "chip"] as const) {
    const [item] = items(type);
    if (item === undefined || !("name" in item)) throw new Error(`the sample has no ${type}`);
    const { g, drawn } = canvas();
    drawItem(new Pen(g, PALETTE, 1, 0, 0), { ...item, status: "removed" });
    expect(drawn.texts).toEqual([item.name]);
  }
});

describe("the mark of a recent change", () => {
  const [card] = items("card");
  if (card === undefined) throw new Error("the sample has no card");
  const there = { ...card, x: card.x + 500 };

  test("the mark of something that was added follows it to another place", () => {
    const [mark] = followed([{ item: { ...card, status: "added" }, since: 7 }], { itemsOf: () => [there] });
    expect(mark).toEqual({ item: { ...there, status: "added" }, since: 7 });
  });

  test("the mark of something that is no longer drawn disappears", () => {
    expect(followed([{ item: { ...card, status: "added" }, since: 7 }], { itemsOf: () => [] })).toEqual([]);
  });

  test("the mark of something that was removed stays", () => {
    const trace = { item: { ...card, status: "removed" }, since: 7 } as const;
    expect(followed([trace], { itemsOf: () => [there] })).toEqual([trace]);
  });
});

test("at every zoom, a wire that ends on the upper edge of a bar ends on a square on this edge", () => {
  const world = new World();
  const bridge = world.link("1", "br0", "bridge");
  world.link("1", "vx42", "vxlan", { master: bridge.ifindex });
  const [bar] = items("bar", world);
  const [socket] = items("socket", world);
  if (bar === undefined || socket === undefined) throw new Error("the bridge has one port");
  for (const zoom of [1, 0.7, 0.69, 0.5, 0.36]) {
    const { g, drawn } = canvas();
    const pen = new Pen(g, PALETTE, zoom, 0, 0);
    drawItem(pen, socket);
    const [square] = drawn.boxes;
    const middle = (square?.y ?? 0) + (square?.h ?? 0) / 2;
    expect(Math.abs(middle - drawnBox(pen, bar).y), `at ${zoom * 100} %`).toBeLessThanOrEqual(1);
  }
});

test("the highlighted wire of a bridge covers the corner above the last link of each row", () => {
  for (const bus of items("wire").filter((item) => item.id.startsWith("bus:"))) {
    const drops = items("wire").filter((item) => item.id.startsWith("drop:"));
    const [corner, end] = bus.type === "wire" ? bus.path.slice(-2) : [];
    const drop = drops.find(
      (item) => item.type === "wire" && item.path[1]?.x === corner?.x && item.path[1]?.y === corner?.y,
    );
    expect(drop, bus.id).toBeDefined();
    expect(end?.y).toBe((corner?.y ?? 0) + 8);
  }
});

test("the name of a port beside its highlighted wire touches no card", () => {
  const store = new Store();
  store.replace(fleet(1, 9).entities);
  const scene = new Scene(store, new Layout(store));
  const cards = [...scene.items()].filter((item) => item.type === "card");
  const port = store.links("1").find(({ ifname }) => ifname === "veth-0-8");
  const lit = port === undefined ? [] : edgesOf(store, port).map(edgeId);
  const overlay = { selected: "", lit, hovered: "", found: null, traces: [], still: true };
  let named = 0;
  for (const zoom of [1.4, 1, 0.95, 0.92, 0.85, 0.8, 0.76, 0.7]) {
    const { g, drawn } = canvas();
    const pen = new Pen(g, PALETTE, zoom, 0, 0);
    drawOverlay(pen, scene, overlay, 0, { width: 0, height: 0 });
    for (const { text, y } of drawn.lines.filter(({ text }) => text === "veth-0-8")) {
      const top = y - 0.8 * pen.size(11);
      const hit = cards.filter((card) => card.y * zoom < y && (card.y + card.h) * zoom > top);
      expect(hit, `${text} at ${zoom * 100} %`).toEqual([]);
      named += 1;
    }
  }
  expect(named).toBeGreaterThan(2);
});

test("the loopback without its name has a border", () => {
  const [lo] = items("chip").filter((item) => item.type === "chip" && item.name === "lo");
  for (const [zoom, strokes] of [
    [1, 0],
    [0.5, 1],
  ] as const) {
    const { g, drawn } = canvas();
    if (lo !== undefined) drawItem(new Pen(g, PALETTE, zoom, 0, 0), lo);
    expect(drawn.strokes, `at ${zoom * 100} %`).toBe(strokes);
  }
});

test("combining marks are drawn only within the line of their text", () => {
  const world = new World();
  const name = `z${"\u0336\u0332\u0353".repeat(9)}algo`;
  world.ns(name);
  const [card] = items("card", world);
  const { g, drawn } = canvas();
  if (card !== undefined) drawItem(new Pen(g, PALETTE, 1, 0, 0), card);
  const [line] = drawn.lines;
  expect(line?.clip?.y).toBeGreaterThan((line?.y ?? 0) - 18);
  expect((line?.clip?.y ?? 0) + (line?.clip?.h ?? 0)).toBeLessThan((line?.y ?? 0) + 8);
  expect(drawn.lines.slice(1).every(({ clip }) => clip === null)).toBe(true);
});

test("at every zoom, the title and the summary of the host end before the cards beside them", () => {
  const [ground] = items("region").filter((item) => item.type === "region" && item.ground);
  const beside = items("card").filter((card) => card.y < 128);
  expect(beside.length).toBeGreaterThan(0);
  for (const zoom of [1, 0.69, 0.5, 0.36, 0.34, 0.25, 0.2]) {
    const { g, drawn } = canvas();
    if (ground !== undefined) drawItem(new Pen(g, PALETTE, zoom, 0, 0), ground);
    expect(drawn.lines.length).toBeGreaterThan(0);
    for (const { text, x } of drawn.lines)
      expect(x + 7 * text.length, `${text} at ${zoom * 100} %`).toBeLessThan(zoom * (beside[0]?.x ?? 0));
  }
});

test("a name that is wider than its chip is shortened in the middle, not left out", () => {
  const world = new World();
  world.link("1", "veth0123456789a", "veth", { beyond_sight: true });
  const [chip] = items("chip", world).filter((item) => item.type === "chip" && item.name.startsWith("veth"));
  const { g, drawn } = canvas();
  if (chip !== undefined) drawItem(new Pen(g, PALETTE, 0.83, 0, 0), chip);
  expect(drawn.texts).toHaveLength(1);
  expect(drawn.texts[0]).toMatch(/^veth0.*….*9a$/);
});
