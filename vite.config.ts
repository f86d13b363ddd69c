// The build of the front end. Django finds its output through django-vite:
//   manifest  static/dist/.vite/manifest.json
//   entries   "static/map.ts" (templates/map.html), "static/help.ts" (help.html), "static/pages.ts" (every other page)
//   files     static/dist/ is a folder of static files; all addresses in the scripts are relative to them.
// `vite --mode harness` serves tests/front/harness instead: the map on generated topologies, without a server.
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;

export default defineConfig(({ mode }) => ({
  root: mode === "harness" ? resolve(here, "tests/front/harness") : here,
  base: "./",
  publicDir: false,
  build: {
    outDir: resolve(here, mode === "harness" ? "build/harness" : "static/dist"),
    emptyOutDir: true,
    manifest: mode !== "harness",
    target: "es2022",
    // The content security policy forbids styles and images inside scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions:
      mode === "harness"
        ? {}
        : {
            input: [resolve(here, "static/map.ts"), resolve(here, "static/pages.ts"), resolve(here, "static/help.ts")],
          },
  },
  // The time limit is for tests that hang: a shared machine may take several times as long as a machine of its own.
  test: {
    include: ["tests/front/**/*.test.ts"],
    // The words of the page in English.
    setupFiles: ["tests/front/setup.ts"],
    root: here,
    environment: "node",
    testTimeout: 60_000,
  },
}));
