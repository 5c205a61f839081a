// SPDX-License-Identifier: GPL-3.0-or-later
// dist/ from src/ and dyocense.wasm (DYO_WASM, or the one of the wasm build), all at once: a failed build leaves the old dist/.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const wasm = process.env.DYO_WASM ?? join(here, "../build/wasm/dyocense.wasm");
const stage = join(here, `dist.${process.pid}`); // on the same file system as dist/, so that it can be renamed
const made = join(stage, "dist");
const dist = join(here, "dist");
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

const entries = ["alone", "browser", "cli", "inline", "node", "ops.gen", "workerd"];
const types = [...entries.filter((name) => name !== "cli"), "client", "encode", "error", "load", "rest", "types"];
const wasmTypes = `/** Compiled, where a tool makes modules of wasm files; others need a suffix such as ?url. */
declare const module: object;
export default module;
`;

/** What everything here is made from, in short. JavaScript and module are compared by it when they meet. */
function buildId(js) {
  const hash = createHash("sha256").update(readFileSync(wasm));
  for (const name of readdirSync(js).filter((file) => file.endsWith(".js")).sort())
    hash.update(readFileSync(join(js, name)));
  return hash.digest("hex").slice(0, 16);
}

/** A module with the id at its end: a custom section, id 0, then its size, the length of its name, the name and the text. */
function stamped(bytes, build) {
  const name = "build_id";
  return Buffer.concat([bytes, Buffer.from([0, 1 + name.length + build.length, name.length]), Buffer.from(name + build)]);
}

/** Few files, so that a page without a bundler and a cold Node read little; what entries share they share by one file. */
async function compile() {
  const js = join(stage, "js");
  const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", here, "--outDir", js], { stdio: "inherit" });
  const build = buildId(js);
  writeFileSync(join(js, "version.js"), `export const version = "${version}";\nexport const build = "${build}";\n`);
  const common = {
    absWorkingDir: js, // file names in the output are told from here
    bundle: true,
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
  };
  await esbuild.build({
    ...common,
    entryPoints: entries.map((name) => `${name}.js`),
    outdir: made,
    splitting: true,
    chunkNames: "shared-[hash]",
    format: "esm",
    external: ["node:*", "./bytes.js", "./program.js", "./dyocense.wasm"],
  });
  // The workers' program is one file that imports nothing, so that it runs wherever it is copied to, from a blob too.
  await esbuild.build({ ...common, entryPoints: ["worker.js"], outfile: join(made, "worker.js"), format: "iife" });
  const program = readFileSync(join(made, "worker.js"), "utf8");
  appendFileSync(join(made, "worker.js"), "export {};\n"); // a module, as all files here
  writeFileSync(join(made, "program.js"), `export const program = ${JSON.stringify(program)};\n`);
  writeFileSync(join(made, "worker.d.ts"), "export {};\n");
  const bytes = stamped(readFileSync(wasm), build);
  writeFileSync(join(made, "dyocense.wasm"), bytes);
  writeFileSync(join(made, "bytes.js"), `export const base64 = "${bytes.toString("base64")}";\n`);
  for (const name of types) copyFileSync(join(js, `${name}.d.ts`), join(made, `${name}.d.ts`));
}

/** Where there is no document the elements are classes that nobody can use: servers that render pages import their code too. */
const onServers = `const HTMLElement = globalThis.HTMLElement ?? class {};
const customElements = globalThis.customElements ?? { define() {} };
const document = globalThis.document ?? { createTreeWalker: () => ({}) };
const navigator = globalThis.navigator ?? { language: "en", languages: ["en"] };`;

/** The page's elements with all that they need, in one file. */
async function elements() {
  await esbuild.build({
    entryPoints: [join(here, "../web-demo/src/elements/index.ts")],
    outfile: join(made, "elements.js"),
    bundle: true,
    minify: true,
    legalComments: "eof",
    banner: { js: onServers },
    format: "esm",
    platform: "browser",
    target: "es2022",
    nodePaths: [join(here, "node_modules")],
    tsconfigRaw: "{}",
    logLevel: "warning",
  });
  copyFileSync(join(here, "src/elements.d.ts"), join(made, "elements.d.ts"));
}

/** The module says itself what it can do; loading it also proves that it is of this version. */
async function describe() {
  const dyo = await (await import(pathToFileURL(join(made, "node.js")).href)).load();
  const { opNames } = await import(pathToFileURL(join(made, "ops.gen.js")).href);
  const known = (await dyo.ops()).map((op) => op.name);
  if (known.join() !== opNames.join())
    throw new Error(`src/ops.gen.ts is not of this module (./dev gen): it lists ${opNames}, the module ${known}`);
  writeFileSync(join(made, "schema.json"), JSON.stringify(await dyo.describe(), null, 1) + "\n");
}

try {
  if (!existsSync(wasm))
    throw new Error(`${wasm} does not exist: build the wasm module first (./dev build), or set DYO_WASM`);
  mkdirSync(made, { recursive: true });
  await compile();
  await elements();
  chmodSync(join(made, "cli.js"), 0o755);
  writeFileSync(join(made, "dyocense.wasm.d.ts"), wasmTypes);
  await describe();
  for (const name of ["LICENSE", "THIRD-PARTY-NOTICES.md"]) copyFileSync(join(here, "..", name), join(here, name));
  rmSync(dist, { recursive: true, force: true });
  renameSync(made, dist);
} catch (e) {
  if (e.status === undefined) console.error(`js-bindings: ${e.message}`); // else the compiler has said it
  process.exitCode = 1;
} finally {
  rmSync(stage, { recursive: true, force: true });
}
