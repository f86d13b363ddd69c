import { expect, test } from "vitest";
import { subjectOf } from "../../static/inspector/subject";
import { Store } from "../../static/model/store";
import { entityKey } from "../../static/wire/key";
import { restWords } from "../../static/words/fields";
import { fdbWords, nexthopWords, routeWords, ruleMatch } from "../../static/words/notation";
import { noteWords } from "../../static/words/notes";
import { entity, World } from "./world";

function world(): { w: World; store: Store } {
  const w = new World();
  w.link("1", "eth0", "physical");
  const store = new Store();
  store.replace(w.entities);
  return { w, store };
}

test("an FDB entry is shown with every destination field", () => {
  const { store } = world();
  const entry = entity("fdb", { ns: "1", ifindex: 9, mac: "00:00:00:00:00:00", table: "self", remote: "192.0.2.2" });
  expect(fdbWords(store, { ...entry, port: 5000, via: 3, src_vni: 10, nexthop: 7, locked: true })).toBe(
    "learned self dst 192.0.2.2 port 5000 via 3 src_vni 10 nexthop 7 locked",
  );
});

test("an FDB entry of a bridge names its bridge once", () => {
  const { store } = world();
  const entry = entity("fdb", { ns: "1", ifindex: 9, mac: "00:00:00:00:00:01", table: "master", state: "permanent" });
  expect(fdbWords(store, { ...entry, master: 1 })).toBe("permanent master lo");
  expect(fdbWords(store, entry)).toBe("permanent master");
});

test("FDB entries that differ in none of the fields of the key have a number in their keys, except the first", () => {
  const entry = entity("fdb", { ns: "1", ifindex: 9, mac: "00:00:00:00:00:00", table: "self", remote: "192.0.2.2" });
  expect(entityKey(entry)).toBe("fdb/1/9/self/00:00:00:00:00:00/0/192.0.2.2/0");
  expect(entityKey({ ...entry, nth: 2 })).toBe("fdb/1/9/self/00:00:00:00:00:00/0/192.0.2.2/0/2");
});

test("route rules that differ only in a mask are shown differently", () => {
  const rule = entity("rule", { ns: "1", family: "ip", priority: 100, sport: { first: 4096, last: 4096 } });
  expect(ruleMatch(rule)).toBe("from all sport 4096");
  expect(ruleMatch({ ...rule, sport_mask: 0xff00 })).toBe("from all sport 4096/0xff00");
  expect(ruleMatch({ ...rule, sport: null, dscp: 8, dscp_mask: 0x38 })).toBe("from all dscp 8/0x38");
  expect(ruleMatch({ ...rule, sport: null, flowlabel: 0x12 })).toBe("from all flowlabel 0x12");
});

test("metrics and encapsulations are shown as ip prints them", () => {
  const { store } = world();
  const options = [
    { name: "action", value: "End.DX4" },
    { name: "nh4", value: "192.0.2.2" },
  ];
  const hop = { ifindex: null, via: "", weight: 1, flags: [], encap: "seg6local", encap_options: options, realms: "" };
  const metrics = [
    { name: "mtu", value: 1400, text: "", locked: true },
    { name: "rtt", value: 100, text: "", locked: false },
    { name: "features", value: 1, text: "ecn", locked: false },
  ];
  const route = entity("route", { ns: "1", family: "ip", table: 254, dst: "10.0.0.0/8", hops: [hop], metrics });
  expect(routeWords(store, route)).toBe(
    "encap seg6local action End.DX4 nh4 192.0.2.2 mtu lock 1400 rtt 100ms features ecn",
  );
  const object = entity("nexthop", { ns: "1", id: 5, encap: "seg6local", encap_options: options, hw_stats: true });
  expect(nexthopWords(store, object)).toContain("encap seg6local action End.DX4 nh4 192.0.2.2");
  expect(nexthopWords(store, object)).toContain("hw_stats");
});

test("a namespace has a tab for IPsec only if it has policies, states or a default that blocks", () => {
  const { w, store } = world();
  const tabs = (): string[] => (subjectOf(store, "ns/1")?.tabs ?? []).map(({ name }) => name);
  expect(tabs()).not.toContain("ipsec");
  w.put(entity("xfrm_policy", { ns: "1", index: 1, direction: "out" }));
  store.replace(w.entities);
  expect(tabs()).toContain("ipsec");
});

test("fields without a form of their own are shown by name and value", () => {
  const policy = entity("xfrm_policy", { ns: "1", index: 1, direction: "out", mark: 3, options: [] });
  expect(restWords(policy, new Set(["direction"]))).toBe("index 1 mark 3");
  const template = {
    protocol: "esp",
    mode: "tunnel",
    src: "",
    dst: "",
    spi: 0,
    reqid: 7,
    level: "required",
    options: [],
  };
  expect(restWords({ ...policy, templates: [template] }, new Set(["direction", "index", "mark"]))).toBe(
    "templates protocol esp mode tunnel reqid 7 level required",
  );
});

test("a note about attributes that were not read names them", () => {
  expect(noteWords({ code: "attributes-not-read", args: ["2", "26, 28", "FRA"] })).toBe(
    "2 attributes not read: 26, 28 of FRA. This agent does not know them.",
  );
});
