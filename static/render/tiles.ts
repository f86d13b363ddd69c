import type { Box } from "../scene/items";
import type { Scene } from "../scene/scene";
import { drawItem } from "./items";
import type { Palette } from "./palette";
import { OVERHANG, Pen } from "./pen";

/** The length of a tile's side, in device pixels. A tile is a square image of a part of the map. */
const SIDE = 512;
/** The largest number of tiles in memory: 96 tiles of 1 MiB. */
const KEPT = 96;

interface Tile {
  readonly canvas: OffscreenCanvas;
  /** The rectangle of the tile that is out of date, in map coordinates; null if there is none. */
  dirty: Box | null;
  used: number;
}

/**
 * The map at one zoom, divided into square images (tiles). A tile is drawn when it is first needed and after something
 * in it has changed; otherwise the finished tile is only copied to the canvas.
 */
export class Tiles {
  private readonly tiles = new Map<string, Tile>();
  private clock = 0;

  constructor(
    readonly k: number,
    readonly ratio: number,
    private readonly palette: Palette,
  ) {}

  /** The length of a tile's side, in CSS pixels. */
  get side(): number {
    return SIDE / this.ratio;
  }

  /** Marks a part of the map as changed, so that its tiles are drawn again. */
  spoil(box: Box): void {
    const reach = OVERHANG / this.k;
    const wide = { x: box.x - reach, y: box.y - reach, w: box.w + 2 * reach, h: box.h + 2 * reach };
    const side = this.side;
    for (let i = Math.floor((wide.x * this.k) / side); i <= Math.floor(((wide.x + wide.w) * this.k) / side); i++) {
      for (let j = Math.floor((wide.y * this.k) / side); j <= Math.floor(((wide.y + wide.h) * this.k) / side); j++) {
        const tile = this.tiles.get(`${i},${j}`);
        if (tile !== undefined) tile.dirty = tile.dirty === null ? wide : around(tile.dirty, wide);
      }
    }
  }

  /** Returns a tile, or null if the tile would have to be drawn and `mayDraw` is false. */
  get(scene: Scene, i: number, j: number, mayDraw: boolean): OffscreenCanvas | null {
    const key = `${i},${j}`;
    let tile = this.tiles.get(key);
    if (tile === undefined) {
      if (!mayDraw) return null;
      const side = this.side;
      const all = { x: (i * side) / this.k, y: (j * side) / this.k, w: side / this.k, h: side / this.k };
      tile = { canvas: new OffscreenCanvas(SIDE, SIDE), dirty: all, used: 0 };
      this.tiles.set(key, tile);
      this.forget();
    }
    tile.used = ++this.clock;
    if (tile.dirty !== null && mayDraw) this.draw(scene, tile, i, j, tile.dirty);
    return tile.canvas;
  }

  isReady(i: number, j: number): boolean {
    return this.tiles.get(`${i},${j}`)?.dirty === null;
  }

  private draw(scene: Scene, tile: Tile, i: number, j: number, dirty: Box): void {
    const g = tile.canvas.getContext("2d", { alpha: false });
    if (g === null) return;
    const { k, side, ratio } = this;
    const pen = new Pen(g, this.palette, k, i * side, j * side);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.save();
    const part = pen.box(dirty);
    g.beginPath();
    g.rect(part.x, part.y, part.w, part.h);
    g.clip();
    g.fillStyle = this.palette.bg;
    g.fillRect(0, 0, side, side);
    const reach = OVERHANG / k;
    const left = Math.max(dirty.x, (i * side) / k) - reach;
    const top = Math.max(dirty.y, (j * side) / k) - reach;
    const right = Math.min(dirty.x + dirty.w, ((i + 1) * side) / k) + reach;
    const bottom = Math.min(dirty.y + dirty.h, ((j + 1) * side) / k) + reach;
    for (const item of scene.grid.within(left, top, right, bottom)) drawItem(pen, item);
    g.restore();
    tile.dirty = null;
  }

  private forget(): void {
    if (this.tiles.size <= KEPT) return;
    const oldest = [...this.tiles.entries()].sort((a, b) => a[1].used - b[1].used).slice(0, KEPT / 4);
    for (const [key] of oldest) this.tiles.delete(key);
  }
}

function around(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}
