// SPDX-License-Identifier: GPL-3.0-or-later
// load({ workers }): the same calls on threads of our own, which can be stopped at any time.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test, { afterEach } from "node:test";
import threads from "node:worker_threads";
import { load as loadInline } from "../dist/inline.js";
import { load } from "../dist/node.js";
import { dist, harris, harrisEoq, refusal, source } from "./helpers.mjs";
import { hostile, hostileOptions } from "./hostile.mjs";
import { slow } from "./slow.mjs";

const here = await load();
const right = ({ eoq }) => assert.ok(Math.abs(eoq / harrisEoq - 1) < 1e-12, `${eoq}`);

// Every worker that is started is seen here.
const started = [];
const Kind = threads.Worker;
process.getBuiltinModule("node:worker_threads").Worker = class extends Kind {
  constructor(...args) {
    super(...args);
    started.push(this);
  }
};

const open = [];
async function pool(workers, options) {
  started.length = 0;
  const dyo = await load({ workers, ...options });
  open.push(dyo);
  return dyo;
}
afterEach(() => Promise.all(open.splice(0).map((dyo) => dyo.close())));

/** A call that has begun: its promise, and the abort that it hears. */
async function begun(dyo, more) {
  const stop = new AbortController();
  let first;
  const running = new Promise((done) => (first = done));
  const call = dyo.call(slow.op, slow.input, { signal: stop.signal, onProgress: first, ...more });
  call.catch(() => {});
  await running;
  return { call, stop };
}

test("a worker answers as this thread does, describes itself, and starts when there is work", async () => {
  const dyo = await pool(1);
  assert.equal(started.length, 0);
  assert.deepEqual(await dyo.inventory.eoq(harris), await here.inventory.eoq(harris));
  assert.deepEqual(await dyo.ops(), await here.ops());
  assert.deepEqual(await dyo.describe("stats.acf"), await here.describe("stats.acf"));
  assert.equal(dyo.version, here.version);
  assert.equal(started.length, 1);
  const inline = await loadInline({ workers: 1 });
  right(await inline.inventory.eoq(harris));
  await inline.close();
});

test("many calls share as many workers as there may be, and each gets its own answer", async () => {
  const dyo = await pool(2);
  const all = Array.from({ length: 40 }, (_, i) => dyo.inventory.safetyStock({ demand_std_dev: i, lead_time_days: 4 }));
  for (const [i, { safety_stock }] of (await Promise.all(all)).entries())
    assert.ok(Math.abs(safety_stock - 1.6448536269514722 * 2 * i) < 1e-6 * (i + 1));
  assert.equal(started.length, 2);
  const auto = await load({ workers: "auto" });
  right(await auto.inventory.eoq(harris));
  await auto.close();
});

test("refusals come back with code, path and sentence", async () => {
  const dyo = await pool(1);
  const error = await refusal(dyo.inventory.eoq({ ...harris, anual_demand: 1 }), "invalid_input", "/anual_demand");
  assert.match(error.message, /did you mean "annual_demand"/);
  await refusal(dyo.call("inventory.eqo", harris), "unknown_operation");
  await refusal(dyo.describe("inventory.eqo"), "unknown_operation");
});

test("an abort in the middle hands over the best answer so far, and the worker stays", async () => {
  const dyo = await pool(1);
  const { call, stop } = await begun(dyo);
  stop.abort("enough");
  const error = await refusal(call, "cancelled", "");
  assert.equal(error.cause, "enough");
  slow.check(error.partial);
  right(await dyo.inventory.eoq(harris));
  assert.equal(started.length, 1);
});

test("where memory is not shared an abort replaces the worker", async () => {
  const dyo = await pool(1);
  globalThis.crossOriginIsolated = false;
  try {
    const { call, stop } = await begun(dyo);
    const next = dyo.inventory.eoq(harris);
    stop.abort();
    assert.equal((await refusal(call, "cancelled", "")).partial, undefined);
    right(await next);
    assert.equal(started.length, 2);
  } finally {
    delete globalThis.crossOriginIsolated;
  }
});

test("an abort takes a call out of the queue, and disturbs no other", async () => {
  const dyo = await pool(1);
  const { call, stop } = await begun(dyo);
  const other = new AbortController();
  const waits = dyo.inventory.eoq(harris, { signal: other.signal });
  const after = dyo.inventory.eoq(harris);
  other.abort();
  await refusal(waits, "cancelled", "");
  stop.abort();
  await refusal(call, "cancelled");
  right(await after);
  assert.equal(started.length, 1);
});

test("progress arrives as it goes; an onProgress that throws ends the call", async () => {
  const dyo = await pool(1);
  const thrown = new Error("in the callback");
  const seen = [];
  const stop = () => {
    throw thrown;
  };
  const onProgress = (p) => seen.push(p) > 2 && stop();
  const error = await refusal(dyo.call(slow.op, slow.input, { onProgress }), "cancelled", "");
  assert.equal(error.cause, thrown);
  assert.equal(seen.length, 3);
  for (const [i, { fraction, stage }] of seen.entries())
    assert.ok(fraction >= (seen[i - 1]?.fraction ?? 0) && fraction <= 1 && stage.length > 0);
});

const n = 300;
const demand = Float64Array.from({ length: n }, (_, i) => 5 + ((7 * i) % 11));
const lots = (dyo, d, options) => dyo.inventory.lotSizing({ demand: d, order_cost: 40, holding_cost: 0.5 }, options);
const expected = await lots(here, demand);

test("arrays go and come by handle: copied, of a view no more than it shows; moved where that is asked for", async () => {
  const dyo = await pool(1);
  const wide = new Float64Array(n + 1e6).fill(NaN);
  wide.set(demand, 500);
  const view = wide.subarray(500, 500 + n);
  const answer = lots(dyo, view, { typed: true });
  view.fill(1); // what is done after the call does not count
  const typed = await answer;
  assert.ok(typed.orders instanceof Float64Array);
  assert.deepEqual([...typed.orders], expected.orders);
  const shared = new Float64Array(new SharedArrayBuffer(8 * n));
  shared.set(demand);
  for (const transfer of [false, true]) assert.deepEqual(await lots(dyo, shared, { transfer }), expected);
  const mine = demand.slice();
  assert.deepEqual(await lots(dyo, mine, { transfer: true }), expected);
  assert.equal(mine.length, 0);
  assert.deepEqual([...demand], [...demand.slice()]);
});

test("files go by handle too, Node's Buffers among them", async () => {
  const dyo = await pool(1);
  const text = "date,units\n2024-01-01,5\n2024-01-02,6.5\n";
  for (const content of [Buffer.from(text), new TextEncoder().encode(text), text])
    assert.deepEqual((await dyo.series.parse({ content })).series[0].values, [5, 6.5]);
});

test("a worker that ends fails its call alone, and another takes its place", async () => {
  const dyo = await pool(1);
  const { call } = await begun(dyo);
  started[0].terminate();
  assert.match((await refusal(call, "internal", "")).message, /stopped/);
  right(await dyo.inventory.eoq(harris));
  assert.equal(started.length, 2);
});

test("hostile input ends in a DyoError, and the same worker answers afterwards", async () => {
  const dyo = await pool(1);
  for (const [what, input, path] of hostile) {
    await refusal(dyo.inventory.eoq(input), "invalid_input", path, what);
    right(await dyo.inventory.eoq(harris));
  }
  for (const options of hostileOptions) await refusal(dyo.inventory.eoq(harris, options), "invalid_input", "");
  right(await dyo.inventory.eoq(harris));
  assert.equal(started.length, 1);
});

test("close() ends the workers and what they do; calls afterwards are refused", async () => {
  const dyo = await pool(1);
  const { call } = await begun(dyo);
  const waits = dyo.inventory.eoq(harris);
  const ended = new Promise((done) => started[0].once("exit", done));
  const refused = [refusal(call, "conflict"), refusal(waits, "conflict")];
  await dyo.close();
  await Promise.all([...refused, ended]);
  await refusal(dyo.inventory.eoq(harris), "conflict");
});

test("a script with workers ends by itself, and not before its calls", () => {
  const program = `
    import { load } from ${JSON.stringify(new URL("../dist/node.js", import.meta.url).href)};
    const dyo = await load({ workers: 2 });
    for (let i = 0; i < 2; i++) console.log((await dyo.inventory.eoq(${JSON.stringify(harris)})).eoq > 0);`;
  const options = { encoding: "utf8", timeout: 30_000 };
  assert.equal(execFileSync(process.execPath, ["--input-type=module", "-e", program], options), "true\ntrue\n");
});

test("what is no number of workers, and what is no program of ours, is said", async () => {
  for (const workers of [-1, 1.5, NaN, 65, "2", "all", {}, null])
    assert.match((await refusal(load({ workers }), "invalid_input", "")).message, /workers/);
  await refusal(load({ workers: 1, worker: "http://[" }), "invalid_input", "");
  right(await (await pool(1, { worker: dist + "worker.js" })).inventory.eoq(harris));
  const lost = await pool(1, { worker: dist + "missing.js" });
  for (let i = 0; i < 2; i++)
    assert.match((await refusal(lost.inventory.eoq(harris), "unsupported", "")).message, /could not be started.*missing\.js/);
});

test("a call that does not listen is ended with its worker; a program of another build is refused", async () => {
  const { Pool } = await source("pool");
  const made = [];
  const fake = (hears) => {
    const thread = { posted: [], held: [], ended: 0, hears };
    made.push(thread);
    return {
      post: (message) => thread.posted.push(message),
      hold: (on) => thread.held.push(on),
      end: () => thread.ended++,
    };
  };
  const one = new Pool({ module: {}, most: 1, patience: 20, start: async (ears) => fake(ears) });
  const stop = new AbortController();
  const watch = { typed: false, look: () => stop.signal.aborted, signal: stop.signal };
  const call = one.send("a.b", { text: "{}", arrays: [], files: [] }, watch);
  await new Promise(setImmediate);
  made[0].hears.message({ kind: "ready" });
  assert.equal(made[0].posted[1].op, "a.b");
  stop.abort();
  assert.equal(new Int32Array(made[0].posted[1].stop)[0], 1); // it is asked first
  assert.equal(JSON.parse((await call).text).error.code, "cancelled");
  await new Promise(setImmediate);
  assert.equal(made[0].ended, 1);

  const next = one.describe("ops");
  await new Promise(setImmediate);
  const fault = { code: "conflict", path: "", message: "of another build" };
  made[1].hears.message({ kind: "failed", fault });
  await assert.rejects(next, (e) => e.code === "conflict");
  await one.close();
});
