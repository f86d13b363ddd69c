import { describe, expect, test, vi } from "vitest";
import { type Action, type Page, type When, WHENS } from "../../static/actions/action";
import { Actions } from "../../static/actions/actions";
import { actionFor, keyList, keyName } from "../../static/actions/keys";
import { ACTIONS, labelOf } from "../../static/actions/table";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import { Tree } from "../../static/shell/tree";
import { sample } from "./world";

const all: readonly Action[] = ACTIONS;

function doneBy(key: string, ...holds: When[]): string | null {
  return actionFor(all, key, new Set(holds))?.name ?? null;
}

/** Makes a page for tests that records which of its functions the actions call. */
function recording(): { page: Page; done: string[] } {
  const done: string[] = [];
  const part = (name: string): never =>
    new Proxy(
      {},
      {
        get:
          (_, move) =>
          (...given: unknown[]) =>
            done.push([name, String(move), ...given].join(" ")),
      },
    ) as never;
  const page = new Proxy({} as Page, {
    get: (_, name) =>
      ["map", "outline", "search", "inspector"].includes(String(name))
        ? part(String(name))
        : (...given: unknown[]) => done.push([String(name), ...given].join(" ")),
  });
  return { page, done };
}

describe("the table of actions", () => {
  test("each action has a name of its own, and a label", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name } of all) expect(labelOf(name), name).not.toBe("");
  });

  test("each key has at most one action for each condition", () => {
    for (const when of WHENS) {
      const keys = all.filter((action) => action.when === when).flatMap((action) => action.keys);
      expect(new Set(keys).size, when).toBe(keys.length);
    }
  });

  test("arrow keys have actions only where a list, the tabs or the map have the focus", () => {
    const places = new Set(
      all.filter(({ keys }) => keys.some((key) => key.startsWith("Arrow"))).map(({ when }) => when),
    );
    expect([...places].sort()).toEqual(["map", "outline", "search", "tabs"]);
  });

  test("no key with a character has an action where people can type", () => {
    for (const { name, keys, when } of all)
      if (when === "search" || when === "selected" || when === "panel")
        for (const key of keys) expect(key.length, name).toBeGreaterThan(1);
  });

  test("every action calls exactly one function of the page", () => {
    for (const action of all) {
      const { page, done } = recording();
      action.perform(page);
      expect(done.length, action.name).toBe(1);
    }
  });
});

describe("a key", () => {
  test("a key performs the action for the place of the focus", () => {
    expect(doneBy("ArrowDown", "map", "page")).toBe("pan-down");
    expect(doneBy("ArrowDown", "outline", "page")).toBe("next-row");
    expect(doneBy("ArrowDown", "search")).toBe("next-found");
    expect(doneBy("ArrowDown", "selected", "reading", "page")).toBeNull();
    expect(doneBy("+", "map", "page")).toBe("zoom-in");
  });

  test("a key zooms or fits the map wherever the focus is, except where people type", () => {
    const keys = ["+", "=", "-", "1", "0"];
    const names = ["zoom-in", "zoom-in", "zoom-out", "zoom-full", "fit"];
    for (const place of ["map", "outline", "tabs", "selected", "page"] as const)
      expect(keys.map((key) => doneBy(key, place, "page"))).toEqual(names);
    expect(keys.map((key) => doneBy(key, "search"))).toEqual(keys.map(() => null));
  });

  test("a key belongs to the first condition that has it: Escape clears the search before it deselects", () => {
    expect(doneBy("Escape", "search", "selected")).toBe("clear-search");
    expect(doneBy("Escape", "selected", "reading", "page")).toBe("deselect");
    expect(doneBy("Escape", "page")).toBeNull();
  });

  test("a key with a character is text in a field", () => {
    for (const key of ["/", "w", "u", "c", "0", "1"]) expect(doneBy(key, "search", "selected"), key).toBeNull();
    expect(doneBy("/", "page")).toBe("search");
    expect(doneBy("w", "selected", "reading", "page")).toBe("wide");
  });

  test("a key with a modifier belongs to the browser", () => {
    const { page, done } = recording();
    const actions = new Actions(
      () => page,
      () => new Set<When>(["page", "map"]),
    );
    const event = (given: object): KeyboardEvent =>
      Object.assign(new Event("keydown", { cancelable: true }), { key: "/", ...given }) as never;
    for (const modifier of ["ctrlKey", "metaKey", "altKey"]) actions.onKey(event({ [modifier]: true }));
    expect(done).toEqual([]);
    const plain = event({});
    actions.onKey(plain);
    expect(done).toEqual(["search focus"]);
    expect(plain.defaultPrevented).toBe(true);
    const other = event({ key: "q" });
    actions.onKey(other);
    expect(other.defaultPrevented).toBe(false);
  });
});

describe("a button", () => {
  test("a button performs its action, and its tooltip names the key", () => {
    const made: { tag: string; attrs: Map<string, string>; listeners: Map<string, () => void> }[] = [];
    vi.stubGlobal("document", {
      createElement: (tag: string) => {
        const one = { tag, attrs: new Map<string, string>(), listeners: new Map<string, () => void>() };
        made.push(one);
        return {
          setAttribute: (name: string, value: string) => one.attrs.set(name, value),
          addEventListener: (name: string, listener: () => void) => one.listeners.set(name, listener),
          append: () => undefined,
        };
      },
    });
    const { page, done } = recording();
    new Actions(
      () => page,
      () => new Set<When>(),
    ).button("fit", { class: "button" }, "Fit");
    vi.unstubAllGlobals();
    expect(made[0]?.attrs.get("title")).toBe("Show the whole map (0)");
    expect(made[0]?.attrs.get("aria-keyshortcuts")).toBe("0");
    made[0]?.listeners.get("click")?.();
    expect(done).toEqual(["map fitAll"]);
  });
});

describe("the list of keys", () => {
  test("the list of keys has every key of every action, by where the key works", () => {
    const listed = keyList(all).flatMap(({ rows }) => rows);
    expect(listed.length).toBe(all.filter(({ keys }) => keys.length > 0).length);
    expect(listed.flatMap(({ keys }) => keys).length).toBe(all.flatMap(({ keys }) => keys).length);
    expect(keyList(all).map(({ title }) => title)[0]).toBe("Everywhere");
  });

  test("the list writes keys as they are printed on a keyboard", () => {
    expect([" ", "ArrowUp", "PageDown", "/"].map(keyName)).toEqual(["Space", "↑", "Page Down", "/"]);
  });
});

test("the parent of an item is its parent row in the outline", () => {
  const store = new Store();
  store.replace(sample().entities);
  const tree = new Tree(store, new Layout(store));
  const docker0 = store.links("1").find(({ ifname }) => ifname === "docker0");
  const [port] = docker0 === undefined ? [] : store.members(docker0);
  const web = store.namespaces().find(({ mounts }) => mounts[0]?.endsWith("/web"));
  if (docker0 === undefined || port === undefined || web === undefined) throw new Error("the sample has changed");
  const bridge = `link/1/${docker0.ifindex}`;
  expect(tree.parentOf(`ns/${web.id}`)).toBe(bridge);
  expect(tree.parentOf(bridge)).toBe("ns/1");
  expect(tree.parentOf("ns/1")).toBe("");
  expect(tree.parentOf("ns/none")).toBe("");
  expect(tree.parentOf(`port:${bridge}:link/1/${port.ifindex}`)).toBe(`link/1/${port.ifindex}`);
});
