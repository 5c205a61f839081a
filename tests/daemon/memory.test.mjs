// SPDX-License-Identifier: GPL-3.0-or-later
// The n-th allocation of a running daemon fails, its own or a library's, while it starts, takes in, computes, syncs and stops. After each:
// an answer that is right or a problem that says so, the next request is served, what was acknowledged is there, the database is sound,
// and at its end the daemon has given back all that one does whose allocations did not fail: what an error path forgot, if only once, is
// found. DYO_FULL=1: every n (DYO_STEP: every so many); else some, evenly.
import assert from "node:assert/strict";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { dailyCsv, onServer, scratch, several, startDaemon, until } from "./lib/daemon.mjs";
import { failing, noFailing } from "./lib/failing.mjs";
import { sound, stopped, upload } from "./lib/faults.mjs";
import { eoq, modern } from "./lib/mcp.mjs";
import { held, loopback, mirrored, orgAndConnector, truth } from "./lib/salesforce.mjs";

const full = process.env.DYO_FULL === "1";
const SOME = 10;
const QUICK = 150; // so few are all tried
const flags = { ...loopback, threads: 1, log_level: "warn" };

/** The numbers to try of `count`, or of more than that, since no two times are alike. */
function chosen(count, some = SOME, most = Infinity) {
  const step = full ? Number(process.env.DYO_STEP || Math.max(1, Math.ceil(count / most))) : Math.max(1, count / some);
  return Array.from({ length: Math.floor((1.05 * count) / step) }, (_, i) => Math.round(1 + i * step));
}

const saysSo = /memory/;

/** Fails each chosen allocation while `work(i)` goes on, which throws or answers "refused" or "whole"; `none`: works, and fails none. */
async function sweep({ t, d, fault, none }, work, { label = "" } = {}) {
  for (let i = 0; i < 4; i++) assert.equal(await work(`warm${label}${i}`), "whole");
  fault.arm(0);
  assert.equal(await work(`counted${label}`), "whole");
  const count = fault.disarm().seen;
  const before = fault.state();
  const tally = { whole: 0, refused: 0, silent: 0, left: 0, none: 0 };
  for (const n of none ? [] : chosen(count, count <= QUICK ? count : SOME)) {
    fault.arm(n);
    const came = await work(`n${label}${n}`, true).catch((e) => e);
    const { failed } = fault.disarm();
    const at = () => `allocation ${n} of ${count}, at ${d.child.exitCode ?? d.child.signalCode ?? fault.where(d.pid).join(" ")}`;
    if (came instanceof Error) throw new Error(`${at()}: ${came.message}\n${d.log().slice(-1500)}`, { cause: came });
    tally[failed ? came : "none"]++;
    const next = await d.get("/api/v1/metrics/?limit=1").catch((e) => ({ status: e.message }));
    assert.equal(next.status, 200, `the next request: ${next.text ?? next.status}, after ${at()}\n${d.log().slice(-1500)}`);
  }
  for (let i = 0; i < 4; i++) await until(async () => (await work(`after${label}${i}`)) === "whole", "the work to be done as before", 60_000);
  const after = fault.state();
  if (!none) console.log(`${t.name}${label}: ${count} allocations, ${JSON.stringify(tally)}; ${after.blocks - before.blocks} blocks more while it runs, ${after.bytes - before.bytes} bytes`);
}

/** What an answer is: as it has to be, refused for want of memory, or none at all, since the connection's own memory was refused. */
async function answered(asked, right) {
  let r;
  try {
    r = await asked;
  } catch (e) {
    if (["ECONNRESET", "EPIPE"].includes(e.code) || /socket hang up|aborted/.test(e.message)) return "silent";
    throw e;
  }
  if (r.status < 300) {
    right(r);
    return "whole";
  }
  assert.ok(r.status >= 500 && saysSo.test(r.text), `${r.status} ${r.text}`);
  return "refused";
}

const over = (run) => !["queued", "running"].includes(run.state);

/** What becomes of a run; one whose end could not be written is left to the end of its lease, 20 s, which only the unhurried wait for. */
async function ended(d, id, hurried, right) {
  const run = await until(async () => {
    const r = await d.get(`/api/v1/runs/${id}`).catch(() => ({}));
    return r.status === 200 && over(r.json) && r.json;
  }, `the end of run ${id}`, hurried ? 1500 : 60_000).catch(() => null);
  if (!run) return "left";
  if (run.state === "succeeded") return right(run), "whole";
  assert.match(JSON.stringify(run.error), saysSo, run.state);
  return "refused";
}

async function daemon(t) {
  const fault = failing();
  const d = await startDaemon({ flags, wrap: fault.wrap });
  t.after(() => d.child.kill("SIGKILL"));
  return { t, d, fault };
}

/** Nothing may be allowed for: before its end a daemon gives back what it kept for later, and libraries keep the same in both, from the
 *  first use until the process is gone. */
function gaveBack(what, held, control) {
  assert.ok(held.blocks <= control.blocks, `${what}: ${held.blocks - control.blocks} blocks of ${held.bytes - control.bytes} bytes were not given back`);
}

/** Whether OpenSSL asked for what was refused: where its own start fails it keeps some hundred bytes for good. The daemon must still run. */
const askedByOpenSSL = (fault, d) => /^lib(crypto|ssl)/.test(fault.where(d.pid).find((frame) => !frame.startsWith("failing.so")) ?? "");

/** Judges the daemons of each n, when they have ended, by that of 0. */
function judgeOf(t) {
  let control = null;
  return (n, fault, excused = false) => {
    const held = fault.state();
    fault.close();
    if (excused) return;
    gaveBack(`${t.name}, allocation ${n}`, held, (control ??= held));
  };
}

/** `body` with a daemon whose allocations do not fail, then with one whose do. Each ends well, the second one holding no more. */
function failsIn(what, body) {
  test(`in ${what}`, async (t) => {
    const control = { ...(await daemon(t)), none: true };
    await body(control);
    await stopped(control.d);
    const tried = await daemon(t);
    await body(tried);
    if (full) await sound(tried.d); // everything under way comes to its end
    await stopped(tried.d);
    gaveBack(t.name, tried.fault.state(), control.fault.state());
  });
}

describe("the nth allocation fails", { skip: noFailing, concurrency: full ? 2 : 4 }, () => {
  failsIn("an upload", async (on) => {
    const { d } = on;
    const there = new Set();
    await sweep(on, (name) =>
      answered(d.upload(`date,${name}\n2024-01-01,1\n2024-01-02,2\n`, `?name=${name}.csv`), (r) => {
        assert.equal(r.json.values_stored, 2);
        there.add(name);
      }));
    const values = new Map();
    for (let next = ""; next !== null; ) {
      const page = (await d.get(`/api/v1/metrics/?limit=1000${next && `&cursor=${encodeURIComponent(next)}`}`)).json;
      for (const m of page.items) values.set(m.metric_name, m.values);
      next = page.next_cursor;
    }
    for (const name of there) assert.equal(values.get(name), 2, name);
    for (const [name, n] of values) assert.equal(n, 2, name); // all of it, or nothing
  });

  failsIn("a forecast", async (on) => {
    const { d } = on;
    await upload(d, dailyCsv(60), "?name=s.csv");
    const wish = { metric_name: "sales", model_type: "ets", forecast_horizon: 5 };
    const right = (await d.post("/api/v1/forecaster/create", wish)).json.predictions;
    const made = [];
    await sweep(on, () => answered(d.post("/api/v1/forecaster/create", wish), (r) => (assert.deepEqual(r.json.predictions, right), made.push(r.json.forecast_id))));
    for (const id of made) assert.equal((await d.get(`/api/v1/forecaster/${id}`)).status, 200, id);
  });

  failsIn("a run", async (on) => {
    const { d } = on;
    const work = { series: { values: Array.from({ length: 40 }, (_, i) => (i * 7919) % 101) }, model_types: ["naive"], forecast_horizon: 2, folds: 2 };
    let right = null;
    const promised = [];
    await sweep(on, async (_, hurried) => {
      let id;
      const came = await answered(d.post("/api/v1/forecaster/backtest", work, { headers: { prefer: "respond-async" } }), (r) => (id = r.json.run_id));
      if (came !== "whole") return came;
      promised.push(id);
      return ended(d, id, hurried, (run) => assert.deepEqual(run.result, (right ??= run.result)));
    });
    for (const id of full ? promised : []) {
      const run = await d.finished(id);
      assert.ok(run.state === "succeeded" || saysSo.test(run.error.message), JSON.stringify(run));
    }
  });

  failsIn("a read, and over MCP", async (on) => {
    const { d } = on;
    await upload(d, dailyCsv(30), "?name=s.csv");
    const right = (await d.get("/api/v1/metrics/sales")).text;
    await sweep(on, () => answered(d.get("/api/v1/metrics/sales"), (r) => assert.equal(r.text, right)), { label: " of a series that is kept" });
    let day = 0;
    const anew = () => `?from=${new Date(86_400_000 * day++).toISOString().slice(0, 10)}`; // before the first
    await sweep(on, () => answered(d.get(`/api/v1/metrics/sales${anew()}`), (r) => assert.equal(r.text, right)), { label: " of a series" });
    await sweep(on, () => answered(d.get("/api/v1/runs/"), (r) => assert.ok(r.json.items.some((run) => run.kind === "upload"))), { label: " of runs" });
    await sweep(on, () => answered(modern(d, "tools/call", { name: "inventory_eoq", arguments: eoq }), (r) => {
      if (!saysSo.test(r.text)) assert.ok(r.json.result.structuredContent.eoq > 141);
    }), { label: " by MCP" });
  });

  failsIn("a sync", async (on) => {
    const { t, d, fault } = on;
    const config = { objects: [mirrored("accounts")] };
    const fakes = [];
    t.after(() => Promise.all(fakes.map((f) => f.close())));
    const connect = async () => {
      const c = await orgAndConnector(d, { config });
      fakes.push(c.fake);
      c.fake.org.insert("Account", { Name: `A${fakes.length}`, AnnualRevenue: 1 }); // of two orgs, the ids may be the same
      return c;
    };
    let c = await connect();
    let i = 0;
    await sweep(on, async (_, hurried) => {
      const [one] = c.fake.org.rows("Account");
      c.fake.org.update("Account", one.Id, { AnnualRevenue: ++i });
      c.fake.clock.advance(5000);
      let id;
      const came = await answered(d.post(`/api/v1/connectors/${c.id}/sync`, ""), (r) => (id = r.json.run_id));
      if (came !== "whole") return came;
      const end = await ended(d, id, hurried, () => {});
      if (end === "left") {
        fault.disarm();
        c = await connect(); // that one has a run under way
      }
      return end;
    });
    assert.equal((await c.sync()).state, "succeeded");
    const lines = await held(d, "accounts");
    assert.ok(lines.includes(truth(c.fake.org)[0]), `${truth(c.fake.org)} is not in ${lines.join("; ")}`);
  });

  test("in a start", async (t) => {
    const before = async (dir) => {
      const plain = await startDaemon({ dir, flags });
      await upload(plain, dailyCsv(10), "?name=s.csv");
      await stopped(plain);
      return plain.token;
    };
    const dir = scratch();
    const only = onServer ? null : await before(dir); // is copied
    let count = 0;
    const tally = { started: 0, refused: 0, excused: 0 };
    const judge = judgeOf(t);
    const words = new Set();
    const once = async (n) => {
      const own = scratch();
      const token = only ?? (await before(own));
      for (const f of readdirSync(dir)) if (/^a\.db/.test(f) && !f.endsWith(".uploads")) copyFileSync(join(dir, f), join(own, f));
      const fault = failing();
      let started = false, excused = false;
      fault.arm(n);
      const begin = (wrap) => startDaemon({ dir: own, flags, wrap }).catch((e) => e);
      let d = await begin(fault.wrap);
      const { seen } = fault.disarm();
      if (n === 0) count = seen;
      if (!d.request) {
        assert.ok(d.signal === null && d.status > 0 && d.status < 90, `allocation ${n}: ${d.message}, ${d.signal ?? d.status}`);
        judge(n, fault);
        words.add(d.log.trim().split("\n").at(-1).replaceAll(/[0-9T:.-]{12,}Z?|\/\S+/g, "…"));
        tally.refused++;
        d = await begin([]);
        assert.ok(d.request, `the next start, after allocation ${n}: ${d.log}`);
      } else {
        started = true;
        tally.started++;
        if ((excused = askedByOpenSSL(fault, d))) tally.excused++;
      }
      d.token = token;
      const r = await d.get("/api/v1/metrics/sales");
      assert.equal(r.status, 200, `allocation ${n}: ${r.text} ${d.log()}`);
      assert.equal(r.json.series[0].values.length, 10);
      const end = await d.stop();
      assert.deepEqual([end.status, end.signal], [0, null], `allocation ${n}: ${end.log.slice(-2000)}`);
      if (started) judge(n, fault, excused);
    };
    await once(0);
    await several(chosen(count, 6, 3000), 2, once);
    console.log(`${t.name}: ${count} allocations, ${JSON.stringify(tally)}\n  ${[...words].join("\n  ")}`);
  });

  test("in a stop", async (t) => {
    let count = 0;
    const tally = { clean: 0, told: 0 };
    const judge = judgeOf(t);
    const once = async (n) => {
      const { d, fault } = await daemon(t);
      await upload(d, dailyCsv(10), "?name=s.csv");
      const work = { series: { values: Array.from({ length: 60 }, (_, i) => (i * 7919) % 101) }, model_types: ["naive"], forecast_horizon: 2, folds: 2 };
      const asked = await d.post("/api/v1/forecaster/backtest", work, { headers: { prefer: "respond-async" } });
      assert.equal(asked.status, 202);
      if (!full || n % 2) await d.finished(asked.json.run_id); // else it is stopped in the middle
      fault.arm(n);
      const end = await d.stop();
      const { seen } = fault.disarm();
      if (n === 0) count = seen;
      judge(n, fault);
      assert.ok(end.signal === null && end.status < 90, `allocation ${n}: ${end.signal ?? end.status} ${end.log.slice(-2000)}`);
      if (end.status === 0) tally.clean++;
      else tally.told++, assert.match(end.log, saysSo);
      const again = await startDaemon({ dir: d.dir, flags });
      again.token = d.token;
      assert.equal((await again.get("/api/v1/metrics/sales")).json.series[0].values.length, 10);
      assert.equal((await again.get(`/api/v1/runs/${asked.json.run_id}`)).status, 200);
      await stopped(again);
    };
    await once(0);
    await several(chosen(count, 3), 2, once);
    console.log(`${t.name}: ${count} allocations, ${JSON.stringify(tally)}`);
  });
});
