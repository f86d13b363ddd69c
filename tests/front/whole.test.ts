import { describe, expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import { drawItem } from "../../static/render/items";
import { OVERHANG, Pen } from "../../static/render/pen";
import { Scene } from "../../static/scene/scene";
import type { Item } from "../../static/scene/items";
import { canvas, PALETTE } from "./fake_canvas";
import { defaultRoute, entity, World } from "./world";

const ZOOMS = [3, 1.9, 1.4, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.36, 0.2];
const LONG = "2001:db8:1234:5678:9abc:def0:1234:5678";
const ADDRESSES = ["10.0.0.1", "192.168.100.100", "fd00::1", "2001:db8:0:42::1a2b", "2001:db8:0:42:1::1a2b", LONG];

function drawnHost(world: World): readonly Item[] {
  const store = new Store();
  store.replace(world.entities);
  return [...new Scene(store, new Layout(store)).items()];
}

/** The texts that are drawn for the items of one type, at a zoom. */
function texts(items: readonly Item[], type: Item["type"], zoom: number): string[] {
  const { g, drawn } = canvas();
  for (const item of items) if (item.type === type) drawItem(new Pen(g, PALETTE, zoom, 0, 0), item);
  return drawn.texts;
}

describe("an address on the map is never cut", () => {
  for (const address of ADDRESSES)
    test.each(ZOOMS)(`a card has the whole address ${address}, or only its family, at zoom %s`, (zoom) => {
      const world = new World();
      const ns = world.ns("a");
      world.address(ns, world.link(ns, "d", "dummy").ifindex, address, 64);
      const found = texts(drawnHost(world), "card", zoom).filter((text) => !["a", "lo", "named"].includes(text));
      const expected = zoom < 0.7 ? [""] : [address, address.includes(":") ? "IPv6" : "IPv4"];
      expect(expected).toContain(found.join(""));
    });

  test("at 100 %, a card has every address in full", () => {
    for (const address of ADDRESSES) {
      const world = new World();
      const ns = world.ns("a");
      world.address(ns, world.link(ns, "d", "dummy").ifindex, address, 64);
      expect(texts(drawnHost(world), "card", 1).join("")).toContain(address);
    }
  });

  test.each(ZOOMS)("the title of the host has whole addresses or none, at zoom %s", (zoom) => {
    const world = new World();
    const eth0 = world.link("1", "eth0", "physical");
    world.address("1", eth0.ifindex, LONG, 64);
    world.put(defaultRoute(eth0, "2001:db8:1234:5678:9abc:def0:1234:1"));
    const found = texts(drawnHost(world), "region", zoom).filter((text) => text.includes(":"));
    for (const text of found)
      expect([`${LONG}/64`, "via 2001:db8:1234:5678:9abc:def0:1234:1 dev eth0"]).toContain(text);
    expect(found.length).toBe(zoom >= 1.4 ? 2 : found.length);
  });

  test.each(ZOOMS)(
    "the sign of a gateway has its whole address, and ends where tiles still draw it, at zoom %s",
    (zoom) => {
      const world = new World();
      world.put(defaultRoute(world.link("1", "eth0", "physical"), LONG));
      const items = drawnHost(world);
      const plate = items.find((item) => item.type === "plate");
      const { g, drawn } = canvas();
      const pen = new Pen(g, PALETTE, zoom, 0, 0);
      if (plate !== undefined) drawItem(pen, plate);
      for (const text of drawn.texts) expect(["", LONG, "default gateway"]).toContain(text);
      const [box] = drawn.boxes;
      if (zoom >= 0.7) expect(drawn.texts).toContain(LONG);
      if (zoom >= 0.7) expect(box?.w).toBeLessThanOrEqual((plate?.w ?? 0) * zoom + OVERHANG + 1);
    },
  );
});

test("the last line of a card is never cut, except the name of a process", () => {
  const world = new World();
  world.put(entity("ns", { id: "77" }));
  const items = drawnHost(world);
  for (const zoom of ZOOMS)
    for (const text of texts(items, "card", zoom).slice(1))
      expect(["no address", "behind a peer", "lo", ""]).toContain(text);
  expect(texts(items, "card", 1)).toContain("behind a peer");
});
