import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { edgeId, edgeOfId, edgesOf, edgeStands } from "../../static/model/graph";
import { namespaceLabel } from "../../static/model/labels";
import { byPrefix, contains, parsePrefix, shortNetwork } from "../../static/model/prefix";
import { Store } from "../../static/model/store";
import { entityKey } from "../../static/wire/key";
import type { AnyEntity } from "../../static/wire/schema";
import { Stream } from "../../static/wire/stream";
import { namespaceTitle } from "../../static/words/names";
import { recentChanges } from "../../static/words/recent";
import { search } from "../../static/words/search";
import { entity, sample, wild } from "./world";

function filled(entities: readonly AnyEntity[]): Store {
  const store = new Store();
  store.replace(entities);
  return store;
}

/** Writes the whole content of a store as text. Equal stores have equal texts. */
function portrait(store: Store): string {
  const lines = store
    .namespaces()
    .flatMap(({ id }) => [
      `${id} ${namespaceTitle(store, id)}`,
      ...store
        .links(id)
        .map(
          (link) =>
            `${entityKey(link)} ${store.members(link).map(entityKey).join()} ${store.uppers(link).map(entityKey).sort().join()}`,
        ),
    ]);
  return [...[...store.entities.keys()].sort(), ...lines].join("\n");
}

const worlds = fc.integer({ min: 0, max: 400 }).map((seed) => wild(seed).entities);

describe("laws of the store", () => {
  test("a snapshot and deltas have the same result as the last snapshot", () => {
    fc.assert(
      fc.property(worlds, worlds, (before, after) => {
        const store = filled(before);
        const keys = new Set(after.map(entityKey));
        store.apply(
          after,
          [...store.entities.keys()].filter((key) => !keys.has(key)),
        );
        expect(portrait(store)).toBe(portrait(filled(after)));
      }),
      { numRuns: 60 },
    );
  });

  test("applying a delta again changes nothing", () => {
    fc.assert(
      fc.property(worlds, worlds, (before, after) => {
        const store = filled(before);
        const drop = [...store.entities.keys()].slice(0, 5);
        const put = after.filter((one) => !drop.includes(entityKey(one)));
        store.apply(put, drop);
        const again = store.apply(put, drop);
        expect([again.added, again.changed, again.removed]).toEqual([[], [], []]);
      }),
      { numRuns: 60 },
    );
  });

  test("a link that leaves its bridge is no longer its port", () => {
    const store = filled(sample().entities);
    const bridge = store.links("1").find((link) => link.ifname === "docker0");
    const [port] = bridge === undefined ? [] : store.members(bridge);
    if (bridge === undefined || port === undefined) throw new Error("the sample has changed");
    store.apply([{ ...port, master: null }], []);
    expect(store.members(bridge)).not.toContainEqual(port);
  });
});

describe("the stream", () => {
  const begin = { t: "snapshot_begin", epoch: "e", seq: 4, chunks: 1, entities: 1, at_ms: 0 } as const;
  const chunk = { t: "snapshot_chunk", index: 0, entities: [entity("ns", { id: "1" })] } as const;
  const delta = { t: "delta", epoch: "e", put: [], drop: [], at_ms: 0 } as const;

  function begun(): Stream {
    const stream = new Stream();
    stream.take(begin);
    stream.take(chunk);
    stream.take({ t: "snapshot_end" });
    return stream;
  }

  test("the stream returns a snapshot when it is complete", () => {
    const stream = new Stream();
    expect(stream.take(begin).kind).toBe("nothing");
    expect(stream.take(chunk).kind).toBe("nothing");
    expect(stream.take({ t: "snapshot_end" })).toMatchObject({ kind: "whole", entities: chunk.entities });
  });

  test("the stream begins again after a snapshot with a missing chunk", () => {
    const stream = new Stream();
    stream.take({ ...begin, chunks: 2 });
    stream.take(chunk);
    expect(stream.take({ t: "snapshot_end" }).kind).toBe("again");
  });

  test("the stream returns the next delta, and begins again after a gap or another epoch", () => {
    expect(begun().take({ ...delta, seq: 5 }).kind).toBe("delta");
    expect(begun().take({ ...delta, seq: 6 }).kind).toBe("again");
    expect(begun().take({ ...delta, seq: 5, epoch: "other" }).kind).toBe("again");
  });

  test("a delta before a snapshot or after a gap is ignored", () => {
    const stream = begun();
    stream.take({ ...delta, seq: 9 });
    expect(stream.take({ ...delta, seq: 5 }).kind).toBe("nothing");
  });
});

describe("names and edges", () => {
  test("a namespace has the same label as in the output of the dump command", () => {
    const label = (given: Parameters<typeof entity<"ns">>[1]): string =>
      namespaceLabel(filled([entity("ns", { id: "9", ...given })]), "9");
    expect(label({ is_host: true })).toBe("host");
    expect(label({ names: ["blue"] })).toBe("blue");
    expect(label({ names: ["host"] })).toBe("netns/host");
    expect(label({ names: ["pid:3"] })).toBe("netns/pid:3");
    expect(label({ names: ["a b"] })).toBe("a\\x20b");
    expect(label({ nsid: 4 })).toBe("nsid:4");
    expect(label({})).toBe("ns:9");
  });

  test("every edge can be read back from its id, and exists", () => {
    const store = filled(wild(18).entities);
    for (const { id } of store.namespaces()) {
      for (const link of store.links(id)) {
        for (const edge of edgesOf(store, link)) {
          expect(edgeOfId(edgeId(edge))).toEqual(edge);
          expect(edgeStands(store, edge)).toBe(true);
        }
      }
    }
  });

  test("an invalid id is not an edge", () => {
    for (const text of ["", "veth:", "veth:link/1/2:<img>", "port:link/1/x:link/1/2"])
      expect(edgeOfId(text)).toBeNull();
  });

  test("a new veth is listed as a change; a change that is not visible is not listed", () => {
    const store = filled(sample().entities);
    const link = entity("link", { ns: "1", ifindex: 99, ifname: "v0", kind: "veth" });
    expect(recentChanges(store, store.apply([link], []))).toMatchObject([
      { kind: "added", title: "build-07 / v0", words: "veth added" },
    ]);
    expect(recentChanges(store, store.apply([link], []))).toEqual([]);
  });
});

describe("search", () => {
  const store = filled(sample().entities);
  const titles = (query: string): string[] => search(store, query).map((found) => `${found.place} ${found.title}`);

  test("a search finds by name, address, prefix, MAC, process and route", () => {
    expect(titles("proxy")[0]).toBe("namespace proxy");
    expect(titles("172.17.0.2")[0]).toBe("web eth0");
    expect(titles("172.20.0.0/16").length).toBe(5);
    expect(titles("nginx")).toContain("namespace web");
    expect(titles("192.0.2.1")).toContain("namespace build-07");
    expect(titles("02:42:00:40:01:02")[0]).toBe("web eth0");
  });

  test("a search for an address that no link has finds the network of the address", () => {
    expect(search(store, "172.20.9.9")[0]?.reason).toContain("same network as 172.20.");
  });

  test("a search for an empty text finds nothing", () => {
    expect(search(store, "  ")).toEqual([]);
  });
});

describe("prefixes", () => {
  test("prefixes as the kernel prints them are read, and other texts are refused", () => {
    expect(parsePrefix("10.0.0.0/8")).toEqual({ bits: 32, value: 0x0a000000n, length: 8 });
    expect(parsePrefix("fe80::1")?.value).toBe(0xfe800000000000000000000000000001n);
    expect(parsePrefix("::ffff:10.0.0.1")?.value).toBe(0xffff0a000001n);
    for (const text of ["10.0.0", "10.0.0.256", "1::2::3", "10.0.0.0/33", "::/129", "g::", "a/b/c", "/8"])
      expect(parsePrefix(text)).toBeNull();
  });

  test("a prefix contains addresses that begin with its bits", () => {
    const holds = (outer: string, inner: string): boolean =>
      contains(parsePrefix(outer) as never, parsePrefix(inner) as never);
    expect(holds("10.0.0.0/8", "10.2.3.4")).toBe(true);
    expect(holds("10.0.0.0/8", "11.0.0.0")).toBe(false);
    expect(holds("::/0", "10.0.0.0")).toBe(false);
  });

  test("a network is written in its shortest form, and sorted by value", () => {
    expect(shortNetwork("172.17.0.1/16")).toBe("172.17/16");
    expect(["10.10.0.0/16", "9.0.0.0/8", "::1"].sort(byPrefix)).toEqual(["9.0.0.0/8", "10.10.0.0/16", "::1"]);
  });
});
