// The build of the front end. Django finds what it made through django-vite:
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
    // A style or a picture inside a script would break the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions:
      mode === "harness"
        ? {}
        : {
            input: [resolve(here, "static/map.ts"), resolve(here, "static/pages.ts"), resolve(here, "static/help.ts")],
          },
  },
  // The limit of time is for what hangs: a machine that is shared may take several times as long as one that is not.
  test: { include: ["tests/front/**/*.test.ts"], root: here, environment: "node", testTimeout: 60_000 },
}));
