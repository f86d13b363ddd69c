import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";

const tokens = readFileSync(resolve(import.meta.dirname, "../../static/style/tokens.css"), "utf8");
const palette = new Map(
  [...tokens.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, { light, dark }],
  ),
);

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[0-9a-f]{2}/g) ?? []).map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (high + 0.05) / (low + 0.05);
}

// Text colours, and for each the backgrounds on which it is used.
const TEXT: readonly (readonly [string, readonly string[]])[] = [
  ["ink", ["bg", "ground", "panel", "sunk", "accent-soft", "warn-soft", "bad-soft", "ok-soft"]],
  ["ink-2", ["bg", "ground", "panel", "sunk", "accent-soft"]],
  ["ink-3", ["bg", "ground", "panel", "sunk"]],
  ["accent", ["panel", "accent-soft"]],
  ["warn", ["panel", "warn-soft"]],
  ["bad", ["panel", "bad-soft"]],
  ["ok", ["panel", "ok-soft"]],
  ["panel", ["physical", "accent", "ink"]],
];

// Colours that lines and symbols have on the map. Each colour has a meaning, such as a kind of link.
const SIGNS = [
  "veth",
  "bridge",
  "physical",
  "vlan",
  "macvlan",
  "vxlan",
  "tun",
  "lo",
  "add",
  "chg",
  "gone",
  "moved",
  "accent",
];

for (const theme of ["light", "dark"] as const) {
  describe(`in ${theme}`, () => {
    const color = (name: string): string => palette.get(name)?.[theme] ?? "";

    test.each(TEXT.flatMap(([name, grounds]) => grounds.map((ground) => [name, ground] as const)))(
      "%s on %s is readable (WCAG AA, 4.5:1)",
      (name, ground) => {
        expect(contrast(color(name), color(ground))).toBeGreaterThanOrEqual(4.5);
      },
    );

    test.each(SIGNS.flatMap((name) => ["ground", "panel", "sunk"].map((ground) => [name, ground] as const)))(
      "%s contrasts with %s (3:1)",
      (name, ground) => {
        expect(contrast(color(name), color(ground))).toBeGreaterThanOrEqual(3);
      },
    );

    test("the borders of fields contrast with panels (3:1)", () => {
      expect(contrast(color("control"), color("panel"))).toBeGreaterThanOrEqual(3);
    });
  });
}
