import { describe, expect, test, vi } from "vitest";
import { Layout } from "../../static/layout/layout";
import { Store } from "../../static/model/store";
import { attachGestures } from "../../static/render/gestures";
import { boxToReveal } from "../../static/render/reveal";
import { centreOf, reveal, type View, viewAround } from "../../static/render/view";
import { Scene } from "../../static/scene/scene";
import { sample } from "./world";

describe("the middle of the map", () => {
  test("is the same in a window of another size", () => {
    const large = { x: -300, y: 40, k: 0.5 };
    const centre = centreOf(large, 1_200, 800);
    expect(centre).toEqual({ x: 1_800, y: 720, k: 0.5 });
    expect(centreOf(viewAround(centre, 390, 640), 390, 640)).toEqual(centre);
    expect(viewAround(centre, 1_200, 800)).toEqual(large);
  });
});

describe("a selected host", () => {
  const store = new Store();
  store.replace(sample().entities);
  const scene = new Scene(store, new Layout(store));

  test("is brought into view by its title, not by the sign of its gateway", () => {
    const box = boxToReveal(scene.itemsOf("ns/1"));
    expect(box).toMatchObject({ x: 0, y: 0, w: 408, h: 128 });
  });

  test("is not cut at its left on a phone", () => {
    const box = boxToReveal(scene.itemsOf("ns/1"));
    if (box === null) throw new Error("the host is drawn");
    for (const view of [
      { x: -200, y: -300, k: 0.45 },
      { x: -900, y: 10, k: 1 },
      { x: 500, y: 700, k: 2 },
    ]) {
      const { x, y } = reveal(view, box, 390, 640, 48);
      expect([x >= 0, x < 390, y >= 0, y < 640]).toEqual([true, true, true, true]);
    }
  });
});

describe("a wheel", () => {
  const start: View = { x: 10, y: 20, k: 1 };

  /** Turns a wheel over the map once, and returns the view after that. */
  function turned(event: object): View {
    let view = start;
    const listeners = new Map<string, (event: object) => void>();
    const canvas = {
      addEventListener: (name: string, listener: (event: object) => void) => listeners.set(name, listener),
      getBoundingClientRect: () => ({ left: 0, top: 0 }),
    };
    const nothing = (): void => undefined;
    vi.stubGlobal("WheelEvent", { DOM_DELTA_PIXEL: 0, DOM_DELTA_LINE: 1 });
    attachGestures(canvas as never, {
      view: () => view,
      setView: (next) => (view = next),
      farthest: () => 0.1,
      hover: nothing,
      click: nothing,
    });
    const still = { deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, shiftKey: false, clientX: 100, clientY: 100 };
    listeners.get("wheel")?.({ ...still, preventDefault: nothing, ...event });
    vi.unstubAllGlobals();
    return view;
  }

  test.each([4, 12, 30, 100])("zooms the map with a step of %s pixels", (deltaY) => {
    expect(turned({ deltaY, wheelDeltaY: -1.2 * deltaY }).k).toBeLessThan(1);
    expect(turned({ deltaY: -deltaY, wheelDeltaY: 1.2 * deltaY }).k).toBeGreaterThan(1);
    expect(turned({ deltaY }).k).toBeLessThan(1);
  });

  test("zooms the map with a step in lines", () => {
    expect(turned({ deltaY: 3, deltaMode: 1, wheelDeltaY: -9 }).k).toBeLessThan(1);
  });

  test.each([4, 30, 100])("two fingers that move %s pixels on a touchpad pan the map", (deltaY) => {
    expect(turned({ deltaY, wheelDeltaY: -3 * deltaY })).toEqual({ x: 10, y: 20 - deltaY, k: 1 });
    expect(turned({ deltaX: 5, deltaY, wheelDeltaY: -3 * deltaY })).toEqual({ x: 5, y: 20 - deltaY, k: 1 });
  });

  test("with Ctrl it zooms, as a touchpad does for pinching", () => {
    expect(turned({ deltaY: 4, wheelDeltaY: -12, ctrlKey: true }).k).toBeLessThan(1);
  });
});
