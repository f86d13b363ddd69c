import type { Point } from "../scene/items";
import { type View, zoomAt } from "./view";

/** What gestures of mouse and fingers need from the map: the view, and functions that zoom, point and click. */
export interface Gestures {
  view(): View;
  setView(view: View): void;
  /** Returns the smallest useful zoom, a little less than the zoom that shows everything. */
  farthest(): number;
  hover(at: Point | null): void;
  click(at: Point): void;
}

/** The largest movement of a pointer that still counts as a click, in pixels. */
const STILL = 4;
const WHEEL_STEP = 0.0016;

/** Makes the canvas react to panning, zooming at the cursor, pinching and pointing. */
export function attachGestures(canvas: HTMLCanvasElement, gestures: Gestures): void {
  const pointers = new Map<number, Point>();
  let moved = false;
  const place = (event: PointerEvent | WheelEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    moved = moved && pointers.size > 1;
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    const last = pointers.get(event.pointerId);
    if (last === undefined) {
      if (event.pointerType === "mouse") gestures.hover(at);
      return;
    }
    if (!moved && Math.hypot(at.x - last.x, at.y - last.y) < STILL) return;
    moved = true;
    gestures.hover(null);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    gestures.setView(other === undefined ? panned(gestures.view(), last, at) : pinched(gestures, other, last, at));
    pointers.set(event.pointerId, at);
  });
  const lift = (event: PointerEvent): void => {
    const known = pointers.delete(event.pointerId);
    if (known && !moved && event.type === "pointerup") gestures.click(place(event));
    if (pointers.size === 0) moved = false;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => {
    gestures.hover(null);
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      onWheel(event, place(event), gestures);
    },
    { passive: false },
  );
}

function panned(view: View, from: Point, to: Point): View {
  return { x: view.x + to.x - from.x, y: view.y + to.y - from.y, k: view.k };
}

function pinched(gestures: Gestures, other: Point, from: Point, to: Point): View {
  const grow = Math.hypot(to.x - other.x, to.y - other.y) / Math.max(1, Math.hypot(from.x - other.x, from.y - other.y));
  const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
  const view = panned(gestures.view(), { x: from.x / 2, y: from.y / 2 }, { x: to.x / 2, y: to.y / 2 });
  return zoomAt(view, middle, view.k * grow, gestures.farthest());
}

/**
 * Whether a wheel event comes from two fingers on a touchpad. The size of the step does not tell: a wheel with a fine
 * resolution makes small steps, too. Browsers also give the step in units of which a notch of a wheel has 120. For a
 * touchpad, these units are thirds of pixels.
 */
function isTouchpad(event: WheelEvent & { readonly wheelDeltaY?: number }): boolean {
  if (event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL) return false;
  return event.deltaX !== 0 || (event.deltaY !== 0 && event.wheelDeltaY === -3 * event.deltaY);
}

function onWheel(event: WheelEvent, at: Point, gestures: Gestures): void {
  event.preventDefault();
  const view = gestures.view();
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  // Two fingers on a touchpad pan the map. A wheel zooms the map, and so does pinching, which the browser reports as a
  // wheel with Ctrl.
  if (!event.ctrlKey && (event.shiftKey || isTouchpad(event))) {
    gestures.setView({ x: view.x - event.deltaX * unit, y: view.y - event.deltaY * unit, k: view.k });
    return;
  }
  const strength = event.ctrlKey ? 6 : 1;
  gestures.setView(
    zoomAt(view, at, view.k * Math.exp(-event.deltaY * unit * WHEEL_STEP * strength), gestures.farthest()),
  );
}
