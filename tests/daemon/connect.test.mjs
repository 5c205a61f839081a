// SPDX-License-Identifier: GPL-3.0-or-later
// connect(): the package's calls, computed by a daemon. The same answers, refusals, progress and aborts as load() gives.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { hostile, hostileOptions } from "../../js-bindings/test/hostile.mjs";
import { slow } from "../../js-bindings/test/slow.mjs";
import { importPackage } from "../lib/bindings.mjs";
import { startDaemon } from "./lib/daemon.mjs";

const { connect, load, DyoError } = await importPackage();
const here = await load();
let daemon, there, url;

before(async () => {
  daemon = await startDaemon({ flags: { inline_s: 0.2 } });
  url = `http://127.0.0.1:${daemon.port}`;
  there = await connect({ url, token: daemon.token });
});
after(async () => {
  await there?.close();
  await daemon?.stop();
});

const harris = { annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 };

async function refusal(work, code, path, message = /./) {
  const error = await work.then(
    () => assert.fail("a refusal is expected"),
    (e) => e,
  );
  assert.ok(error instanceof DyoError, String(error?.stack));
  assert.equal(error.code, code, error.message);
  if (path !== undefined) assert.equal(error.path, path);
  assert.match(error.message, message);
  return error;
}

/** A stored answer says under which id; that is all it has more. */
const bare = ({ run_id, forecast_id, ...answer }) => {
  assert.match(run_id ?? forecast_id, /^[0-9a-f-]{36}$/);
  return answer;
};

test("an operation answers as it does here, whether it is watched or not", async () => {
  const expected = await here.inventory.eoq(harris);
  assert.deepEqual(bare(await there.inventory.eoq(harris)), expected);
  const { signal } = new AbortController();
  assert.deepEqual(bare(await there.call("inventory.eoq", harris, { signal, onProgress: () => {} })), expected);
  assert.equal(there.version, here.version);
});

test("it describes itself as it does here", async () => {
  assert.deepEqual(await there.ops(), await here.ops());
  for (const op of ["series.parse", "stats.acf"]) assert.deepEqual(await there.describe(op), await here.describe(op));
  assert.deepEqual(Object.keys((await there.describe()).$defs), Object.keys((await here.describe()).$defs));
});

test("refusals have code, path and sentence", async () => {
  await refusal(there.inventory.eoq({ ...harris, anual_demand: 1 }), "invalid_input", "/anual_demand", /did you mean/);
  await refusal(there.inventory.eoq({ ...harris, unit_cost: NaN }), "invalid_input", "/unit_cost");
  await refusal(there.call("inventory.eqo", harris), "unknown_operation");
  await refusal(there.describe("inventory.eqo"), "unknown_operation");
});

test("hostile input ends in a DyoError, and the next call is answered", async () => {
  for (const [what, input, path] of hostile) {
    await refusal(there.inventory.eoq(input), "invalid_input", path).catch((e) => assert.fail(`${what}: ${e.message}`));
    bare(await there.inventory.eoq(harris));
  }
  for (const options of hostileOptions) await refusal(there.inventory.eoq(harris, options), "invalid_input", "");
});

test("floats and files travel as text, with missing values, and typed results are floats", async () => {
  const n = 100;
  const demand = Float64Array.from({ length: n }, (_, i) => 5 + (i % 7));
  const input = { demand, order_cost: 40, holding_cost: 0.5 };
  const typed = await there.inventory.lotSizing(input, { typed: true });
  assert.ok(typed.orders instanceof Float64Array);
  assert.deepEqual([...typed.orders], (await here.inventory.lotSizing(input)).orders);
  const values = Float64Array.from(demand, (x, i) => (i === 3 ? NaN : x));
  const series = { values, frequency: "D" };
  assert.equal((await there.forecast.analyze({ series })).missing, (await here.forecast.analyze({ series })).missing);
  const content = new TextEncoder().encode("date,größe\n2024-01-01,5\n2024-01-02,6.5\n2024-01-03,7\n");
  assert.deepEqual(await there.series.parse({ content }), await here.series.parse({ content }));
  await refusal(there.inventory.eoq({ ...harris, unit_cost: content }), "invalid_input", "/unit_cost", /bytes/);
  assert.equal(demand.length, n);
  await there.inventory.lotSizing(input, { transfer: true });
  assert.equal(demand.length, 0);
});

test("a long call is told as it goes; an abort hands over the best answer so far", async () => {
  const stop = new AbortController();
  const seen = [];
  const onProgress = (p) => seen.push(p) && !["queued", "running"].includes(p.stage) && stop.abort("enough");
  const error = await refusal(there.call(slow.op, slow.input, { signal: stop.signal, onProgress }), "cancelled", "");
  assert.equal(error.cause, "enough");
  slow.check(error.partial);
  for (const { fraction, stage } of seen) assert.ok(fraction >= 0 && fraction <= 1 && stage.length > 0);
});

test("a call that nobody watches and that takes long becomes a run, and is answered all the same", async () => {
  const { status, assignments } = await there.call(slow.op, { ...slow.input, time_limit_s: 1 });
  assert.equal(status, "feasible");
  assert.ok(assignments.length > 0);
});

test("what is no daemon, and what it does not let in, is said", async () => {
  await refusal(connect({ url, token: "dyo_wrong" }), "unauthorized");
  await refusal(connect({ url }), "unauthorized");
  await refusal(connect({ url: "nowhere" }), "invalid_input", "", /found "nowhere"/);
  await refusal(connect(), "invalid_input", "");
  const page = createServer((_, answer) => answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>"));
  await new Promise((done) => page.listen(0, "127.0.0.1", done));
  const other = `http://127.0.0.1:${page.address().port}`;
  await refusal(connect({ url: other }), "upstream_error", "", /answered 200 text\/html: is it the address of dyocensed\?$/);
  page.closeAllConnections();
  await new Promise((done) => page.close(done));
  await refusal(connect({ url: other }), "upstream_error", "", /could not be reached \(.*ECONNREFUSED.*\): is dyocensed running there\?$/);
});

test("after close() calls are refused", async () => {
  const mine = await connect({ url: `${url}/`, token: daemon.token });
  const call = mine.call(slow.op, slow.input, { onProgress: () => void mine.close() });
  await refusal(call, "conflict");
  await refusal(mine.inventory.eoq(harris), "conflict");
});
