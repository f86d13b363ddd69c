import { svg } from "./dom";

/**
 * Draws a small line chart of rates, with the value zero at the bottom. If there are no values yet, it draws only a
 * dashed line.
 */
export function sparkline(values: readonly number[]): SVGSVGElement {
  const most = Math.max(1, ...values);
  const x = (at: number): number => (values.length < 2 ? 96 : (at * 92) / (values.length - 1));
  const y = (value: number): number => 15 - (13 * value) / most;
  const base = svg("path", {
    attrs: [
      ["d", "M0 15.5H96"],
      ["stroke", "var(--line)"],
      ["stroke-dasharray", values.length === 0 ? "3 3" : null],
    ],
  });
  const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const line = svg("polyline", {
    attrs: [
      ["points", points],
      ["fill", "none"],
      ["stroke", "var(--ink-2)"],
      ["stroke-width", 1.25],
    ],
  });
  const last = values.at(-1);
  const dot =
    last === undefined
      ? null
      : svg("circle", {
          attrs: [
            ["cx", x(values.length - 1)],
            ["cy", y(last)],
            ["r", 2],
            ["fill", "var(--accent)"],
          ],
        });
  return svg(
    "svg",
    {
      class: "spark",
      attrs: [
        ["viewBox", "0 0 96 16"],
        ["aria-hidden", "true"],
      ],
    },
    base,
    line,
    dot,
  );
}
