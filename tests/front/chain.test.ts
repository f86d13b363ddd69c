import { describe, expect, test } from "vitest";
import { chainOf } from "../../static/inspector/chain";
import type { Page } from "../../static/inspector/page";
import { isWarned } from "../../static/model/facts";
import { Store } from "../../static/model/store";
import type { Link } from "../../static/wire/schema";
import { hintOf } from "../../static/words/hints";
import { linkKey } from "../../static/wire/key";
import { FakeElement, fakePage } from "./fake_dom";
import { World } from "./world";

/** The names of the links in the chain, in order. */
function chain(store: Store, link: Link): string {
  fakePage(1_440);
  const made = chainOf({ store, go: () => undefined } as unknown as Page, link) as unknown as FakeElement;
  const texts: string[] = [];
  made.find((element) => {
    const ref = element.attributes.get("data-ref");
    if (ref !== undefined) texts.push(store.linkByKey(ref)?.ifname ?? ref);
    return false;
  });
  return texts.join(" - ");
}

function filled(world: World): Store {
  const store = new Store();
  store.replace(world.entities);
  return store;
}

describe("what a link is connected to", () => {
  test("a vxlan that is a port of a bridge stands between its bridge and its lower link", () => {
    const world = new World();
    const eth0 = world.link("1", "eth0", "physical");
    const bridge = world.link("1", "br-vx", "bridge");
    const vxlan = world.link("1", "vxlan42", "vxlan", {
      master: bridge.ifindex,
      lower: { ns: "1", ifindex: eth0.ifindex },
    });
    expect(chain(filled(world), vxlan)).toMatch(/^br-vx.* - vxlan42 - eth0$/);
  });

  test("the end of a veth on the host is shown with its bridge and with its peer", () => {
    const world = new World();
    const bridge = world.link("1", "br0", "bridge");
    const ns = world.ns("blue");
    const [port, end] = world.pair("1", "veth1", ns, "eth0", bridge);
    expect(chain(filled(world), port)).toMatch(/^br0.* - veth1 - eth0$/);
    expect(chain(filled(world), end)).toMatch(/^eth0 - veth1 - br0/);
  });
});

describe("a pair whose ends have different MTUs", () => {
  const world = new World();
  const ns = world.ns("blue");
  const bridge = world.link("1", "br0", "bridge");
  const [port, end] = world.pair("1", "veth1", ns, "eth0", bridge);
  world.address(ns, end.ifindex, "10.0.0.2", 24);
  world.put({ ...end, mtu: 9_000 });

  test("both ends have a warning", () => {
    const store = filled(world);
    for (const link of [port, end]) {
      const now = store.linkByKey(linkKey(link));
      expect(now !== null && isWarned(store, now)).toBe(true);
    }
  });

  test("the tooltip of an end names its address, its peer and the bridge of its peer", () => {
    const [, words = ""] = hintOf(filled(world), linkKey(end)) ?? [];
    for (const part of ["10.0.0.2/24", "veth1", "br0", "9000"]) expect(words).toContain(part);
  });
});
