import type { Tone } from "../model/kinds";
import type { Point } from "../scene/items";
import type { Palette } from "./palette";
import { type Level, levelOf } from "./view";

/**
 * The distance by which warning marks, titles, signs of gateways, lines to missing peers and the bars of bridges can
 * extend beyond the rectangles of their items, in pixels.
 */
export const OVERHANG = 40;

const widths = new Map<string, number>();

/** Draws on a canvas in whole CSS pixels. Positions scale with the zoom; text and line widths do not. */
export class Pen {
  readonly level: Level;

  constructor(
    readonly g: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    readonly palette: Palette,
    readonly k: number,
    private readonly left: number,
    private readonly top: number,
  ) {
    this.level = levelOf(k);
  }

  x(at: number): number {
    return Math.round(at * this.k - this.left);
  }

  y(at: number): number {
    return Math.round(at * this.k - this.top);
  }

  /** Converts a rectangle of the map to pixels of the canvas. */
  box({ x, y, w, h }: { x: number; y: number; w: number; h: number }): { x: number; y: number; w: number; h: number } {
    const left = this.x(x);
    const top = this.y(y);
    return { x: left, y: top, w: this.x(x + w) - left, h: this.y(y + h) - top };
  }

  /**
   * Returns a size that grows with a zoom above 100 %. Below 100 % it shrinks, but not below `least`, so that text is
   * readable.
   */
  size(px: number, least = 11): number {
    return this.k > 1 ? px * this.k : Math.max(least, px * this.k);
  }

  /** Draws a rectangle with a fill, a border and round corners. The border is inside the rectangle, on whole pixels. */
  rect(
    { x, y, w, h }: { x: number; y: number; w: number; h: number },
    radius: number | number[],
    fill: string | null,
    stroke: string | null,
    width = 1,
    dash: readonly number[] = [],
  ): void {
    const { g } = this;
    const inset = stroke === null ? 0 : width / 2;
    g.beginPath();
    g.roundRect(x + inset, y + inset, Math.max(0, w - 2 * inset), Math.max(0, h - 2 * inset), radius);
    if (fill !== null) {
      g.fillStyle = fill;
      g.fill();
    }
    if (stroke !== null) this.stroke(stroke, width, dash);
  }

  /** Draws an orthogonal line with round corners. */
  line(path: readonly Point[], color: string, width: number, dash: readonly number[] = [], radius = 4): void {
    const { g } = this;
    const points = path.map((point) => ({ x: this.x(point.x), y: this.y(point.y) }));
    const [first, ...rest] = points;
    if (first === undefined) return;
    g.beginPath();
    g.moveTo(first.x, first.y);
    for (const [at, point] of rest.entries()) {
      const next = rest[at + 1];
      if (next === undefined) g.lineTo(point.x, point.y);
      else g.arcTo(point.x, point.y, next.x, next.y, this.corner(points[at] ?? first, point, next, radius));
    }
    this.stroke(color, width, dash);
  }

  private corner(before: Point, at: Point, next: Point, radius: number): number {
    const room = Math.min(
      Math.abs(before.x - at.x) + Math.abs(before.y - at.y),
      Math.abs(next.x - at.x) + Math.abs(next.y - at.y),
    );
    return Math.min(radius, room / 2);
  }

  private stroke(color: string, width: number, dash: readonly number[]): void {
    const { g } = this;
    g.strokeStyle = color;
    g.lineWidth = width;
    g.setLineDash([...dash]);
    g.stroke();
  }

  /** Writes text with its baseline at y. Returns the width of the text. */
  text(text: string, x: number, y: number, font: string, color: string, align: CanvasTextAlign = "left"): number {
    const { g } = this;
    const width = this.width(text, font);
    g.font = font;
    g.fillStyle = color;
    g.textAlign = align;
    g.textBaseline = "alphabetic";
    if (/\p{M}/u.test(text)) this.textInLine(text, x, y, font, width);
    else g.fillText(text, x, y);
    return width;
  }

  /**
   * Writes text with combining marks. A name may have very many of them above one letter, and they must not cover other
   * lines, so everything above and below the text's own line is cut off.
   */
  private textInLine(text: string, x: number, y: number, font: string, width: number): void {
    const { g } = this;
    const px = Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
    g.save();
    g.beginPath();
    g.rect(x - width - px, y - 1.15 * px, 2 * width + 2 * px, 1.5 * px);
    g.clip();
    g.fillText(text, x, y);
    g.restore();
  }

  width(text: string, font: string): number {
    if (text.length > 1_024) return Infinity;
    const key = `${font} ${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known;
    if (widths.size > 20_000) widths.clear();
    this.g.font = font;
    const width = this.g.measureText(text).width;
    widths.set(key, width);
    return width;
  }

  /**
   * Returns the text, shortened with an ellipsis at the end if it does not fit. Returns an empty text if fewer than
   * three characters fit.
   */
  fitted(text: string, font: string, room: number): string {
    return this.shortened(text, font, room, (chars, count) => `${chars.slice(0, count).join("")}…`);
  }

  /**
   * Returns the name, shortened with an ellipsis in the middle if it does not fit. Similar names often differ at their
   * end.
   */
  fittedName(text: string, font: string, room: number): string {
    return this.shortened(text, font, room, (chars, count) => {
      const tail = Math.ceil(count / 2);
      return `${chars.slice(0, count - tail).join("")}…${chars.slice(chars.length - tail).join("")}`;
    });
  }

  private shortened(
    text: string,
    font: string,
    room: number,
    cut: (chars: readonly string[], count: number) => string,
  ): string {
    if (text.length < 256 && this.width(text, font) <= room) return text;
    const chars = [...text.slice(0, 256)];
    let [fits, tooLong] = [2, chars.length];
    while (tooLong - fits > 1) {
      const middle = (fits + tooLong) >> 1;
      if (this.width(cut(chars, middle), font) <= room) fits = middle;
      else tooLong = middle;
    }
    return fits < 3 ? "" : cut(chars, fits);
  }

  ui(px: number, weight = 400): string {
    return `${weight} ${px}px ${this.palette.ui}`;
  }

  mono(px: number, weight = 400): string {
    return `${weight} ${px}px ${this.palette.mono}`;
  }

  tone(name: Tone): string {
    return this.palette.tones.get(name) ?? this.palette.ink3;
  }
}
