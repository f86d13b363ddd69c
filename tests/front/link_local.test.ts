import { expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import { Scene } from "../../static/scene/scene";
import { Tree } from "../../static/shell/tree";
import { linkKey } from "../../static/wire/key";
import { hintOf } from "../../static/words/hints";
import { World } from "./world";

test("a link-local address does not represent a bridge: not on the map, in the outline or in its tooltip", () => {
  const world = new World();
  const bridge = world.link("1", "br0", "bridge");
  world.address("1", bridge.ifindex, "fe80::1", 64, { scope: "link" });
  const store = new Store();
  store.replace(world.entities);
  const layout = new Layout(store);
  const items = [...new Scene(store, layout).items()];
  const rows = new Tree(store, layout).rows(() => true).map(({ value }) => value);
  const bar = items.find((item) => item.type === "bar");
  expect(JSON.stringify([bar, rows, items, hintOf(store, linkKey(bridge))])).not.toContain("fe80");
  expect(rows).toContain("up");
});
