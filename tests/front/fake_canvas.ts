import { TONES } from "../../static/model/kinds";
import type { Palette } from "../../static/render/palette";

export interface Drawn {
  readonly boxes: { x: number; y: number; w: number; h: number }[];
  readonly texts: string[];
}

/** A canvas that records rectangles and texts. Each character is 7 pixels wide. */
export function canvas(): { g: CanvasRenderingContext2D; drawn: Drawn } {
  const drawn: Drawn = { boxes: [], texts: [] };
  const known: Record<string, unknown> = {
    roundRect: (x: number, y: number, w: number, h: number) => drawn.boxes.push({ x, y, w, h }),
    fillRect: (x: number, y: number, w: number, h: number) => drawn.boxes.push({ x, y, w, h }),
    fillText: (text: string) => drawn.texts.push(text),
    measureText: (text: string) => ({ width: 7 * text.length }),
  };
  const g = new Proxy(known, { get: (of, name) => of[String(name)] ?? (() => undefined), set: () => true });
  return { g: g as unknown as CanvasRenderingContext2D, drawn };
}

const COLOURS = { tones: new Map(TONES.map(({ tone }) => [tone, "black"])), ui: "sans", mono: "mono" };
export const PALETTE = new Proxy(COLOURS, {
  get: (of, name) => (name in of ? of[name as keyof typeof COLOURS] : "black"),
}) as unknown as Palette;
