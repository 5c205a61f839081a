// SPDX-License-Identifier: GPL-3.0-or-later
// Where the module comes from, and what is said when it is not what came.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join, relative } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { load as loadInline } from "../dist/inline.js";
import { load } from "../dist/node.js";
import { dist, harris, harrisEoq, refusal, wasmBytes } from "./helpers.mjs";

const file = join(dist, "dyocense.wasm");
const answers = async (dyo) => assert.ok(Math.abs((await dyo.inventory.eoq(harris)).eoq / harrisEoq - 1) < 1e-12);
const html = "<!doctype html><title>App</title>";
const pages = {
  "/dyocense.wasm": [200, "application/wasm", wasmBytes()],
  "/octets.wasm": [200, "application/octet-stream", wasmBytes()],
  "/untyped.wasm": [200, undefined, wasmBytes()],
  "/app": [200, "text/html; charset=utf-8", html],
  "/html-as-octets": [200, "application/octet-stream", html],
  "/html-as-wasm": [200, "application/wasm", html],
  "/cut.wasm": [200, "application/wasm", wasmBytes().slice(0, 5000)],
  "/empty.wasm": [200, "application/wasm", ""],
};
const server = createServer((request, response) => {
  const [status, type, body] = pages[request.url] ?? [404, "text/plain", "not here"];
  response.writeHead(status, type ? { "content-type": type } : {}).end(body);
});
let at;
before(() =>
  new Promise((done) => server.listen(0, "127.0.0.1", done)).then(
    () => (at = `http://127.0.0.1:${server.address().port}`),
  ),
);
after(() => server.close());

/** A module that asks for env.surprise and offers nothing. */
const stranger = Uint8Array.from([
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  4,
  1,
  96,
  0,
  0,
  2,
  16,
  1,
  3,
  ...Buffer.from("env"),
  8,
  ...Buffer.from("surprise"),
  0,
  0,
]);

async function counting(work) {
  const { compile, compileStreaming } = WebAssembly;
  let count = 0;
  WebAssembly.compile = (...args) => (count++, compile(...args));
  WebAssembly.compileStreaming = (...args) => (count++, compileStreaming(...args));
  try {
    await work();
  } finally {
    Object.assign(WebAssembly, { compile, compileStreaming });
  }
  return count;
}

test("every kind of source works, and a promise of it", async () => {
  const bytes = wasmBytes();
  const padded = new Uint8Array(bytes.length + 8);
  padded.set(bytes, 4);
  const sources = [
    undefined,
    bytes,
    bytes.buffer,
    padded.subarray(4, 4 + bytes.length),
    new DataView(bytes.buffer),
    await WebAssembly.compile(bytes),
    pathToFileURL(file),
    pathToFileURL(file).href,
    file,
    relative(process.cwd(), file),
    `${at}/dyocense.wasm`,
    new URL("/octets.wasm", at),
    `${at}/untyped.wasm`,
    await fetch(`${at}/dyocense.wasm`),
    await fetch(`${at}/octets.wasm`),
    new Response(bytes, { headers: { "content-type": "application/wasm" } }),
  ];
  for (const wasm of sources) await answers(await load({ wasm }));
  await answers(await load({ wasm: fetch(`${at}/dyocense.wasm`) }));
  await answers(await load({ wasm: Promise.resolve(bytes) }));
  await answers(await load({}));
});

test("the inline entry carries its own bytes", async () => {
  assert.equal(await counting(async () => answers(await loadInline())), 1);
  await answers(await loadInline({ wasm: wasmBytes() }));
});

test("the same source is compiled once, however often and at once it is asked for", async () => {
  const bytes = wasmBytes();
  const url = `${at}/dyocense.wasm?once`;
  pages["/dyocense.wasm?once"] = pages["/dyocense.wasm"];
  const response = new Response(bytes, { headers: { "content-type": "application/wasm" } });
  for (const wasm of [bytes, url, response]) {
    const count = await counting(async () => {
      await Promise.all([load({ wasm }), load({ wasm })]);
      await load({ wasm: typeof wasm === "string" ? new URL(wasm) : wasm });
    });
    assert.equal(count, 1);
  }
  assert.equal(await counting(() => Promise.all([load(), load(), load()])), 0); // compiled by an earlier test
});

test("a page in place of the module is named, with what to do", async () => {
  const error = await refusal(load({ wasm: `${at}/app` }), "upstream_error", "");
  assert.equal(
    error.message,
    `dyocense.wasm: ${at}/app answered 200 text/html. Pass load({ wasm: url }) or import "dyocense/inline".`,
  );
  assert.match(
    (await refusal(load({ wasm: `${at}/nowhere` }), "upstream_error", "")).message,
    /\/nowhere answered 404 text\/plain\. Pass load/,
  );
  assert.match(
    (await refusal(load({ wasm: `${at}/html-as-octets` }), "upstream_error", "")).message,
    /answered 200 application\/octet-stream/,
  );
});

test("a failed source is tried anew", async () => {
  const wasm = `${at}/later.wasm`;
  await refusal(load({ wasm }), "upstream_error");
  pages["/later.wasm"] = pages["/dyocense.wasm"];
  await answers(await load({ wasm }));
});

test("what cannot be compiled is named", async () => {
  for (const path of ["/cut.wasm", "/empty.wasm", "/html-as-wasm"]) {
    const error = await refusal(load({ wasm: at + path }), "unsupported", "");
    assert.ok(error.message.includes(at + path), error.message);
    assert.ok(error.cause instanceof WebAssembly.CompileError);
  }
  await refusal(load({ wasm: new Uint8Array(0) }), "unsupported");
  await refusal(load({ wasm: wasmBytes().slice(0, 99) }), "unsupported");
});

test("what cannot be reached is named", async () => {
  assert.match(
    (await refusal(load({ wasm: "http://127.0.0.1:9/x.wasm" }), "upstream_error", "")).message,
    /127\.0\.0\.1:9\/x\.wasm could not be read/,
  );
  assert.match(
    (await refusal(load({ wasm: "no/such/file.wasm" }), "upstream_error", "")).message,
    /no\/such\/file\.wasm could not be read .*ENOENT/,
  );
  const used = new Response(wasmBytes());
  await used.arrayBuffer();
  await refusal(load({ wasm: used }), "upstream_error");
});

test("a content policy that forbids WebAssembly is named, in the words of each engine", async () => {
  const said = [
    "WebAssembly.compile(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script in the following Content Security Policy directive: \"script-src 'self'\"",
    "call to WebAssembly.compile() blocked by CSP",
    "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive",
  ];
  const { compile } = WebAssembly;
  try {
    for (const words of said) {
      const cause = new WebAssembly.CompileError(words);
      WebAssembly.compile = () => Promise.reject(cause);
      const error = await refusal(load({ wasm: wasmBytes() }), "unsupported", "");
      assert.equal(
        error.message,
        "WebAssembly is blocked by this page's Content-Security-Policy: add 'wasm-unsafe-eval' to script-src.",
      );
      assert.equal(error.cause, cause);
    }
  } finally {
    WebAssembly.compile = compile;
  }
});

test("a module that asks for what we do not know is refused by name", async () => {
  assert.match((await refusal(load({ wasm: stranger }), "unsupported", "")).message, /env\.surprise/);
  for (const name of ["toString", "__proto__"]) {
    const bytes = Uint8Array.from([
      0,
      97,
      115,
      109,
      1,
      0,
      0,
      0,
      1,
      4,
      1,
      96,
      0,
      0,
      2,
      8 + name.length,
      1,
      3,
      ...Buffer.from("dyo"),
      name.length,
      ...Buffer.from(name),
      0,
      0,
    ]);
    assert.match((await refusal(load({ wasm: bytes }), "unsupported", "")).message, new RegExp(`dyo\\.${name}`));
  }
});

test("a module that offers nothing of ours is refused, and so is a source that could not be had", async () => {
  assert.match(
    (await refusal(load({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }), "unsupported", "")).message,
    /lacks dyo_wasm_call/,
  );
  const cause = new TypeError("gone");
  assert.equal((await refusal(load({ wasm: Promise.reject(cause) }), "unsupported", "")).cause, cause);
});

test("a module of another release is refused", async () => {
  const { version } = await load();
  const bytes = wasmBytes();
  const at = Buffer.from(bytes.buffer).lastIndexOf(`\0${version}\0`);
  assert.ok(at > 0, "the module holds its version");
  bytes.set(Buffer.from("9".repeat(version.length)), at + 1);
  assert.match(
    (await refusal(load({ wasm: bytes }), "conflict", "")).message,
    new RegExp(`is ${"9".repeat(version.length)}, its JavaScript ${version}`),
  );
});

test("a module of another build of the same release is refused; one that carries no id is known by its release", async () => {
  const bytes = wasmBytes();
  const at = Buffer.from(bytes.buffer).lastIndexOf("build_id") + "build_id".length;
  const id = Buffer.from(bytes.subarray(at)).toString();
  assert.match(id, /^[0-9a-f]{16}$/);
  const other = bytes.slice();
  other.set(Buffer.from("0".repeat(16)), at);
  for (const workers of [0, 1])
    assert.match(
      (await refusal(load({ wasm: other, workers }), "conflict", "")).message,
      new RegExp(`\\(build 0{16}\\), its JavaScript .+ \\(build ${id}\\)`),
    );
  await answers(await load({ wasm: bytes.slice(0, at - "build_id".length - 3) }));
});

test("what is no source is refused", async () => {
  for (const wasm of [null, 7, true, {}, [], () => {}, Symbol("x")]) await refusal(load({ wasm }), "invalid_input", "");
  await refusal(load({ wasm: "http://[" }), "invalid_input", "");
});

test("a worker thread loads it too", async () => {
  const program = `
    import { parentPort } from "node:worker_threads";
    import { load } from ${JSON.stringify(pathToFileURL(join(dist, "node.js")).href)};
    const dyo = await load();
    parentPort.postMessage((await dyo.inventory.eoq(${JSON.stringify(harris)})).eoq);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
  const eoq = await new Promise((done, fail) => worker.once("message", done).once("error", fail));
  assert.ok(Math.abs(eoq / harrisEoq - 1) < 1e-12);
});

test("a compiled module can be posted to a worker thread and loaded there", async () => {
  const module = await WebAssembly.compile(wasmBytes());
  const program = `
    import { parentPort, workerData } from "node:worker_threads";
    import { load } from ${JSON.stringify(pathToFileURL(join(dist, "node.js")).href)};
    const dyo = await load({ wasm: workerData });
    parentPort.postMessage((await dyo.inventory.eoq(${JSON.stringify(harris)})).eoq);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { workerData: module });
  const eoq = await new Promise((done, fail) => worker.once("message", done).once("error", fail));
  assert.ok(Math.abs(eoq / harrisEoq - 1) < 1e-12);
});
