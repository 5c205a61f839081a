// SPDX-License-Identifier: GPL-3.0-or-later
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import * as esbuild from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { harris, harrisEoq, root } from "./helpers.mjs";
import { installed, three } from "./installed.mjs";

const app = installed();
after(() => app.remove());
const near = (text) => assert.ok(Math.abs(Number(text) / harrisEoq - 1) < 1e-12, text);
const manifest = JSON.parse(readFileSync(join(app.folder, "node_modules/dyocense/package.json"), "utf8"));

test("the tarball holds what runs, what is read, and nothing else", () => {
  const files = app.packed.files.map((f) => f.path);
  for (const name of [
    "LICENSE",
    "README.md",
    "THIRD-PARTY-NOTICES.md",
    "package.json",
    "dist/dyocense.wasm",
    "dist/schema.json",
    "dist/node.js",
    "dist/node.d.ts",
  ])
    assert.ok(files.includes(name), name);
  const others = files.filter(
    (name) =>
      !/^(LICENSE|README\.md|THIRD-PARTY-NOTICES\.md|package\.json|dist\/[\w.-]+\.(js|d\.ts|wasm|json))$/.test(name),
  );
  assert.deepEqual(others, []);
  assert.match(
    readFileSync(join(app.folder, "node_modules/dyocense/LICENSE"), "utf8"),
    /GNU GENERAL PUBLIC LICENSE\s+Version 3/,
  );
});

test("it has no dependency, no install script and no address of where anything came from", () => {
  for (const name of ["dependencies", "peerDependencies", "optionalDependencies", "main", "module"])
    assert.equal(manifest[name], undefined, name);
  for (const name of ["preinstall", "install", "postinstall", "prepare"])
    assert.equal(manifest.scripts[name], undefined, name);
  assert.doesNotMatch(readFileSync(join(root, "package-lock.json"), "utf8"), /"resolved"/);
});

test("three lines answer in an empty project", () => {
  app.write("a.mjs", three("dyocense"));
  near(app.run("a.mjs"));
  app.write("inline.mjs", three("dyocense/inline"));
  near(app.run("inline.mjs"));
});

test("require works, without a warning", () => {
  app.write(
    "a.cjs",
    `require("dyocense").load().then(async (dyo) => console.log((await dyo.inventory.eoq(${JSON.stringify(harris)})).eoq));`,
  );
  const run = spawnSync(process.execPath, ["a.cjs"], { cwd: app.folder, encoding: "utf8" });
  near(run.stdout);
  assert.equal(run.stderr, "");
});

test("both entries give the same DyoError, and the files are reachable by name", () => {
  app.write(
    "b.mjs",
    `
    import { DyoError } from "dyocense";
    import { DyoError as Inline, load } from "dyocense/inline";
    import { opNames } from "dyocense/ops";
    import { createRequire } from "node:module";
    import { readFileSync } from "node:fs";
    import assert from "node:assert/strict";
    assert.equal(DyoError, Inline);
    const { resolve } = createRequire(import.meta.url);
    const dyo = await load({ wasm: readFileSync(resolve("dyocense/dyocense.wasm")) });
    await assert.rejects(dyo.inventory.eoq({}), DyoError);
    assert.equal(Object.keys(JSON.parse(readFileSync(resolve("dyocense/schema.json"), "utf8")).$defs).length, 2 * opNames.length);
    assert.throws(() => resolve("dyocense/dist/wasm.js"), /not defined by "exports"/);`,
  );
  app.run("b.mjs");
});

test("a server may import the elements: it gets classes, and nothing is defined", () => {
  app.write("elements.mjs", `
    const elements = await import("dyocense/elements");
    console.log(Object.keys(elements).join(), typeof document, typeof customElements);`);
  const names = "DyoConnections,DyoEoqCurve,DyoForecastChart,DyoPareto,DyoRoster,DyoStockCard";
  assert.match(app.run("elements.mjs"), new RegExp(`^${names} undefined undefined\n$`));
});

test("the README's four lines, and its command, in an empty folder", () => {
  const day = (i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
  const dates = Array.from({ length: 84 }, (_, i) => day(i));
  const values = dates.map((_, i) => 20 + [0, 2, 4, 6, 9, 14, 1][i % 7] + ((i * 7919) % 5));
  const readme = readFileSync(join(app.folder, "node_modules/dyocense/README.md"), "utf8");
  const [, lines] = /```js\n(import \{ load \}[^`]+)```/.exec(readme);
  assert.equal(lines.trim().split("\n").length, 4);
  app.write("four.mjs", `const dates = ${JSON.stringify(dates)}, values = ${JSON.stringify(values)};\n${lines}`);
  const [model, mean, lower, upper] = app.run("four.mjs").trim().split(" ");
  assert.match(model, /^[a-z_]+$/);
  assert.ok(Number(lower) < Number(mean) && Number(mean) < Number(upper));
  app.write("sales.csv", `date,units\n${dates.map((d, i) => `${d},${values[i]}\n`).join("")}`);
  assert.ok(readme.includes("npx dyocense forecast sales.csv --horizon 30"));
  const bin = join(app.folder, "node_modules/.bin/dyocense");
  const text = execFileSync(bin, ["forecast", "sales.csv", "--horizon", "30"], { cwd: app.folder, encoding: "utf8" });
  assert.match(text, /^Read +sales\.csv: 84 rows/m);
  assert.match(text, /^Model +\w+/m);
});

test("npx finds the command", () => {
  const bin = join(app.folder, "node_modules/.bin/dyocense");
  assert.ok(existsSync(bin));
  near(
    JSON.parse(execFileSync(bin, ["call", "inventory.eoq"], { input: JSON.stringify(harris), encoding: "utf8" })).eoq,
  );
  assert.match(
    execFileSync("npx", ["--offline", "--no", "--", "dyocense", "--version"], { cwd: app.folder, encoding: "utf8" }),
    new RegExp(`^dyocense ${manifest.version}`),
  );
});

test("publint, strict, finds nothing", async () => {
  const { messages, pkg } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(app.tarball)).buffer },
    strict: true,
  });
  assert.deepEqual(
    messages.map((m) => formatMessage(m, pkg, { color: false })),
    [],
  );
});

test("attw finds nothing wrong with the types", () => {
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const run = spawnSync(process.execPath, [attw, app.tarball, "--profile", "esm-only", "--format", "ascii"], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

test("esbuild makes one file of the inline entry, and it answers", async () => {
  app.write("page.mjs", three("dyocense/inline"));
  for (const [platform, format] of [
    ["browser", "esm"],
    ["node", "esm"],
  ]) {
    const outfile = join(app.folder, `out.${platform}.mjs`);
    const { outputFiles } = await esbuild.build({
      entryPoints: [join(app.folder, "page.mjs")],
      bundle: true,
      minify: true,
      platform,
      format,
      outfile,
      write: false,
      logLevel: "silent",
    });
    assert.equal(outputFiles.length, 1);
    app.write(`out.${platform}.mjs`, outputFiles[0].text);
    near(app.run(outfile));
  }
});

test("a server bundle of the node entry needs no other file", async () => {
  const result = await esbuild.build({
    entryPoints: [join(app.folder, "a.mjs")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: join(app.folder, "server.mjs"),
    write: false,
    logLevel: "silent",
  });
  assert.doesNotMatch(result.outputFiles[0].text, /new URL\("\.\/dyocense\.wasm"/);
  app.write("server.mjs", result.outputFiles[0].text);
  near(app.run("server.mjs"));
});

test("under the workerd condition the module is a static import, compiled by the host", async () => {
  const asModule = {
    name: "wasm as a compiled module",
    setup(build) {
      build.onLoad({ filter: /\.wasm$/ }, (args) => ({
        loader: "js",
        contents: `export default new WebAssembly.Module(Uint8Array.from(atob("${readFileSync(args.path, "base64")}"), (c) => c.charCodeAt(0)));`,
      }));
    },
  };
  const forbid = `WebAssembly.compile = WebAssembly.compileStreaming = () => { throw new Error("compiled at run time") };\n`;
  const result = await esbuild.build({
    entryPoints: [join(app.folder, "a.mjs")],
    bundle: true,
    platform: "neutral",
    conditions: ["workerd"],
    format: "esm",
    write: false,
    plugins: [asModule],
    logLevel: "silent",
  });
  assert.doesNotMatch(result.outputFiles[0].text, /node:/);
  app.write("workerd.mjs", forbid + result.outputFiles[0].text);
  near(app.run("workerd.mjs"));
});

const runtime = process.env.DYO_WORKERD;
const absent = runtime ? false : "DYO_WORKERD does not name the program of npm's workerd (160 MB, so it is not installed here)";
test("Cloudflare's own runtime answers", { skip: absent }, async () => {
  app.write("cloud.mjs", `
    import { load, DyoError } from "dyocense";
    const ready = load();
    export default { async fetch() {
      const dyo = await ready;
      const [{ eoq }, refused] = [await dyo.inventory.eoq(${JSON.stringify(harris)}), await dyo.inventory.eoq({ anual_demand: 1 }).catch((e) => e)];
      const workers = await load({ workers: 1 }).catch((e) => e.code);
      return Response.json({ eoq, path: refused instanceof DyoError && refused.path, workers });
    } };`);
  await esbuild.build({
    entryPoints: [join(app.folder, "cloud.mjs")],
    bundle: true,
    platform: "neutral",
    conditions: ["workerd"],
    format: "esm",
    outdir: join(app.folder, "cloud"),
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    logLevel: "error",
  });
  app.write("cloud/config.capnp", `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (compatibilityDate = "2025-09-01", modules = [
        (name = "cloud.js", esModule = embed "cloud.js"), (name = "dyocense.wasm", wasm = embed "dyocense.wasm")]))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);`);
  const child = spawn(runtime, ["serve", "--control-fd=1", join(app.folder, "cloud/config.capnp")], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [listening] = await once(child.stdout.setEncoding("utf8"), "data");
    const { port } = JSON.parse(listening.split("\n")[0]);
    const { eoq, ...others } = await (await fetch(`http://127.0.0.1:${port}/`)).json();
    near(eoq);
    assert.deepEqual(others, { path: "/anual_demand", workers: "unsupported" });
  } finally {
    child.kill();
  }
});
