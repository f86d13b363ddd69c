import { type Tone, TONES } from "../model/kinds";

/** The colours and fonts of the map, from the style sheet for light or dark colours. */
export interface Palette {
  readonly bg: string;
  readonly ground: string;
  readonly panel: string;
  readonly sunk: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly halo: string;
  readonly add: string;
  readonly chg: string;
  readonly gone: string;
  readonly moved: string;
  readonly warn: string;
  readonly ui: string;
  readonly mono: string;
  readonly tones: ReadonlyMap<Tone, string>;
}

/** Reads the palette from the page's custom properties, with the colours of the current theme. */
export function readPalette(page: HTMLElement): Palette {
  const style = getComputedStyle(page);
  const face = (name: string): string => style.getPropertyValue(`--${name}`).trim().replaceAll(/\s+/g, " ");
  const before = page.style.color;
  // The value of a custom property is its unresolved text (`light-dark(...)`). Only the computed colour of an element
  // that uses the property is resolved.
  const read = (name: string): string => {
    page.style.color = `var(--${name})`;
    return style.color;
  };
  const palette = colours(read, face);
  page.style.color = before;
  return palette;
}

function colours(read: (name: string) => string, face: (name: string) => string): Palette {
  return {
    bg: read("bg"),
    ground: read("ground"),
    panel: read("panel"),
    sunk: read("sunk"),
    line: read("line"),
    lineStrong: read("line-strong"),
    ink: read("ink"),
    ink2: read("ink-2"),
    ink3: read("ink-3"),
    accent: read("accent"),
    accentSoft: read("accent-soft"),
    halo: read("halo"),
    add: read("add"),
    chg: read("chg"),
    gone: read("gone"),
    moved: read("moved"),
    warn: read("warn"),
    ui: face("font-ui"),
    mono: face("font-mono"),
    tones: new Map(TONES.map(({ tone }) => [tone, read(tone)])),
  };
}
