import { describe, expect, test } from "vitest";
import { Store } from "../../static/model/store";
import { search } from "../../static/words/search";
import { entity, sample, World } from "./world";

function host(): Store {
  const world = new World();
  const eth0 = world.link("1", "eth0", "physical", { address: "3a:17:5c:00:9e:01" });
  world.address("1", eth0.ifindex, "192.0.2.10", 24);
  const lab = world.ns("lab", { inode: 4026532999 });
  world.link(lab, "eth0", "veth");
  const route = { family: "ip", table: 254 } as const;
  const hop = {
    ifindex: eth0.ifindex,
    via: "192.0.2.1",
    weight: 1,
    flags: [],
    encap: "",
    encap_options: [],
    realms: "",
  };
  world.put(entity("route", { ...route, ns: "1", dst: "0.0.0.0/0", hops: [hop] }));
  world.put(entity("route", { ...route, ns: lab, dst: "10.9.8.0/24", type: "blackhole" }));
  const store = new Store();
  store.replace(world.entities);
  return store;
}

function found(query: string): readonly string[] {
  return search(host(), query).map(({ title, reason }) => `${title}: ${reason}`);
}

describe("the search finds", () => {
  test.each(["3a:17:5c:00:9e:01", "3a-17-5c-00-9e-01", "3a175c009e01", "3a17.5c00.9e01", "3A-17-5C", "3a-17-"])(
    "a link by its MAC address, written as %s",
    (query) => {
      expect(found(query)).toContain("eth0: MAC 3a:17:5c:00:9e:01");
    },
  );

  test.each(["4026532999", "net:[4026532999]"])("a namespace by its inode, written as %s", (query) => {
    expect(found(query).some((line) => line.startsWith("lab: inode"))).toBe(true);
  });

  test("a link by the number of its network", () => {
    const store = new Store();
    store.replace(sample().entities);
    expect(search(store, "vni 100")).toMatchObject([{ title: "vxlan100", reason: "vni 100" }]);
  });

  test("a route that drops packets by its type", () => {
    expect(found("blackhole")).toContain("lab: route blackhole 10.9.8.0/24");
  });

  test("the default route for an address that no other route covers", () => {
    expect(found("8.8.8.8").some((line) => line.endsWith("route default via 192.0.2.1"))).toBe(true);
  });

  test("what is on the host first, among results that match equally well", () => {
    const places = search(host(), "eth0").map(({ place }) => place);
    expect(places.length).toBe(2);
    expect(places[1]).toBe("lab");
  });

  test("a name, and says what has this name", () => {
    expect(found("lab")).toContain("lab: named");
    expect(found("eth0")[0]).toBe("eth0: physical device");
  });
});
