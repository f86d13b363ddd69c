import { describe, expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import { drawItem } from "../../static/render/items";
import { followed } from "../../static/render/overlay";
import { Pen } from "../../static/render/pen";
import { drawnBox } from "../../static/render/status";
import type { Item } from "../../static/scene/items";
import { Scene } from "../../static/scene/scene";
import { canvas, PALETTE } from "./fake_canvas";
import { sample } from "./world";

function items(type: Item["type"]): readonly Item[] {
  const store = new Store();
  store.replace(sample().entities);
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
