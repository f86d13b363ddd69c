import { expect, test } from "vitest";
import { Store } from "../../static/model/store";
import { routeLine, ruleLine } from "../../static/words/notation";
import type { Route } from "../../static/wire/schema";
import { entity, World } from "./world";

const HOP = { ifindex: 2, via: "10.0.0.1", weight: 1, flags: [], encap: "", encap_options: [], realms: "" };

function line(given: Partial<Route>): string {
  const world = new World();
  world.link("1", "eth0", "physical");
  const store = new Store();
  store.replace(world.entities);
  return routeLine(store, entity("route", { ns: "1", family: "ip", table: 254, dst: "10.1.0.0/16", ...given }));
}

test("a route is written with its gateway, link and metric", () => {
  expect(line({ hops: [HOP], metric: 100, protocol: "static" })).toContain(
    "ip route add 10.1.0.0/16 via 10.0.0.1 dev eth0 metric 100 proto static",
  );
});

test("flags that only the kernel sets are left out of a copied route", () => {
  const text = line({ hops: [{ ...HOP, flags: ["onlink", "linkdown"] }] });
  expect(text).toContain("onlink");
  expect(text).not.toContain("linkdown");
});

test("a route with a nexthop object names only the object", () => {
  expect(line({ hops: [HOP], nexthop: 7 })).toContain("nhid 7");
  expect(line({ hops: [HOP], nexthop: 7 })).not.toContain("via");
});

test("an IPv4 route through an IPv6 gateway names the family of the gateway", () => {
  expect(line({ hops: [{ ...HOP, via: "fe80::1" }] })).toContain("via inet6 fe80::1");
});

test("a copied route of IPv6 is a command for IPv6", () => {
  expect(line({ family: "ip6", dst: "::/0", hops: [{ ...HOP, via: "" }] })).toMatch(/^ip -6 route add ::\/0 dev eth0/);
});

test("a copied rule is a command for its family, without the flags of the kernel", () => {
  const rule = { ns: "1", priority: 7, table: 100, action: "lookup", flags: ["iif_detached"] } as const;
  const uids = { t: "range", first: 33, last: 33 } as const;
  expect(ruleLine(entity("rule", { ...rule, family: "ip6", uids }))).toBe(
    "ip -6 rule add priority 7 from all uidrange 33-33 lookup 100",
  );
  expect(ruleLine(entity("rule", { ...rule, family: "ip" }))).toBe("ip rule add priority 7 from all lookup 100");
});
