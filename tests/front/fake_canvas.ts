import { TONES } from "../../static/model/kinds";
import type { Palette } from "../../static/render/palette";

export interface Drawn {
  readonly boxes: { x: number; y: number; w: number; h: number }[];
  readonly texts: string[];
  /** The beginning and the baseline of each text, and the rectangle outside of which nothing of the text is drawn, if there is one. */
  readonly lines: { text: string; x: number; y: number; clip: { y: number; h: number } | null }[];
  /** The number of lines and borders. */
  strokes: number;
}

/** A canvas that records rectangles and texts. Each character is 7 pixels wide. */
export function canvas(): { g: CanvasRenderingContext2D; drawn: Drawn } {
  const drawn: Drawn = { boxes: [], texts: [], lines: [], strokes: 0 };
  let [path, clip]: ({ y: number; h: number } | null)[] = [null, null];
  const known: Record<string, unknown> = {
    roundRect: (x: number, y: number, w: number, h: number) => drawn.boxes.push({ x, y, w, h }),
    fillRect: (x: number, y: number, w: number, h: number) => drawn.boxes.push({ x, y, w, h }),
    fillText: (text: string, x: number, y: number) => {
      drawn.texts.push(text);
      drawn.lines.push({ text, x, y, clip: clip ?? null });
    },
    rect: (_x: number, y: number, _w: number, h: number) => (path = { y, h }),
    clip: () => (clip = path),
    restore: () => (clip = null),
    stroke: () => (drawn.strokes += 1),
    measureText: (text: string) => ({ width: 7 * text.length }),
  };
  const g = new Proxy(known, { get: (of, name) => of[String(name)] ?? (() => undefined), set: () => true });
  return { g: g as unknown as CanvasRenderingContext2D, drawn };
}

const COLOURS = { tones: new Map(TONES.map(({ tone }) => [tone, "black"])), ui: "sans", mono: "mono" };
export const PALETTE = new Proxy(COLOURS, {
  get: (of, name) => (name in of ? of[name as keyof typeof COLOURS] : "black"),
}) as unknown as Palette;
