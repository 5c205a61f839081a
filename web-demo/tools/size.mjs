// SPDX-License-Identifier: GPL-3.0-or-later
// What the page weighs, gzipped: the first screen (HTML, CSS and the scripts it starts with), all screens, the module. Over budget fails.
import { gzipSync } from "node:zlib";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const KB = 1024;
const BUDGET = { first: 60 * KB, all: 120 * KB, wasm: 1024 * KB };
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const weigh = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
const assets = readdirSync(join(dist, "assets")).map((name) => `assets/${name}`);

/** The files a script imports at once (not those it may import later), and theirs. */
function closure(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name] of readFileSync(join(dist, file), "utf8").matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
    closure(`assets/${name}`, seen);
  return seen;
}

export function sizes() {
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const named = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((m) => m[1]);
  const first = new Set([
    "index.html",
    ...named.flatMap((f) => (f.endsWith(".js") ? [...closure(f)] : [f])),
    ...assets.filter((f) => /worker/.test(f)),
  ]);
  const all = ["index.html", "sw.js", ...assets.filter((f) => !f.endsWith(".wasm"))];
  const sum = (files) => [...files].reduce((t, f) => t + weigh(f), 0);
  return { first: sum(first), all: sum(all), wasm: sum(assets.filter((f) => f.endsWith(".wasm"))) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [what, bytes] of Object.entries(sizes())) {
    const ok = bytes <= BUDGET[what];
    console.log(`${what.padEnd(6)} ${(bytes / KB).toFixed(1).padStart(7)} KB gzip of ${BUDGET[what] / KB}${ok ? "" : "  OVER"}`);
    if (!ok) process.exitCode = 1;
  }
}
