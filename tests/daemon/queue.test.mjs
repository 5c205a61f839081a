// Forecasts that nobody waits for are a queue. Whoever takes part does one at a time: workers of one daemon on a file, or any number of
// daemons on a server. Batches fill it a few at a time. How quickly it is drained, that an end by SIGKILL loses nothing and doubles
// nothing, and that whoever asks for one forecast does not wait for a batch.
// DYO_FULL=1: the rate of two daemons beside one's, on DYO_QUEUE forecasts (20,000).
import assert from "node:assert/strict";
import { loadavg } from "node:os";
import { after, test } from "node:test";
import { cpuOf, serverCpu } from "./lib/cpu.mjs";
import { dailyCsv, databaseIn, onServer, scratch, startDaemon, until } from "./lib/daemon.mjs";

const full = Boolean(process.env.DYO_FULL);
const count = Number(process.env.DYO_QUEUE || (full ? 20_000 : 40));
const WINDOW = 32; // runs of a tenant's batches that wait at most

const value = (t, k) => 50 + (t % 7) * 3 + ((t * 37) % 11) + Math.sin(t / 9) * 5 + ((k * 7 + t) % 5);
const keys = (n) => Array.from({ length: n }, (_, i) => `s${i}`);

const dir = scratch();
const db = databaseIn(dir);
const alive = new Set();
let token = null;
async function start(flags = {}) {
  const d = await startDaemon({ dir, db, flags });
  token ??= d.token;
  d.token = token;
  alive.add(d);
  return d;
}
async function end(d, signal) {
  alive.delete(d);
  return d.stop(signal);
}
after(() => Promise.all([...alive].map((d) => d.stop())));

async function store(d, metric, n, days) {
  const up = await d.upload(dailyCsv(days, { name: metric, dimension: "sku", keys: keys(n), value }), `?name=${metric}.csv`, { timeout: 900_000 });
  const run = up.status === 202 ? await until(async () => {
    const r = (await d.get(`/api/v1/runs/${up.json.run_id}`)).json;
    return !["queued", "running"].includes(r.state) && r;
  }, "the values to be stored", 900_000) : up.json;
  assert.equal(run.rows_stored ?? up.json.rows_stored, n * days, up.text);
}

async function batch(d, input) {
  const r = await d.post("/api/v1/batches", input);
  assert.equal(r.status, 202, r.text);
  assert.equal(r.headers.location, `/api/v1/batches/${r.json.batch_id}`);
  return r.json;
}

/** How far a batch is; each of its series is in one count, and few are queued. */
async function standing(d, id) {
  const b = (await d.get(`/api/v1/batches/${id}`)).json;
  assert.equal(b.waiting + b.queued + b.running + b.succeeded + b.failed + b.cancelled, b.series);
  assert.ok(b.queued <= WINDOW, `${b.queued} are queued`);
  return b;
}

const ended = (d, id, ms) =>
  until(async () => {
    const b = await standing(d, id);
    return !["queued", "running"].includes(b.state) && b;
  }, `the end of batch ${id}`, ms);

async function all(d, path) {
  const found = [];
  for (let cursor = ""; cursor !== null; ) {
    const page = (await d.get(`${path}${path.includes("?") ? "&" : "?"}limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, { timeout: 300_000 })).json;
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  return found;
}

/** Every series has one forecast by the batch, and no more. */
async function eachOnce(d, id, n) {
  const b = await ended(d, id, 3_600_000);
  assert.deepEqual([b.state, b.series, b.succeeded, b.fraction], ["succeeded", n, n, 1], JSON.stringify(b));
  const made = await all(d, `/api/v1/forecaster/?batch_id=${id}`);
  assert.deepEqual(made.map((f) => f.dimensions.sku).toSorted(), keys(n).toSorted());
  assert.ok(made.every((f) => f.batch_id === id));
}

/** How many runs a daemon has ended, as its log tells. */
const did = (d) => d.log().split('"event":"run"').length - 1;
const sum = (list) => list.reduce((a, x) => a + x, 0);

test("a daemon that is killed again and again while it works: each forecast is made, and once", async () => {
  const n = Math.min(count, 200);
  let d = await start({ threads: 2 });
  await store(d, "killed", n, 60);
  const { batch_id: id } = await batch(d, { metric_name: "killed", forecast_horizon: 7 });
  for (let i = 1; i <= 3; i++) {
    const before = did(d);
    await until(async () => did(d) > before + 1 || (await standing(d, id)).finished_at, "some to be done", 60_000);
    await end(d, "SIGKILL");
    d = await start({ threads: 2 });
  }
  await eachOnce(d, id, n);
  await end(d);
});

test("who asks for one forecast waits for what a batch has queued, and not for the batch", async () => {
  const d = await start({ threads: 1 });
  const n = 120;
  await store(d, "many", n, 60);
  const { batch_id: id } = await batch(d, { metric_name: "many", model_type: "ets", forecast_horizon: 7 });
  const asked = await d.post("/api/v1/forecaster/create", { metric_name: "many", dimensions: { sku: "s0" }, model_type: "naive" }, { headers: { prefer: "respond-async" } });
  assert.equal(asked.status, 202, asked.text);
  const one = await d.finished(asked.json.run_id);
  assert.equal(one.state, "succeeded");
  assert.equal((await ended(d, id, 120_000)).state, "succeeded");
  const runs = (await all(d, "/api/v1/runs/")).filter((r) => r.batch_id === id);
  assert.equal(runs.length, n);
  const between = runs.filter((r) => r.started_at >= one.created_at && r.finished_at <= one.started_at);
  assert.ok(between.length <= WINDOW + 1, `${between.length} were done before it`);
  await end(d);
});

test("a batch that is cancelled ends at once, and what it has made stays", async () => {
  const d = await start({ threads: 2 });
  const { batch_id: id } = await batch(d, { metric_name: "many", forecast_horizon: 7 });
  await until(async () => (await standing(d, id)).succeeded > 1, "some to be done", 60_000);
  const r = await d.post(`/api/v1/batches/${id}/cancel`, "");
  assert.deepEqual([r.status, r.json.cancel_asked, r.json.waiting, r.json.queued], [200, true, 0, 0], r.text);
  const b = await ended(d, id, 60_000);
  assert.equal(b.state, "cancelled");
  assert.ok(b.cancelled > 0 && b.succeeded > 1, JSON.stringify(b));
  assert.equal((await all(d, `/api/v1/forecaster/?batch_id=${id}`)).length, b.succeeded);
  assert.equal((await d.post(`/api/v1/batches/${id}/cancel`, "")).status, 409);
  await end(d);
});

/** How many days of values make a forecast take 50 ms of processor here, and little more. */
async function daysFor(d, seconds) {
  const tries = 20;
  for (let days = 50; ; days += 5) {
    const from = cpuOf(d);
    for (let k = 0; k < tries; k++) {
      const series = { frequency: "D", values: Array.from({ length: days }, (_, t) => value(t, k)) };
      assert.equal((await d.post("/api/v1/forecaster/create", { series, forecast_horizon: 7 })).status, 200);
    }
    if ((cpuOf(d) - from) / tries >= seconds || days === 300) return days;
  }
}

test("two daemons drain it at 1.7 times the rate of one, and when one is killed the other does what it held", { skip: !full || !onServer ? "with DYO_FULL=1, on PostgreSQL" : false }, async () => {
  const a = await start({ threads: 1 });
  const days = await daysFor(a, 0.056);
  const sizes = { one: Math.ceil(count * 0.15), two: Math.floor(count * 0.85) };
  const stored = performance.now();
  for (const [metric, n] of Object.entries(sizes)) await store(a, metric, n, days);
  console.log(`${sizes.one + sizes.two} series of ${days} days stored in ${((performance.now() - stored) / 1000).toFixed(0)} s`);

  /** The rate at which daemons make the next n forecasts of a batch. */
  const rate = async (daemons, id, n) => {
    const cpu = () => ({ daemons: sum(daemons.map(cpuOf)), server: serverCpu(db) });
    await until(async () => (await standing(a, id)).succeeded >= daemons.length, "it to begin", 60_000);
    const [from, was, done, began] = [(await standing(a, id)).succeeded, cpu(), daemons.map(did), performance.now()];
    let b = null;
    while ((b = await standing(a, id)).succeeded < from + n && b.finished_at === null) await new Promise((go) => setTimeout(go, 500));
    const [s, made, is] = [(performance.now() - began) / 1000, b.succeeded - from, cpu()];
    const each = daemons.map((d, i) => did(d) - done[i]);
    const used = (is.daemons - was.daemons) / made;
    console.log(`${daemons.length} with one worker each: ${made} forecasts in ${s.toFixed(1)} s, ${(made / s).toFixed(2)} a second, by ${each.join(" and ")}; ${(1000 * used).toFixed(1)} ms of processor each of the daemons, ${((1000 * (is.server - was.server)) / made).toFixed(1)} of the server; load ${loadavg()[0].toFixed(1)}`);
    assert.ok(used >= 0.05, "each takes 50 ms of processor");
    return made / s;
  };

  const ask = { model_type: "auto", forecast_horizon: 7 };
  const first = await batch(a, { metric_name: "one", ...ask });
  const one = await rate([a], first.batch_id, sizes.one);
  await eachOnce(a, first.batch_id, sizes.one);
  const b = await start({ threads: 1 });
  const shared = loadavg()[0] > 2.5;
  const second = await batch(a, { metric_name: "two", ...ask });
  const two = await rate([a, b], second.batch_id, Math.floor(sizes.two * 0.9));
  await end(b, "SIGKILL"); /* while it works, with a tenth left */
  console.log(`${(two / one).toFixed(2)} times the rate${shared ? "; SAID LOUDLY: other programs shared the machine, so that it shows nothing" : ""}`);
  const left = await standing(a, second.batch_id);
  assert.ok(left.waiting + left.queued + left.running > 0, "it was killed in the middle");
  await eachOnce(a, second.batch_id, sizes.two);
  console.log(`one was killed with ${sizes.two - left.succeeded} left: each of ${sizes.one + sizes.two} forecasts was made, and once`);
  if (!shared) assert.ok(two >= 1.7 * one);
  await end(a);
});
