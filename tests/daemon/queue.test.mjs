// Forecasts that nobody waits for are a queue. Whoever takes part does one at a time: workers of one daemon on a file, or any number of
// daemons on a server. How quickly it is drained, and that an end by SIGKILL loses nothing and doubles nothing.
// DYO_FULL=1: the rate of two daemons beside one's, on DYO_QUEUE forecasts (20,000).
import assert from "node:assert/strict";
import { loadavg } from "node:os";
import { after, test } from "node:test";
import { cpuOf } from "./lib/cpu.mjs";
import { databaseIn, onServer, scratch, several, startDaemon, until } from "./lib/daemon.mjs";

const full = Boolean(process.env.DYO_FULL);
const count = Number(process.env.DYO_QUEUE || (full ? 20_000 : 24));
const values = (n) => Array.from({ length: n }, (_, i) => 50 + (i % 7) * 3 + ((i * 37) % 11) + Math.sin(i / 9) * 5);
const input = (i, n, model_type) => ({ series: { frequency: "D", values: values(n).map((v, k) => v + ((i * 7 + k) % 5)) }, model_type, forecast_horizon: 14 });

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

async function queue(d, n, points = 150, model = "arima") {
  const ids = [];
  await several(Array.from({ length: n }, (_, i) => i), 8, async (i) => {
    const r = await d.post("/api/v1/forecaster/create", input(i, points, model), { headers: { prefer: "respond-async" } });
    assert.equal(r.status, 202, r.text);
    ids.push(r.json.run_id);
  });
  return ids;
}

async function all(d, path, name) {
  const found = [];
  for (let cursor = ""; cursor !== null; ) {
    const page = (await d.get(`${path}?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, { timeout: 300_000 })).json;
    found.push(...page.items.map((x) => x[name]));
    cursor = page.next_cursor;
  }
  return found;
}

/** How many runs a daemon has ended, as its log tells. */
const did = (d) => d.log().split('"event":"run"').length - 1;
const sum = (list) => list.reduce((a, x) => a + x, 0);

/** Until each has ended; answers how many there are of each state. */
async function ended(d, ids, ms) {
  const states = {};
  for (const id of ids) {
    const state = await until(async () => {
      const r = (await d.get(`/api/v1/runs/${id}`)).json;
      return !["queued", "running"].includes(r.state) && r.state;
    }, `the end of run ${id}`, ms);
    states[state] = (states[state] ?? 0) + 1;
  }
  return states;
}

/** Every one succeeds and is kept once, and there is no other that was not there before. */
async function eachOnce(d, ids, before = new Set()) {
  assert.deepEqual(await ended(d, ids, 300_000), { succeeded: ids.length });
  const made = (await all(d, "/api/v1/forecaster/", "forecast_id")).filter((id) => !before.has(id));
  assert.deepEqual(made.toSorted(), ids.toSorted());
}

test("a daemon that is killed again and again while it works: each forecast is made, and once", async () => {
  const n = Math.min(count, 200);
  let d = await start({ threads: 2 });
  const ids = await queue(d, n);
  for (let i = 1; i <= 3; i++) {
    const before = did(d);
    await until(() => did(d) > before + 1, "some to be done", 60_000);
    await end(d, "SIGKILL");
    d = await start({ threads: 2 });
  }
  await eachOnce(d, ids);
  await end(d);
});

test("two daemons drain it at 1.7 times the rate of one, and when one is killed the other does what it held", { skip: !full || !onServer ? "with DYO_FULL=1, on PostgreSQL" : false }, async () => {
  const rate = async (daemons, n) => {
    const from = sum(daemons.map(did));
    const ids = await queue(daemons[0], n, 300, "auto");
    const done = daemons.map(did), cpu = daemons.map(cpuOf), began = performance.now();
    const left = n - (sum(done) - from);
    while (sum(daemons.map(did)) - from < n) await new Promise((go) => setTimeout(go, 250));
    const s = (performance.now() - began) / 1000;
    const used = sum(daemons.map((d, i) => cpuOf(d) - cpu[i]));
    const each = daemons.map((d, i) => did(d) - done[i]);
    console.log(`${daemons.length} with one worker each: ${left} forecasts in ${s.toFixed(1)} s, ${(left / s).toFixed(2)} a second, ${((1000 * used) / left).toFixed(0)} ms of processor each, by ${each.join(" and ")}; load ${loadavg()[0].toFixed(1)}`);
    assert.ok(used / left >= 0.05, "each takes 50 ms of processor");
    return { ids, rate: left / s };
  };
  const a = await start({ threads: 1 });
  const before = new Set(await all(a, "/api/v1/forecaster/", "forecast_id"));
  const one = await rate([a], Math.ceil(count / 3));
  const b = await start({ threads: 1 });
  const shared = loadavg()[0] > 2.5;
  const two = await rate([a, b], Math.floor((2 * count) / 3));
  console.log(`${(two.rate / one.rate).toFixed(2)} times the rate${shared ? "; SAID LOUDLY: other programs shared the machine, so that it shows nothing" : ""}`);
  if (!shared) assert.ok(two.rate >= 1.7 * one.rate);
  const last = await queue(a, 60, 300, "auto");
  const had = did(b);
  await until(() => did(b) > had + 3, "the other to do some", 60_000);
  await end(b, "SIGKILL");
  await eachOnce(a, [...one.ids, ...two.ids, ...last], before);
  await end(a);
});
