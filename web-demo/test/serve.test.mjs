// SPDX-License-Identifier: GPL-3.0-or-later
// The small server: what it answers, and what it refuses.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { sizes } from "../tools/size.mjs";
import { serve } from "./browser.mjs";

let web;
before(async () => (web = await serve()));
after(() => web.stop());

/** A request whose path is sent as it stands: fetch would tidy it first. */
const ask = (path, method = "GET") =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(web.address);
    request({ hostname, port, path, method }, (r) => {
      let body = "";
      r.setEncoding("utf8")
        .on("data", (d) => (body += d))
        .on("end", () => resolve({ status: r.statusCode, headers: r.headers, body }));
    })
      .on("error", reject)
      .end();
  });

const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url)));

test("one line says the version and the address, on the loopback only", () => {
  assert.match(web.line, new RegExp(`^Dyocense ${own.version.replaceAll(".", "\\.")}  http://127\\.0\\.0\\.1:\\d+/$`));
});

test("the page comes with its type and the headers that shut it in", async () => {
  const r = await ask("/");
  assert.equal(r.status, 200);
  assert.match(r.headers["content-type"], /^text\/html/);
  assert.equal(r.headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(r.headers["cross-origin-embedder-policy"], "require-corp");
  assert.equal(r.headers["x-content-type-options"], "nosniff");
  assert.match(r.headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
  const inPage = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(r.body)?.[1];
  assert.equal(`${inPage}; frame-ancestors 'none'`, r.headers["content-security-policy"], "page and server state one policy");
  assert.doesNotMatch(inPage, /unsafe-inline|'unsafe-eval'|https?:/);
});

test("scripts, styles and the module have their own types", async () => {
  const { body } = await ask("/");
  const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(body)[1];
  const style = /href="\.(\/assets\/[^"]+\.css)"/.exec(body)[1];
  assert.match((await ask(script)).headers["content-type"], /^text\/javascript/);
  assert.match((await ask(style)).headers["content-type"], /^text\/css/);
  const { listing } = await import("../serve.mjs");
  const wasm = [...listing(new URL("../dist", import.meta.url).pathname).keys()].find((f) => f.endsWith(".wasm"));
  assert.ok(wasm, "the module is a file of the page");
  const r = await ask(wasm, "HEAD");
  assert.equal(r.headers["content-type"], "application/wasm");
  assert.match(r.headers["cache-control"], /immutable/);
  assert.equal(r.body, "");
});

for (const path of [
  "/../package.json",
  "/..%2fpackage.json",
  "/%2e%2e/package.json",
  "/assets/../../serve.mjs",
  "//etc/passwd",
  "/\\..\\package.json",
  "/assets/",
  "/nothing",
])
  test(`${path} leads nowhere`, async () => assert.equal((await ask(path)).status, 404));

test("only reading is answered", async () => {
  const r = await ask("/", "POST");
  assert.equal(r.status, 405);
  assert.equal(r.headers.allow, "GET, HEAD");
});

const run = (...args) =>
  promisify(execFile)(process.execPath, ["serve.mjs", ...args], { cwd: new URL("..", import.meta.url), timeout: 5000 }).then(
    () => assert.fail("it should not start"),
    (e) => ({ code: e.code, said: e.stderr }),
  );

test("a port that is taken is named, with what to do", async () => {
  const { port } = new URL(web.address);
  const { code, said } = await run("--port", port);
  assert.equal(code, 1);
  assert.match(said, new RegExp(`^127\\.0\\.0\\.1:${port} is in use\\. .*--port ${Number(port) + 1}\\.\\n$`));
});

test("a port that is none is refused", async () => {
  for (const bad of ["eighty", "70000", "-1"]) {
    const { code, said } = await run(`--port=${bad}`);
    assert.equal(code, 1);
    assert.match(said, /a number from 0 to 65535 is expected/);
  }
});

test("first screen within 60 KB, all screens within 120 KB, module within 1 MB, gzipped", () => {
  const { first, all, wasm } = sizes();
  assert.ok(first > 10_000 && first <= 60 * 1024, `first screen ${first}`);
  assert.ok(all >= first && all <= 120 * 1024, `all screens ${all}`);
  assert.ok(wasm > 0 && wasm <= 1024 * 1024, `module ${wasm}`);
});
