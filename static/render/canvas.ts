import type { Box } from "../scene/items";
import type { Point } from "../scene/items";
import type { Scene } from "../scene/scene";
import { drawOverlay, type Overlay, shownMs, type Trace } from "./overlay";
import type { Palette } from "./palette";
import { Pen } from "./pen";
import { Tiles } from "./tiles";
import { fit, type View } from "./view";

/** The time that one frame may spend on drawing tiles (image parts of the map) while the map moves, in milliseconds. */
const SLICE_MS = 6;
/** The time between two checks for expired traces (marks of changes) if traces do not fade, in milliseconds. */
const STILL_MS = 1_500;

/** Draws the map into a canvas. It draws only when something has changed. */
export class MapCanvas {
  view: View = { x: 0, y: 0, k: 1 };
  private scene: Scene | null = null;
  private tiles: Tiles | null = null;
  /**
   * The tiles (image parts of the map) of the previous zoom. They are scaled until the tiles of the current zoom are
   * drawn.
   */
  private before: Tiles | null = null;
  private overlay: Overlay = { selected: "", lit: [], hovered: "", found: null, traces: [], still: false };
  private width = 0;
  private height = 0;
  private ratio = 1;
  private frame = 0;
  private readonly g: CanvasRenderingContext2D;
  /** Called after each drawn frame with the time that drawing took, in milliseconds. */
  onFrame: (took: number) => void = () => undefined;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private palette: Palette,
  ) {
    const g = canvas.getContext("2d", { alpha: false });
    if (g === null) throw new Error("This browser has no 2D canvas.");
    this.g = g;
  }

  get size(): { width: number; height: number } {
    return { width: this.width, height: this.height };
  }

  resize(width: number, height: number, ratio: number): void {
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    this.width = width;
    this.height = height;
    if (ratio !== this.ratio) this.tiles = this.before = null;
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    // Setting the size of a canvas clears it, so the canvas has to be drawn in the same task.
    this.draw(true);
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.tiles = this.before = null;
    this.invalidate();
  }

  setScene(scene: Scene): void {
    this.scene = scene;
    this.tiles = this.before = null;
    this.invalidate();
  }

  /** Marks these parts of the map as out of date, so that they are drawn again. */
  spoil(boxes: readonly Box[]): void {
    for (const box of boxes) {
      this.tiles?.spoil(box);
      this.before?.spoil(box);
    }
    this.invalidate();
  }

  setView(view: View): void {
    if (view.k !== this.view.k) this.zoomed();
    this.view = view;
    this.invalidate();
  }

  private zoomed(): void {
    // Tiles are image parts of the map at one zoom. While the zoom changes, the last complete tiles are kept, and
    // incomplete tiles are dropped.
    if (this.tiles !== null && (this.before === null || this.isWhole(this.tiles))) this.before = this.tiles;
    this.tiles = null;
  }

  /** Shows a rectangle of the map completely, as large as possible but at most at 100 %. */
  fit(box: Box, margin = 16): void {
    this.setView(fit(box, this.width, this.height, margin));
  }

  setOverlay(overlay: Overlay): void {
    this.overlay = overlay;
    this.invalidate();
  }

  invalidate(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw(false);
    });
  }

  /** Draws the map now. If `whole` is true, there is no time limit, so the whole visible map is drawn. */
  draw(whole: boolean): void {
    const started = performance.now();
    const { g, ratio } = this;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { scene, view } = this;
    if (scene === null) {
      g.fillStyle = this.palette.bg;
      g.fillRect(0, 0, this.width, this.height);
      return;
    }
    this.tiles ??= new Tiles(view.k, ratio, this.palette);
    const ready = this.copyTiles(scene, this.tiles, whole || this.before === null ? Infinity : started + SLICE_MS);
    if (ready) this.before = null;
    const pen = new Pen(g, this.palette, view.k, -Math.round(view.x), -Math.round(view.y));
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    const traces = this.freshTraces(started);
    drawOverlay(pen, scene, { ...this.overlay, traces }, started, this.size);
    if (!ready) this.invalidate();
    this.onFrame(performance.now() - started);
  }

  private copyTiles(scene: Scene, tiles: Tiles, until: number): boolean {
    const visible = this.visibleTiles(tiles, this.view);
    let drawn = 0;
    for (const { i, j } of visible) {
      if (tiles.isReady(i, j)) continue;
      // At least one tile is drawn in each frame; otherwise drawing would never finish.
      if (drawn > 0 && performance.now() > until) break;
      tiles.get(scene, i, j, true);
      drawn += 1;
    }
    const ready = visible.every(({ i, j }) => tiles.isReady(i, j));
    if (!ready && this.before !== null) this.copyScaled(scene, this.before);
    if (!ready && this.before !== null) return false;
    const x = Math.round(this.view.x * this.ratio);
    const y = Math.round(this.view.y * this.ratio);
    this.g.setTransform(1, 0, 0, 1, 0, 0);
    for (const { i, j } of visible) {
      const picture = tiles.get(scene, i, j, false);
      if (picture !== null) this.g.drawImage(picture, i * picture.width + x, j * picture.height + y);
    }
    return ready;
  }

  private copyScaled(scene: Scene, tiles: Tiles): void {
    const { g, view } = this;
    const grow = view.k / tiles.k;
    g.fillStyle = this.palette.bg;
    g.fillRect(0, 0, this.width, this.height);
    const side = tiles.side * grow;
    for (const { i, j } of this.visibleTiles(tiles, view)) {
      const picture = tiles.get(scene, i, j, false);
      if (picture !== null) g.drawImage(picture, i * side + view.x, j * side + view.y, side + 0.5, side + 0.5);
    }
  }

  private isWhole(tiles: Tiles): boolean {
    return this.visibleTiles(tiles, this.view).every(({ i, j }) => tiles.isReady(i, j));
  }

  private visibleTiles(tiles: Tiles, view: View): { i: number; j: number }[] {
    const side = (tiles.side * view.k) / tiles.k;
    const out: { i: number; j: number }[] = [];
    for (let j = Math.floor(-view.y / side); j <= Math.floor((this.height - view.y) / side); j++) {
      for (let i = Math.floor(-view.x / side); i <= Math.floor((this.width - view.x) / side); i++) out.push({ i, j });
    }
    return out;
  }

  /** Returns the traces (marks of changes) that are still visible, and requests the next frame while there are any. */
  private freshTraces(now: number): readonly Trace[] {
    const fresh = this.overlay.traces.filter((trace) => now - trace.since < shownMs(trace.item.status));
    if (fresh.length === 0) return fresh;
    if (this.overlay.still)
      setTimeout(() => {
        this.invalidate();
      }, STILL_MS);
    else this.invalidate();
    return fresh;
  }

  toMap(at: Point): Point {
    return { x: (at.x - this.view.x) / this.view.k, y: (at.y - this.view.y) / this.view.k };
  }
}
