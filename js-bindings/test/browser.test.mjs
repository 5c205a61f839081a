// SPDX-License-Identifier: GPL-3.0-or-later
// The packed package in Chromium: without a bundler, bundled, in a worker, under a content policy, and where files are missing.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import * as esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";
import { harris, harrisEoq } from "./helpers.mjs";
import { installed } from "./installed.mjs";
import { html, served, visit } from "./pages.mjs";
import { slow } from "./slow.mjs";

const app = installed();
after(() => app.remove());

/** Calls on its own thread, then in a worker, where they must answer the same. */
const program = (from, tell = (answer) => `globalThis.answer = ${answer};`) => `
  import { load, DyoError } from "${from}";
  try {
    const ask = async (dyo) => {
      const { eoq } = await dyo.inventory.eoq(${JSON.stringify(harris)});
      const refused = await dyo.inventory.eoq({ anual_demand: 1 }).catch((e) => e instanceof DyoError && e.path);
      return { eoq, refused };
    };
    const here = await ask(await load());
    const there = await ask(await load({ workers: 1 }));
    ${tell("{ ...here, same: JSON.stringify(here) === JSON.stringify(there) }")}
  } catch (e) {
    ${tell("{ code: e.code, message: e.message }")}
  }`;
const inWorker = (make) => `
  const worker = ${make};
  worker.onmessage = (m) => (globalThis.answer = m.data);
  worker.onerror = (e) => (globalThis.answer = { code: "worker", message: e.message });`;
const posting = (from) => program(from, (answer) => `self.postMessage(${answer});`);
const right = ({ eoq, refused, same, message }) => {
  assert.equal(message, undefined);
  assert.equal(same, true);
  assert.ok(Math.abs(eoq / harrisEoq - 1) < 1e-12, `${eoq}`);
  assert.equal(refused, "/anual_demand");
};

function folder(name, files) {
  mkdirSync(join(app.folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) app.write(`${name}/${file}`, text);
  return join(app.folder, name);
}

test("a plain module script, with no tool in between", async () => {
  app.write("index.html", html(`<script type="module">${program("./node_modules/dyocense/dist/browser.js")}</script>`));
  right(await served(app.folder, {}, visit));
});

test("a plain module script, from another origin", async () => {
  const away = (answer) => served(app.folder, { "access-control-allow-origin": "*" }, answer);
  const answer = await away((origin) => {
    const page = folder("other", {
      "index.html": html(
        `<script type="module">${program(`${origin}/node_modules/dyocense/dist/browser.js`)}</script>`,
      ),
    });
    return served(page, {}, visit);
  });
  right(answer);
});

test("a module worker, with no tool in between", async () => {
  app.write("worker.js", posting("./node_modules/dyocense/dist/browser.js"));
  app.write(
    "index.html",
    html(`<script type="module">${inWorker('new Worker("worker.js", { type: "module" })')}</script>`),
  );
  right(await served(app.folder, {}, visit));
});

const own = () => {
  app.write("main.js", program("./node_modules/dyocense/dist/browser.js"));
  app.write("index.html", html('<script type="module" src="main.js"></script>'));
};
const loud = (url) => visit(url, { quiet: false });

test("a policy that allows wasm is enough; one that does not is named", async () => {
  own();
  const policy = (script) => ({ "content-security-policy": `default-src 'self'; img-src data:; script-src ${script}` });
  right(await served(app.folder, policy("'self' 'wasm-unsafe-eval'"), visit));
  const blocked = await served(app.folder, policy("'self'"), loud);
  assert.deepEqual(blocked, {
    code: "unsupported",
    message: "WebAssembly is blocked by this page's Content-Security-Policy: add 'wasm-unsafe-eval' to script-src.",
  });
});

test("a policy for workers: 'self' is enough; one that forbids them is named", async () => {
  own();
  const policy = (workers) => ({
    "content-security-policy": `default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; worker-src ${workers}`,
  });
  right(await served(app.folder, policy("'self'"), visit));
  const { code, message } = await served(app.folder, policy("'none'"), loud);
  assert.equal(code, "unsupported");
  assert.match(message, /dist\/worker\.js was not loaded: .*Content-Security-Policy must allow worker-src 'self'$/);
});

test("a policy for workers and code from another origin: blob: and that origin are enough; what is missing is named", async () => {
  await served(app.folder, { "access-control-allow-origin": "*" }, async (origin) => {
    const page = folder("strict", {
      "main.js": program(`${origin}/node_modules/dyocense/dist/browser.js`),
      "index.html": html('<script type="module" src="main.js"></script>'),
    });
    const under = (connect, workers) => ({
      "content-security-policy": `default-src 'none'; img-src data:; script-src 'self' ${origin} 'wasm-unsafe-eval'; connect-src ${connect}; worker-src ${workers}`,
    });
    right(await served(page, under(origin, "blob:"), visit));
    const noWorkers = await served(page, under(origin, "'self'"), loud);
    assert.equal(noWorkers.code, "unsupported");
    assert.match(noWorkers.message, /dist\/worker\.js was not loaded: .*Content-Security-Policy must allow worker-src blob: and script-src http:\/\/127\.0\.0\.1:\d+$/);
    const noFetch = await served(page, under("'self'", "blob:"), loud);
    assert.equal(noFetch.code, "upstream_error");
    assert.match(noFetch.message, /dist\/dyocense\.wasm could not be read \(.+\): .*connect-src.*Access-Control-Allow-Origin/);
  });
});

test("an origin that does not share its module, and a page in place of the workers' program, are named", async () => {
  const ask = (options) => `
    import { load } from "./node_modules/dyocense/dist/browser.js";
    const told = ({ code, message }) => ({ code, message });
    globalThis.answer = await load(${options}).then((dyo) => dyo.inventory.eoq(${JSON.stringify(harris)})).catch(told);`;
  const asking = (options) => {
    app.write("main.js", ask(options));
    app.write("index.html", html('<script type="module" src="main.js"></script>'));
    return served(app.folder, {}, loud);
  };
  const closed = await served(app.folder, {}, (origin) => asking(`{ wasm: "${origin}/node_modules/dyocense/dist/dyocense.wasm" }`));
  assert.equal(closed.code, "upstream_error");
  assert.match(closed.message, /Access-Control-Allow-Origin/);
  const page = await asking('{ workers: 1, worker: "gone.js" }');
  assert.equal(page.code, "unsupported");
  assert.match(page.message, /could not be started: http:\/\/127\.0\.0\.1:\d+\/gone\.js was not loaded: it must be served as JavaScript/);
});

/** Stops a search in a worker as soon as it is under way; what it hands over. */
const stopping = `
  import { load } from "./node_modules/dyocense/dist/browser.js";
  const dyo = await load({ workers: 1 });
  const stop = new AbortController();
  let looks = 0;
  const onProgress = () => ++looks === 3 && setTimeout(() => stop.abort());
  const error = await dyo.call(${JSON.stringify(slow.op)}, ${JSON.stringify(slow.input)}, { signal: stop.signal, onProgress }).catch((e) => e);
  const { eoq } = await dyo.inventory.eoq(${JSON.stringify(harris)});
  globalThis.answer = { code: error.code, partial: error.partial, eoq };`;

test("an abort in a page: the best answer so far where it is isolated, a new worker where it is not", async () => {
  app.write("index.html", html(`<script type="module">${stopping}</script>`));
  const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  for (const headers of [isolated, {}]) {
    const { code, partial, eoq } = await served(app.folder, headers, visit);
    assert.equal(code, "cancelled");
    assert.ok(Math.abs(eoq / harrisEoq - 1) < 1e-12);
    if (headers === isolated) slow.check(partial);
    else assert.equal(partial, undefined);
  }
});

test("esbuild: one file from the inline entry; the default entry without the module says what to do", async () => {
  for (const entry of ["dyocense/inline", "dyocense"]) {
    app.write("entry.mjs", program(entry));
    const { outputFiles } = await esbuild.build({
      entryPoints: [join(app.folder, "entry.mjs")],
      bundle: true,
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    assert.equal(outputFiles.length, 1);
    const page = folder("esbuild", {
      "main.js": outputFiles[0].text,
      "index.html": html('<script type="module" src="main.js"></script>'),
    });
    const answer = await served(page, {}, visit);
    if (entry === "dyocense/inline") right(answer);
    else
      assert.match(
        answer.message,
        /^dyocense\.wasm: http:\/\/127\.0\.0\.1:\d+\/dyocense\.wasm answered 200 text\/html\. Pass load\(\{ wasm: url \}\) or import "dyocense\/inline"\.$/,
      );
  }
});

test("webpack, with no configuration: page and worker", async () => {
  viteApp();
  const output = { path: join(app.folder, "packed"), filename: "[name].js", publicPath: "./" };
  const entry = { main: "./src/main.js", workers: "./src/workers.js" };
  const stats = await new Promise((done, fail) =>
    webpack({ mode: "production", context: app.folder, entry, output }, (e, s) => (e ? fail(e) : done(s))),
  );
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }).errors, []);
  for (const name of Object.keys(entry)) {
    app.write("packed/index.html", html(`<script type="module" src="${name}.js"></script>`));
    right(await served(output.path, {}, visit));
  }
});

const viteApp = () => {
  folder("src", {
    "main.js": program("dyocense"),
    "worker.js": posting("dyocense"),
    "workers.js": inWorker('new Worker(new URL("./worker.js", import.meta.url), { type: "module" })'),
  });
  app.write("index.html", html('<script type="module" src="/src/main.js"></script>'));
  app.write("workers.html", html('<script type="module" src="/src/workers.js"></script>'));
};

test("Vite, built, with no configuration: page and worker", async () => {
  viteApp();
  for (const input of ["index.html", "workers.html"]) {
    const outDir = join(app.folder, `built-${input}`);
    await vite.build({
      root: app.folder,
      configFile: false,
      logLevel: "error",
      build: { outDir, target: "esnext", rollupOptions: { input: join(app.folder, input) } },
      worker: { format: "es" },
    });
    right(await served(outDir, {}, (url) => visit(`${url}/${input}`)));
  }
});

test("Vite's development server, with no configuration: page and worker", async () => {
  viteApp();
  const server = await vite.createServer({
    root: app.folder,
    configFile: false,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, strictPort: false },
  });
  try {
    await server.listen();
    const { port } = server.httpServer.address();
    for (const page of ["index.html", "workers.html"]) right(await visit(`http://127.0.0.1:${port}/${page}`));
  } finally {
    await server.close();
  }
});
