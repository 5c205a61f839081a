// SPDX-License-Identifier: GPL-3.0-or-later
// One static folder with relative addresses: the daemon serves it at /, any web server serves it anywhere.
import { defineConfig } from "vite";
import own from "./package.json" with { type: "json" };

export default defineConfig({
  base: "./",
  define: { __VERSION__: JSON.stringify(own.version) },
  worker: { format: "es" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false }, // the polyfill is an inline script, which the content policy refuses
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
