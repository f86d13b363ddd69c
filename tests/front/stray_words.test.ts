import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { strayWords } from "./stray_words";

const STATIC = resolve(import.meta.dirname, "../../static");

/**
 * Files that this test does not check: the catalogues; the notation of iproute2, of nft(8) and of command lines, which
 * is the same in every language; the built files in dist/; and static/wire. The folder static/wire contains generated
 * tables and the texts of decoding errors; the page does not show these texts, but sentences from the catalogues.
 */
const ELSEWHERE = /^(words\/(en|zh_hans)[/.]|words\/notation\.ts|inspector\/commands\.ts|wire\/|dist\/)/;

function files(): string[] {
  return readdirSync(STATIC, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !ELSEWHERE.test(file),
  );
}

test("every word that the page shows is in a catalogue", () => {
  expect(files().length).toBeGreaterThan(80);
  const found = files().flatMap((file) =>
    strayWords(file, readFileSync(join(STATIC, file), "utf8")).map(({ line, text }) => `${file}:${line}: ${text}`),
  );
  expect(found).toEqual([]);
});

test.each([
  ["a sentence anywhere", `const words = "No route is here";`, "No route is here"],
  ["a part of a template", "const words = `port of ${name}`;", "port of "],
  ["one capitalised word", `const title = "Routes";`, "Routes"],
  ["a child of an element", `el("span", { class: "big red" }, "routes");`, "routes"],
  ["a branch of a child", `el("td", {}, there ? "yes" : "");`, "yes"],
  ["a label of a button", `button("again", { press });`, "again"],
  ["the title of a group", `group(page, "routes", remark);`, "routes"],
  ["a name and a value of a row", `row(page, part, "state", "gone", { words: true });`, "state"],
  ["a remark", "row(page, part, name, value, { remark: `of ${master}` });", "of "],
  ["a head of a table", `table(part, ["link", "#count"], rows);`, "link"],
  ["an attribute that is spoken", `el("nav", { attrs: [["aria-label", "hosts"]] });`, "hosts"],
  ["a hint in a field", `el("input", { attrs: [["type", "search"], ["placeholder", "name"]] });`, "name"],
  ["a property that is shown", `element.textContent = "gone";`, "gone"],
  ["an item of the map", `items.push({ type: "stub", text: "nobody" });`, "nobody"],
])("%s is found", (_, source, text) => {
  expect(strayWords("made-up.ts", source).map((one) => one.text)).toContain(text);
});

test.each([
  ["an import", `import { a } from "Some Where";`],
  ["a class", `el("div", { class: "button quiet glyph" });`],
  ["a class by a template", 'el("div", { class: `chip tone-${tone} here` });'],
  ["an error", `throw new Error("This browser has no 2D canvas.");`],
  ["a command line", 'commandIn(store, ns, "ip", `-d link show dev ${name}`);'],
  ["a key of a keyboard", `const action = { keys: ["Escape", "Page Down"], when: "map" };`],
  ["a type", `type Mode = "live now" | "Past";`],
  ["an attribute of a drawing", `svg("path", { attrs: [["stroke", "var(--line)"], ["d", "M0 15.5H96"]] });`],
  ["a word of the kernel", `row(page, part, "ifindex", String(link.ifindex));`],
  ["an entry of a catalogue", `el("span", {}, t.map.fit);`],
])("%s is not a word of the page", (_, source) => {
  expect(strayWords("made-up.ts", source)).toEqual([]);
});

test("outside the catalogues, only words/format.ts formats numbers and dates", () => {
  const spelled = /\.(toLocaleString|toLocaleTimeString|toLocaleDateString)\(|new Intl\.(Number|Date|Relative|Plural)/;
  const found = files().filter((file) => spelled.test(readFileSync(join(STATIC, file), "utf8")));
  expect(found).toEqual(["words/format.ts"]);
});
