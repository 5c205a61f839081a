// SPDX-License-Identifier: GPL-3.0-or-later
// Pages in Chromium: folders served on any port, visited with an eye on the console.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

const executablePath = process.env.DYO_CHROMIUM ?? "/usr/bin/chromium";
const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
    " ",
  );
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

let browser;
before(async () => {
  assert.ok(existsSync(executablePath), `${executablePath} is needed (or set DYO_CHROMIUM)`);
  browser = await chromium.launch({ executablePath, args: flags });
});
after(() => browser?.close());

/** Serves a folder; `headers` go with every answer; what is missing is answered by the start page, as single-page servers do. */
export async function served(folder, headers, work) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const file = join(folder, path === "/" ? "index.html" : path);
    const found = existsSync(file) && extname(file) ? file : join(folder, "index.html");
    response
      .writeHead(200, { "content-type": types[extname(found)] ?? "application/octet-stream", ...headers })
      .end(readFileSync(found));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

/** Opens a page and answers what its program puts into `globalThis.answer`; anything on the console but logs is a failure. */
export async function visit(url, { quiet = true } = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const noise = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && noise.push(m.text()));
  page.on("pageerror", (e) => noise.push(e.message));
  try {
    await page.goto(url);
    const handle = await page
      .waitForFunction(() => globalThis.answer, undefined, { timeout: 30_000 })
      .catch((e) => assert.fail(`${e.message}\n${noise.join("\n")}`));
    if (quiet) assert.deepEqual(noise, []);
    return await handle.jsonValue();
  } finally {
    await context.close();
  }
}

export const html = (body, base = "") =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">${base}</head><body>${body}</body></html>`;
