import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { formOf, isBar, isInside, isPaired, kindOf, toneOf, TONES } from "../../static/model/kinds";
import { LINK_KINDS as KINDS } from "../../static/wire/tables";

const STATIC = resolve(import.meta.dirname, "../../static");
const tokens = readFileSync(resolve(STATIC, "style/tokens.css"), "utf8");

test("each kind of link has exactly one row in the table", () => {
  const names = KINDS.map(({ kind }) => kind);
  expect(new Set(names).size).toBe(names.length);
});

test("every colour of a kind has a shape, and a value in the style sheet", () => {
  for (const { kind, tone } of KINDS) {
    const row = TONES.find((one) => one.tone === tone);
    expect(row?.form, kind).toBe(formOf(tone));
    expect(tokens, kind).toContain(`--${tone}: light-dark(`);
  }
});

test("a kind that is bound to another link has a peer or a lower link", () => {
  for (const { kind, bound, paired, upper } of KINDS) if (bound) expect(paired || upper, kind).toBe(true);
});

test("an unknown kind is drawn as a tunnel, with its own name", () => {
  expect(kindOf("quux")).toMatchObject({ label: "quux", tone: "tun", shape: "chip", paired: false });
  expect([toneOf("quux"), isPaired("quux"), isBar("quux"), isInside("quux")]).toEqual(["tun", false, false, false]);
});

test("no other file compares kinds by name", () => {
  const words = KINDS.map(({ kind }) => kind).join("|");
  const comparison = new RegExp(`[kK]ind\\)? ?(===|!==) "(${words})"`);
  for (const file of readdirSync(STATIC, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.startsWith("dist")) continue;
    const source = readFileSync(resolve(STATIC, file), "utf8");
    expect(comparison.exec(source)?.[0], file).toBeUndefined();
  }
});
