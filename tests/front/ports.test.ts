import { describe, expect, test } from "vitest";
import { linksOfPort } from "../../static/model/ports";
import { Store } from "../../static/model/store";
import { nothingWords, search } from "../../static/words/search";
import { entity, vxlan, World } from "./world";

function host(): Store {
  const world = new World();
  const eth0 = world.link("1", "eth0", "physical");
  const inside = world.ns("inside");
  world.link(inside, "vxlan100", "vxlan", {
    lower: { ns: "1", ifindex: eth0.ifindex },
    data: { ...vxlan(100), port: 4789 },
  });
  const wg0 = world.link("1", "wg0", "wireguard");
  world.put(entity("wireguard", { ns: "1", ifindex: wg0.ifindex, port: 51820 }));
  const store = new Store();
  store.replace(world.entities);
  return store;
}

describe("ports that the kernel itself opens", () => {
  test("the port of a tunnel is open in the namespace of its lower link", () => {
    const store = host();
    expect(linksOfPort(store, "1", 4789).map(({ ifname }) => ifname)).toEqual(["vxlan100"]);
    expect(linksOfPort(store, store.namespaces()[1]?.id ?? "", 4789)).toEqual([]);
  });

  test("the port of a WireGuard link is open in its namespace", () => {
    expect(linksOfPort(host(), "1", 51820).map(({ ifname }) => ifname)).toEqual(["wg0"]);
    expect(linksOfPort(host(), "1", 53)).toEqual([]);
  });
});

describe("the search for a port", () => {
  test.each(["port 4789", ":4789", "4789", "port:4789"])("%s finds the tunnel with this port", (query) => {
    expect(search(host(), query).map(({ title, reason }) => [title, reason])).toEqual([["vxlan100", "port 4789"]]);
  });

  test(":51820 finds the WireGuard link with this port", () => {
    expect(search(host(), ":51820").map(({ title }) => title)).toEqual(["wg0"]);
  });

  test.each(["port 8080", ":8080", "8080"])(
    "%s finds nothing, and the page says where listening sockets are",
    (query) => {
      expect(search(host(), query)).toEqual([]);
      expect(nothingWords(query)).toContain("Listening tab");
    },
  );

  test("a query that is not a port has no hint about ports", () => {
    expect(nothingWords("web")).not.toContain("Listening");
  });
});
