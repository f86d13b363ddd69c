import { describe, expect, test } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Scene } from "../../static/scene/scene";
import { Tree } from "../../static/shell/tree";
import { Store } from "../../static/model/store";
import { linkTitle, namespaceTitle } from "../../static/words/names";
import { search } from "../../static/words/search";
import { entity, World } from "./world";

function filled(world: World): Store {
  const store = new Store();
  store.replace(world.entities);
  return store;
}

const BRIDGE = "br-b1673c37dd3f";

function shop(internal = false): Store {
  const world = new World();
  const bridge = world.link("1", BRIDGE, "bridge");
  const ns = world.ns("", { held_by: ["process"] });
  world.pair("1", "veth1", ns, "eth0", bridge);
  world.put(entity("network", { ns: "1", ifindex: bridge.ifindex, name: "shop", id: "b1673c37dd3f", internal }));
  const container = { id: "f00d", runtime: "docker", image: "", pid: null, pod_uid: "", pod: "", pod_namespace: "" };
  const compose = { name: "till", project: "corner-shop", service: "payments" };
  world.put(entity("owner", { ns, pid: 7, containers: [{ ...container, ...compose }] }));
  return filled(world);
}

describe("a bridge of a container network", () => {
  test("the bar of a bridge has the name of the network and the kernel's name", () => {
    const store = shop();
    const bars = [...new Scene(store, new Layout(store)).items()].filter((item) => item.type === "bar");
    expect(bars.map((bar) => ("name" in bar ? bar.name : ""))).toEqual([`shop (${BRIDGE})`]);
  });

  test("the outline has the name of the network and the kernel's name", () => {
    const store = shop();
    const rows = new Tree(store, new Layout(store)).rows(() => true);
    expect(rows.map(({ name }) => name)).toContain(`shop (${BRIDGE})`);
  });

  test("the search finds a bridge by the name of its network", () => {
    const [found] = search(shop(), "shop");
    expect(found).toMatchObject({ title: `shop (${BRIDGE})`, reason: "container network" });
  });

  test("a bridge without a network keeps its name", () => {
    const world = new World();
    expect(linkTitle(filled(world), world.link("1", "br0", "bridge"))).toBe("br0");
  });
});

describe("a container of Docker Compose", () => {
  test("a container with a name of its own is shown with its project and service", () => {
    const store = shop();
    const ns = store.namespaces().find(({ is_host }) => !is_host);
    expect(namespaceTitle(store, ns?.id ?? "")).toBe("till (corner-shop / payments)");
  });

  test("the search finds a container by its project and by its service", () => {
    for (const word of ["corner-shop", "payments"]) {
      const reasons = search(shop(), word).map(({ reason }) => reason);
      expect(reasons.some((reason) => reason.includes("corner-shop / payments") || reason === "name")).toBe(true);
    }
  });
});
