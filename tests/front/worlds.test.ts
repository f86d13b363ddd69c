import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { edgeId, edgesOf } from "../../static/model/graph";
import { namespaceLabel } from "../../static/model/labels";
import { search } from "../../static/words/search";
import { Store } from "../../static/model/store";
import { decodeAs } from "../../static/wire/decode";
import type { DeltaFrame } from "../../static/wire/schema";

interface Golden {
  readonly entities: readonly unknown[];
  readonly labels: Readonly<Partial<Record<string, string>>>;
  readonly edges: readonly string[];
  readonly searches: readonly { readonly query: string; readonly found: readonly string[] }[];
}

const file = resolve(import.meta.dirname, "../golden/worlds.json");
const golden = JSON.parse(readFileSync(file, "utf8")) as Golden;

function world(): Store {
  const frame = JSON.stringify({ t: "delta", epoch: "e", seq: 1, put: golden.entities });
  const store = new Store();
  store.replace((decodeAs(frame, "view") as DeltaFrame).put);
  return store;
}

describe("as in Python (tests/model/test_worlds.py)", () => {
  test("a namespace has the same label as in Python", () => {
    const store = world();
    for (const [ns, label] of Object.entries(golden.labels)) expect(namespaceLabel(store, ns)).toBe(label);
  });

  test("the map has the same edges as in Python", () => {
    const store = world();
    const links = store.namespaces().flatMap(({ id }) => store.links(id));
    const ids = new Set(links.flatMap((link) => edgesOf(store, link)).map(edgeId));
    expect([...ids].sort()).toEqual(golden.edges);
  });

  for (const { query, found } of golden.searches)
    test(`a search for ${query} has the same results as in Python`, () => {
      const refs = search(world(), query).map(({ ref }) => ref);
      expect([...new Set(refs)].sort()).toEqual(found);
    });
});
