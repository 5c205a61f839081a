// SPDX-License-Identifier: GPL-3.0-or-later
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";
import { DyoError, load } from "../dist/node.js";
import { opNames } from "../dist/ops.gen.js";
import { dist, harris, harrisEoq, refusal, root, watchInstances } from "./helpers.mjs";

const dyo = await load();

test("an operation answers with a plain object", async () => {
  const answer = await dyo.inventory.eoq(harris);
  assert.ok(Math.abs(answer.eoq / harrisEoq - 1) < 1e-12, `${answer.eoq}`);
  assert.equal(Object.getPrototypeOf(answer), Object.prototype);
});

test("every operation of the table is a method, in camel case, and reachable by its name", async () => {
  const methods = Object.entries(dyo).flatMap(([group, of]) =>
    typeof of === "object" ? Object.keys(of).map((m) => `${group}.${m}`) : [],
  );
  assert.deepEqual(
    methods,
    opNames.map((name) => name.replace(/_(.)/g, (_, c) => c.toUpperCase())),
  );
  assert.deepEqual(await dyo.call("inventory.eoq", harris), await dyo.inventory.eoq(harris));
  const { safety_stock } = await dyo.inventory.safetyStock({ demand_std_dev: 10, lead_time_days: 9 });
  assert.ok(Math.abs(safety_stock - 1.6448536269514722 * 30) < 1e-6, `${safety_stock}`);
});

test("the tree cannot be changed by accident", () => {
  assert.throws(() => (dyo.inventory.eoq = null), TypeError);
  assert.throws(() => (dyo.inventory = null), TypeError);
});

test("what the core refuses is thrown with its code, path and sentence", async () => {
  const error = await refusal(dyo.inventory.eoq({ ...harris, anual_demand: 1 }), "invalid_input", "/anual_demand");
  assert.match(error.message, /annual_demand/);
  assert.equal(error.name, "DyoError");
  assert.ok(error instanceof Error);
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    code: "invalid_input",
    path: "/anual_demand",
    message: error.message,
  });
  await refusal(dyo.inventory.eoq({}), "invalid_input", "/annual_demand");
});

test("an unknown operation is refused with the nearest name", async () => {
  assert.match((await refusal(dyo.call("inventory.eqo", harris), "unknown_operation", "")).message, /inventory\.eoq/);
  await refusal(dyo.call("inventory.eoq\0x", harris), "unknown_operation", "");
  for (const name of ["", "constructor", "__proto__", undefined, 7, null, Symbol("x")])
    await refusal(() => dyo.call(name, harris), "unknown_operation", "");
});

test("the table describes itself", async () => {
  const ops = await dyo.ops();
  assert.deepEqual(
    ops.map((op) => op.name),
    [...opNames],
  );
  assert.ok(ops.every((op) => op.summary.length > 10 && op.path.startsWith("/api/v1/")));
  const one = await dyo.describe("inventory.eoq");
  assert.equal(one.input.properties.annual_demand.type, "number");
  assert.equal(one.input.additionalProperties, false);
  assert.deepEqual(await dyo.describe(), JSON.parse(readFileSync(dist + "schema.json", "utf8")));
  await refusal(dyo.describe("inventory.eqo"), "unknown_operation");
});

test("the version is the package's", () => {
  assert.equal(dyo.version, JSON.parse(readFileSync(root + "package.json", "utf8")).version);
});

test("an input is not changed, and members that are undefined count as absent", async () => {
  const input = Object.freeze({ ...harris, unit_cost: undefined });
  const before = JSON.stringify(input);
  await dyo.inventory.eoq(input);
  assert.equal(JSON.stringify(input), before);
});

test("what is said about an input changed after the call does not count", async () => {
  const input = { ...harris };
  const answer = dyo.inventory.eoq(input);
  input.annual_demand = 1;
  assert.ok(Math.abs((await answer).eoq / harrisEoq - 1) < 1e-12);
});

test("many calls at once answer each its own", async () => {
  const stock = await Promise.all(
    Array.from({ length: 200 }, (_, i) => dyo.inventory.safetyStock({ demand_std_dev: i, lead_time_days: 4 })),
  );
  for (const [i, { safety_stock }] of stock.entries())
    assert.ok(Math.abs(safety_stock - 1.6448536269514722 * 2 * i) < 1e-6 * (i + 1));
});

test("after close() calls are refused, and others go on", async () => {
  const other = await load();
  await other.close();
  await refusal(other.inventory.eoq(harris), "conflict");
  await refusal(other.ops(), "conflict");
  await dyo.inventory.eoq(harris);
});

test("an instance that broke is replaced: internal once, then answers again", async () => {
  const instances = watchInstances();
  try {
    const mine = await load();
    new Uint8Array(instances.made[0].exports.memory.buffer).fill(0xff);
    const error = await refusal(mine.inventory.eoq(harris), "internal", "");
    assert.ok(error.cause instanceof Error);
    assert.equal(instances.made.length, 1);
    const both = await Promise.all([mine.inventory.eoq(harris), mine.inventory.eoq(harris)]);
    for (const { eoq } of both) assert.ok(Math.abs(eoq / harrisEoq - 1) < 1e-12);
    assert.equal(instances.made.length, 2);
  } finally {
    instances.stop();
  }
});

test("an instance that cannot be replaced says so each time, until it can", async () => {
  const instances = watchInstances();
  const mine = await load();
  new Uint8Array(instances.made[0].exports.memory.buffer).fill(0xff);
  instances.stop();
  await refusal(mine.inventory.eoq(harris), "internal", "");
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = () => Promise.reject(new RangeError("no memory"));
  try {
    for (let i = 0; i < 2; i++)
      assert.match((await refusal(mine.inventory.eoq(harris), "out_of_memory", "")).message, /no memory/);
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  assert.ok(Math.abs((await mine.inventory.eoq(harris)).eoq / harrisEoq - 1) < 1e-12);
});

test("an instance that has grown large is let go after the call", async () => {
  const instances = watchInstances();
  try {
    const mine = await load();
    const unit_cost = new Float64Array(10_000_000).fill(1); // 80 MB
    await refusal(mine.inventory.eoq({ ...harris, unit_cost }), "invalid_input", "/unit_cost");
    assert.ok(instances.made[0].exports.memory.buffer.byteLength > 80e6);
    await mine.inventory.eoq(harris);
    assert.equal(instances.made.length, 2);
  } finally {
    instances.stop();
  }
});

test("a finished script exits by itself", () => {
  const program = `import { load } from ${JSON.stringify(new URL("../dist/node.js", import.meta.url).href)}; console.log((await (await load()).ops()).length)`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 30_000,
  });
  assert.equal(out, `${opNames.length}\n`);
});

test("an error carries its cause only where there is one", () => {
  assert.equal("cause" in new DyoError("internal", "", "x"), false);
  assert.equal("partial" in new DyoError("internal", "", "x"), false);
  assert.equal(new DyoError("internal", "", "x", { cause: undefined }).cause, undefined);
});
