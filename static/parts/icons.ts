import type { Form, Tone } from "../model/kinds";
import { svg } from "./dom";

function glyph(size: number, ...paths: readonly string[]): SVGSVGElement {
  const box = [
    ["viewBox", "0 0 16 16"],
    ["width", size],
    ["height", size],
    ["aria-hidden", "true"],
  ] as const;
  const look = [
    ["fill", "none"],
    ["stroke", "currentColor"],
    ["stroke-width", 1.5],
    ["stroke-linecap", "round"],
  ] as const;
  return svg("svg", { attrs: [...box, ...look] }, ...paths.map((d) => svg("path", { attrs: [["d", d]] })));
}

export const icons = {
  search: (): SVGSVGElement => glyph(16, "M11.5 7a4.5 4.5 0 1 1-9 0a4.5 4.5 0 0 1 9 0Z", "M10.5 10.5 14 14"),
  close: (): SVGSVGElement => glyph(16, "M4 4l8 8", "M12 4l-8 8"),
  wide: (): SVGSVGElement => glyph(16, "M9.5 3H13v3.5", "M6.5 13H3V9.5", "M13 3 9 7", "M3 13l4-4"),
  copy: (): SVGSVGElement => glyph(14, "M6 6h7v7H6Z", "M10 3.5H3.5V10"),
  right: (): SVGSVGElement => glyph(12, "M6 4l4 4-4 4"),
  down: (): SVGSVGElement => glyph(12, "M4 6l4 4 4-4"),
  plus: (): SVGSVGElement => glyph(16, "M8 3v10", "M3 8h10"),
  minus: (): SVGSVGElement => glyph(16, "M3 8h10"),
  light: (): SVGSVGElement =>
    glyph(
      16,
      "M8 5a3 3 0 1 1 0 6a3 3 0 0 1 0-6Z",
      "M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
    ),
  dark: (): SVGSVGElement => glyph(16, "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z"),
  warn: (): SVGSVGElement => glyph(16, "M8 2.5 14.5 13.5h-13Z", "M8 6.5v3.5", "M8 12v.1"),
};

/** Draws a small icon for lists, with the shape and colour in which the map draws a kind of link. */
export function chipGlyph(tone: Tone, form: Form, down: boolean): SVGSVGElement {
  const filled = form === "filled" && !down;
  const dash = form === "dashed" ? "3 1.5" : form === "dotted" ? "1 1.5" : null;
  const color = down ? "var(--ink-3)" : `var(--${tone})`;
  const rect = svg("rect", {
    attrs: [
      ...([
        ["x", 1],
        ["y", 2.5],
        ["width", 12],
        ["height", 7],
        ["rx", 2],
        ["stroke-width", 1.5],
      ] as const),
      ["fill", filled ? color : form === "plain" ? "var(--sunk)" : "none"],
      ["stroke", color],
      ["stroke-dasharray", dash],
    ],
  });
  const hatch = down
    ? svg("path", {
        attrs: [
          ["d", "M3 9 8 3M7 9l5-6"],
          ["stroke", color],
        ],
      })
    : null;
  return svg(
    "svg",
    {
      class: "kind",
      attrs: [
        ["viewBox", "0 0 14 12"],
        ["aria-hidden", "true"],
      ],
    },
    rect,
    hatch,
  );
}

export function bridgeGlyph(): SVGSVGElement {
  const bar = svg("path", {
    attrs: [
      ["d", "M1 3.5h12M3.5 4v6M7 4v6M10.5 4v6"],
      ["stroke", "var(--bridge)"],
      ["stroke-width", 2],
    ],
  });
  return svg(
    "svg",
    {
      class: "kind",
      attrs: [
        ["viewBox", "0 0 14 12"],
        ["aria-hidden", "true"],
      ],
    },
    bar,
  );
}

export function namespaceGlyph(anonymous: boolean): SVGSVGElement {
  const frame = [
    ["fill", "none"],
    ["stroke", "var(--ink-2)"],
    ["stroke-width", 1.4],
    ["stroke-dasharray", anonymous ? "2 1.5" : null],
  ] as const;
  const card = svg("path", { attrs: [["d", "M2 3.5h10v7.5H2ZM5 3.5V1.5h4v2"], ...frame] });
  return svg(
    "svg",
    {
      class: "kind",
      attrs: [
        ["viewBox", "0 0 14 12"],
        ["aria-hidden", "true"],
      ],
    },
    card,
  );
}
