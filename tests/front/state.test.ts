import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Navigation } from "../../static/shell/navigation";
import { Signal } from "../../static/shell/signal";
import { AppState } from "../../static/shell/state";

const BLANK = { at: "", tab: "", view: null };

describe("a signal", () => {
  test("a signal calls its listeners with the new and the old value, only if the value changes", () => {
    const signal = new Signal(1);
    const heard: (readonly [number, number])[] = [];
    const end = signal.on((now, before) => heard.push([now, before]));
    signal.set(1);
    signal.set(2);
    end();
    signal.set(3);
    expect(heard).toEqual([[2, 1]]);
    expect(signal.value).toBe(3);
  });
});

describe("the state of the page", () => {
  const link = { host: "h1", key: "link/1/2" };

  test("the state begins with the values of the page's address", () => {
    const state = new AppState("h1", { at: "link/1/2", tab: "routes", view: { x: 1, y: 2, k: 1 } });
    expect(state.selection.value).toEqual({ at: link, tab: "routes" });
    expect(state.place).toEqual({ at: "link/1/2", tab: "routes", view: { x: 1, y: 2, k: 1 } });
    expect(state.mode.value).toBe("live");
  });

  test("a new selection opens its first tab; selecting the same again changes nothing", () => {
    const state = new AppState("h1", { ...BLANK, at: "link/1/2", tab: "routes" });
    const heard = vi.fn();
    state.selection.on(heard);
    state.select({ ...link });
    expect(heard).not.toHaveBeenCalled();
    state.select({ host: "h2", key: "link/1/2" });
    expect(state.selection.value.tab).toBe("");
    expect(heard).toHaveBeenCalledTimes(1);
    state.select(null);
    expect(state.selection.value).toEqual({ at: null, tab: "" });
  });

  test("a selection on another host has its host in the address", () => {
    const state = new AppState("h1", BLANK);
    state.select({ host: "h2", key: "ns/7" });
    expect(state.place.at).toBe("@h2/ns/7");
    state.goTo({ ...BLANK, at: "ns/7" });
    expect(state.selection.value.at).toEqual({ host: "h1", key: "ns/7" });
  });

  test("an address without a view does not change the view", () => {
    const view = { x: 5, y: 5, k: 0.5 };
    const state = new AppState("h1", { ...BLANK, view });
    state.goTo({ ...BLANK, at: "ns/1" });
    expect(state.view.value).toBe(view);
  });

  test("the state keeps the freshness of each host separately", () => {
    const state = new AppState("h1", BLANK);
    const fresh = (host: string, lag_ms: number) =>
      ({ t: "freshness", host, state: "live", since_ms: 0, lag_ms }) as const;
    state.setFreshness("h1", fresh("h1", 3));
    state.setFreshness("h2", fresh("h2", 9));
    expect([...state.freshness.value].map(([host, { frame }]) => [host, frame.lag_ms])).toEqual([
      ["h1", 3],
      ["h2", 9],
    ]);
  });
});

describe("the page's address", () => {
  const page = { hash: "", pushed: [] as string[], replaced: [] as string[] };

  beforeEach(() => {
    vi.useFakeTimers();
    Object.assign(page, { hash: "", pushed: [], replaced: [] });
    const events = new EventTarget();
    vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
    vi.stubGlobal("dispatchEvent", events.dispatchEvent.bind(events));
    vi.stubGlobal("location", page);
    vi.stubGlobal("history", {
      pushState: (_: unknown, __: string, to: string) => page.pushed.push(to),
      replaceState: (_: unknown, __: string, to: string) => page.replaced.push(to),
    });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function started(): AppState {
    const state = new AppState("h1", BLANK);
    new Navigation(state).start();
    return state;
  }

  test("the browser's history gets an entry for each selection", () => {
    const state = started();
    state.select({ host: "h1", key: "ns/1" });
    state.select(null);
    expect(page.pushed).toEqual(["#at=ns%2F1", "#"]);
  });

  test("the address is written once after a gesture or a change of tab, without an entry in the browser's history", () => {
    const state = started();
    state.select({ host: "h1", key: "ns/1" });
    state.openTab("routes");
    for (let x = 0; x < 20; x++) state.view.set({ x, y: 0, k: 1 });
    vi.runAllTimers();
    expect(page.pushed.length).toBe(1);
    expect(page.replaced).toEqual(["#at=ns%2F1&tab=routes&view=19%2C0%2C100"]);
  });

  test("a changed address restores its selection and view, without another entry in the browser's history", () => {
    const state = started();
    page.hash = "#at=ns%2F4&tab=links&view=1,2,50";
    dispatchEvent(new Event("hashchange"));
    expect(state.place).toEqual({ at: "ns/4", tab: "links", view: { x: 1, y: 2, k: 0.5 } });
    expect(page.pushed).toEqual([]);
  });
});
