import { expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import type { Item } from "../../static/scene/items";
import { Scene } from "../../static/scene/scene";
import { sample, wild, type World } from "./world";

/** Writes one line for each item that is drawn on the map: type, position, and text. */
function lines(world: World): string {
  const store = new Store();
  store.replace(world.entities);
  const scene = new Scene(store, new Layout(store));
  return `${[...scene.items()].map(line).sort().join("\n")}\n`;
}

function line(item: Item): string {
  const place =
    item.type === "wire"
      ? item.path.map(({ x, y }) => `${x},${y}`).join(" ")
      : `${item.x},${item.y} ${item.w}x${item.h}`;
  return `${item.type} ${item.id} ${place} ${words(item)}`.trimEnd();
}

function words(item: Item): string {
  switch (item.type) {
    case "card":
      return [
        item.name,
        item.address,
        item.note || item.processes,
        item.anonymous ? "anonymous" : "",
        item.lo ?? "",
      ].join(" | ");
    case "chip":
      return [item.name, item.tone, item.form, item.down ? "down" : ""].join(" ");
    case "bar":
      return [item.name, item.address, item.count].join(" | ");
    case "wire":
      return [item.tone, item.part, item.dashed ? "dashed" : ""].join(" ");
    case "label":
    case "stub":
    case "plate":
      return item.text;
    default:
      return "";
  }
}

test("the scene of the sample host is equal to the reviewed one", async () => {
  await expect(lines(sample())).toMatchFileSnapshot("golden/sample.txt");
});

test("the scene of a generated host with every kind of item is equal to the reviewed one", async () => {
  await expect(lines(wild(18))).toMatchFileSnapshot("golden/wild-18.txt");
});
