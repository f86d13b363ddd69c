import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ghostMs } from "../../static/render/overlay";
import type { Item } from "../../static/scene/items";
import { LessonBox } from "../../static/shell/lessonbox";
import type { FakeElement } from "./fake_dom";
import { fakePage } from "./fake_dom";

beforeEach(() => {
  vi.useFakeTimers();
  fakePage(1_440);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const LESSON = { title: "Empty", text: "Nothing here" };

function box(): { box: LessonBox; isShown: () => boolean } {
  const box = new LessonBox(() => undefined);
  return { box, isShown: () => !(box.element as unknown as FakeElement).hidden };
}

function trace(status: Item["status"], since: number): { item: Item; since: number } {
  return { item: { type: "rack", id: "", ref: "", z: 0, x: 0, y: 0, w: 1, h: 1, status }, since };
}

test("the hint on an empty map appears when the marks of what was removed are gone", () => {
  const { box: hint, isShown } = box();
  hint.show(LESSON, ghostMs([trace("removed", 1_000)], 2_000));
  vi.advanceTimersByTime(1_900);
  expect(isShown()).toBe(false);
  vi.advanceTimersByTime(200);
  expect(isShown()).toBe(true);
});

test("the hint does not appear later if the host is no longer empty", () => {
  const { box: hint, isShown } = box();
  hint.show(LESSON, 2_000);
  hint.show(null, 0);
  vi.advanceTimersByTime(5_000);
  expect(isShown()).toBe(false);
});

test("only marks of what was removed or moved delay the hint", () => {
  expect(ghostMs([trace("added", 0)], 500)).toBe(0);
  expect(ghostMs([], 500)).toBe(0);
  expect(ghostMs([trace("moved", 0), trace("removed", 400)], 500)).toBe(2_900);
  expect(ghostMs([trace("removed", 0)], 9_000)).toBe(0);
});
