import { ESLint } from "eslint";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** Returns the scripts of static/, each with the files that it imports, including imports of types. */
function imports(): Map<string, string[]> {
  const files = readdirSync(join(ROOT, "static"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("dist"))
    .map((file) => join("static", file));
  return new Map(
    files.map((file) => {
      const source = readFileSync(join(ROOT, file), "utf8");
      const found = [...source.matchAll(/(?:from|import\(?) ?"(\.[^"]+)"/g)].map(([, spec = ""]) =>
        normalize(`${join(dirname(file), spec)}.ts`),
      );
      return [file, found.filter((one) => files.includes(one))];
    }),
  );
}

/** Returns a cycle in the graph of imports, or null if there is none. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (at: string, way: readonly string[]): string[] | null => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (done.has(at)) return null;
    for (const next of graph.get(at) ?? []) {
      const found = walk(next, [...way, at]);
      if (found !== null) return found;
    }
    done.add(at);
    return null;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found !== null) return found;
  }
  return null;
}

test("no file imports itself through a cycle of imports, not even for types", () => {
  const graph = imports();
  expect(graph.size).toBeGreaterThan(60);
  expect(graph.get("static/map.ts")).toContain("static/shell/app.ts");
  expect(circle(graph)).toBeNull();
});

test("a cycle of imports is found with all of its files", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c", "d"]],
    ["c", []],
    ["d", ["b"]],
  ]);
  expect(circle(graph)).toEqual(["b", "d", "b"]);
});

const linter = new ESLint({ cwd: ROOT, ruleFilter: ({ ruleId }) => ruleId === "netviz/layers" });

async function complaints(path: string, source: string): Promise<string[]> {
  const [result] = await linter.lintText(source, { filePath: join(ROOT, path) });
  return (result?.messages ?? []).map(({ message }) => message);
}

test("a folder of static/ imports only from folders below it in the list of layers", async () => {
  const up = 'import type { App } from "../shell/app";\n';
  expect(await complaints("static/model/made-up.ts", up)).toEqual(["static/model must not import from static/shell."]);
  expect(await complaints("static/shell/made-up.ts", 'import { Store } from "../model/store";\n')).toEqual([]);
  expect(await complaints("static/inspector/tabs/made-up.ts", 'void import("../../shell/app");\n')).toEqual([
    "static/inspector must not import from static/shell.",
  ]);
});

test("folders on the same layer do not import each other", async () => {
  expect(await complaints("static/actions/made-up.ts", 'export * from "../render/view";\n')).toEqual([
    "static/actions must not import from static/render.",
  ]);
});

test("a folder that is not in the list of layers must not be imported", async () => {
  expect(await complaints("static/misc/made-up.ts", 'import { Store } from "../model/store";\n')).toEqual([
    "static/misc is not a room: eslint.config.js lists them.",
  ]);
});
