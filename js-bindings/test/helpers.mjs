// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the package share: where things are, and how a refusal is looked at.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const dist = fileURLToPath(new URL("../dist/", import.meta.url));
export const wasmPath = fileURLToPath(new URL("../dist/dyocense.wasm", import.meta.url));
export const wasmBytes = () => new Uint8Array(readFileSync(wasmPath));

/** Harris (1913): Q = sqrt(2 K D / h). */
export const harris = { annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 };
export const harrisEoq = Math.sqrt((2 * 50 * 10000) / 2);

/** The DyoError that a promise, or a function giving one, must reject with. */
export async function refusal(work, code, path, what = "") {
  const { DyoError } = await import("../dist/node.js");
  let error;
  try {
    await (typeof work === "function" ? work() : work);
  } catch (e) {
    error = e;
  }
  assert.ok(error instanceof DyoError, `${what}: a DyoError is expected, found ${error && (error.stack ?? error)}`);
  assert.equal(error.code, code, error.message);
  if (path !== undefined) assert.equal(error.path, path, error.message);
  return error;
}

/** Every instance of a module that is made from now on, to be counted or broken. */
export function watchInstances() {
  const made = [];
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...args) => {
    const instance = await instantiate(...args);
    made.push(instance);
    return instance;
  };
  return { made, stop: () => (WebAssembly.instantiate = instantiate) };
}

/** A source file by itself, for what no entry shows. */
export async function source(name) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [`${root}src/${name}.ts`],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
    plugins: [{ name: "made", setup: ({ onLoad, onResolve }) => {
      onResolve({ filter: /\/version\.js$/ }, () => ({ path: "version", namespace: "made" }));
      onLoad({ filter: /./, namespace: "made" }, () => ({ contents: 'export const version = "0", build = "0";' }));
    } }],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
