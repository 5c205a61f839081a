// SPDX-License-Identifier: GPL-3.0-or-later
// One static folder with relative addresses: the daemon serves it at /, any web server serves it anywhere.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { defineConfig } from "vite";
import own from "./package.json" with { type: "json" };
import { templatesShort } from "./tools/templates.mjs";

/** Tells the service worker which files are its version, and gives the version a name. */
function version() {
  return {
    name: "version",
    apply: "build",
    writeBundle: ({ dir }) => {
      const files = ["./", ...readdirSync(`${dir}/assets`).map((name) => `assets/${name}`)];
      const worker = readFileSync(`${dir}/sw.js`, "utf8");
      const build = createHash("sha256").update(readFileSync(`${dir}/index.html`)).update(files.join()).update(worker).digest("hex").slice(0, 12);
      writeFileSync(`${dir}/sw.js`, worker.replaceAll("__FILES__", JSON.stringify(files)).replaceAll("__BUILD__", JSON.stringify(build)));
    },
  };
}

/** Screens that belong together are one file: what they share is packed once. */
const GROUPS = [
  { name: "first", test: /node_modules\/(lit|@lit)|src\/((format|download|kept|files|ics|instant|recent|types|texts|store|roster|data|engine|failure|ui|tasks?|catalogue|offline|intake|project-file)\.ts|elements\/(scale|chart|eoq-curve))/, priority: -1 },
  { name: "series", test: /src\/(screens\/(data|forecast)|elements\/forecast|texts-(tune|days))/ },
  { name: "orders", test: /src\/(screens\/(stock|plan|tradeoffs)|elements\/(stock|plan|budget|pareto)|planner|advice|waiting|urgency)/ },
  { name: "people", test: /src\/(screens\/(staff|tasks)|elements\/(roster|staff)|texts-(staff|tasks))/ },
];

export default defineConfig({
  base: "./",
  define: { __VERSION__: JSON.stringify(own.version) },
  worker: { format: "es" },
  plugins: [templatesShort(), version()],
  build: {
    target: "es2022",
    modulePreload: false, // its polyfill is an inline script, which the content policy refuses; a screen's own files are few
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/service-worker.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        codeSplitting: { includeDependenciesRecursively: false, groups: GROUPS },
      },
    },
  },
});
