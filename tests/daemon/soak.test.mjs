// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed work by several clients for a long time: memory, descriptors, threads and the database do not grow. Each client lives the life of
// a tenant (uploads, forecasts, runs followed and cancelled, syncs, lists, MCP, alerts, vanished connections), is erased, and begins
// again as another one. DYO_FULL=1: half an hour, or DYO_SOAK_S seconds, and then growth is judged; else a few seconds, where what is
// held afterwards is.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs";
import net from "node:net";
import { after, before, test } from "node:test";
import { built } from "../lib/project.mjs";
import { numbers } from "./lib/contract.mjs";
import { cpuOf } from "./lib/cpu.mjs";
import { command, dailyCsv, onServer, program, startDaemon, until } from "./lib/daemon.mjs";
import { sound, stopped } from "./lib/faults.mjs";
import { eoq, modern } from "./lib/mcp.mjs";
import { deals, loopback, orgAndConnector } from "./lib/salesforce.mjs";

const full = process.env.DYO_FULL === "1" || Boolean(process.env.DYO_SOAK_S);
const seconds = Number(process.env.DYO_SOAK_S || (full ? 1800 : 3));
const CLIENTS = 4;
const LIFE = full ? 40 : 12; // pieces of work
const MIB = 2 ** 20;
const pause = (ms) => new Promise((go) => setTimeout(go, ms));
const prefer = { headers: { prefer: "respond-async" } };

let d, listening;
before(async () => {
  d = await startDaemon({ flags: { ...loopback, threads: 2, inline_s: 2, log_level: "warn" } });
  listening = sockets();
});
after(() => d.stop("SIGKILL"));

/** A command beside the daemon: what it prints. */
const beside = (...args) =>
  new Promise((done, fail) => {
    const child = spawn(built(program), [...args, "--db", d.db], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (text) => (out += text));
    child.on("close", (status) => (status === 0 ? done(out.trim()) : fail(new Error(`${args.join(" ")}: ${status}`))));
  });

const count = {};

/** The kinds of work of a client: `o` has its token, `random` its numbers. */
const kinds = {
  async upload({ o, random }) {
    const name = `m${Math.floor(random() * 5)}`;
    const keys = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, i) => `k${i}`);
    const r = await d.upload(dailyCsv(60 + Math.floor(random() * 100), { name, dimension: "k", keys }), `?name=${name}.csv`, o);
    assert.ok(r.status === 200 || r.status === 202, r.text);
  },
  async forecast({ o }) {
    const series = { frequency: "D", values: Array.from({ length: 60 }, (_, i) => 50 + (i % 7) * 3 + ((i * 37) % 11)) };
    const r = await d.post("/api/v1/forecaster/create", { series, model_type: "ets", forecast_horizon: 7 }, o);
    assert.ok(r.status === 200 || r.status === 202, r.text);
  },
  async followed({ o }) {
    const values = Array.from({ length: 80 }, (_, i) => 50 + (i % 7) * 3 + ((i * 37) % 11));
    const r = await d.post("/api/v1/forecaster/backtest", { series: { values }, model_types: ["naive", "theta"], forecast_horizon: 5, folds: 2 }, { ...o, ...prefer });
    assert.equal(r.status, 202, r.text);
    const events = await d.get(`/api/v1/runs/${r.json.run_id}/events`, o); // ends with the run
    assert.match(events.text, /^event: /m);
  },
  async cancelled({ o }) {
    const values = Array.from({ length: 2000 }, (_, i) => 100 + 20 * Math.sin(i / 4) + ((i * 7919) % 13));
    const r = await d.post("/api/v1/forecaster/backtest", { series: { values }, seasonal_periods: [24], model_types: ["arima"], forecast_horizon: 5, folds: 50 }, { ...o, ...prefer });
    assert.equal(r.status, 202, r.text);
    await pause(20);
    assert.equal((await d.post(`/api/v1/runs/${r.json.run_id}/cancel`, undefined, o)).status, 200);
    await d.finished(r.json.run_id, o);
  },
  async sync({ o, org, random }) {
    if (random() < 0.5) deals(org.fake.org, 20);
    org.fake.clock.advance(5000);
    assert.equal((await org.sync()).state, "succeeded");
  },
  async lists({ o }) {
    for (const path of ["metrics/", "runs/", "connectors/", "forecaster/", "optimizer/runs/", "alerts/", "operations"]) assert.equal((await d.get(`/api/v1/${path}`, o)).status, 200);
  },
  async figures({ o, random }) {
    const r = await d.get(`/api/v1/metrics/m${Math.floor(random() * 5)}`, { ...o, headers: { accept: random() < 0.5 ? "text/csv" : "application/json" } });
    assert.ok(r.status === 200 || r.status === 404, r.text);
  },
  async mcp({ o }) {
    const r = await modern(d, "tools/call", { name: "inventory_eoq", arguments: eoq }, o);
    assert.equal(r.status, 200, r.text);
    assert.equal((await modern(d, "tools/list", {}, o)).status, 200);
  },
  async alert({ o }) {
    const r = await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: "m1", above: 1 }, o);
    if (r.status === 404) return; // there is no such metric yet
    assert.equal(r.status, 201, r.text);
    assert.equal((await d.request("DELETE", `/api/v1/alerts/${r.json.rule_id}`, o)).status, 204);
  },
  async refused({ o }) {
    assert.equal((await d.get("/api/v1/metrics/", { token: "dyo_nobody" })).status, 401);
    assert.equal((await d.post("/api/v1/optimizer/inventory/eoq", '{"annual_demand": -1', o)).status, 400);
    assert.equal((await d.upload("no table at all", "", o)).status >= 400, true);
  },
  vanished: ({ o }) =>
    new Promise((done) => {
      const socket = net.connect(d.port, "127.0.0.1", () =>
        socket.write(`POST /api/v1/connectors/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${o.token}\r\nContent-Length: 100000\r\n\r\ndate,x\n`, () => socket.resetAndDestroy()));
      socket.on("error", () => {});
      socket.on("close", done);
    }),
};

async function life(tenant, random, over) {
  const token = await beside("token", "create", "--tenant", tenant, "--scope", "admin");
  const client = { o: { token }, random };
  client.org = await orgAndConnector(d, { o: client.o });
  const names = Object.keys(kinds);
  for (let i = 0; i < LIFE && !over(); i++) {
    const kind = i < names.length ? names[i] : names[Math.floor(random() * names.length)];
    await kinds[kind](client);
    count[kind] = (count[kind] ?? 0) + 1;
    if (full) await pause(100 + 200 * random());
  }
  assert.equal((await d.request("DELETE", `/api/v1/connectors/${client.org.id}`, client.o)).status, 204);
  await until(async () => (await d.get("/api/v1/runs/?limit=1000", client.o)).json.items.every((r) => !["queued", "running"].includes(r.state)), "the end of its runs", 60_000);
  await beside("tenant", "erase", tenant);
  await client.org.fake.close();
}

function sockets() {
  const isSocket = (fd) => {
    try {
      return readlinkSync(`/proc/${d.pid}/fd/${fd}`).startsWith("socket:");
    } catch {
      return false; // closed meanwhile
    }
  };
  return readdirSync(`/proc/${d.pid}/fd`).filter(isSocket).length;
}
const size = (file) => (existsSync(file) ? statSync(file).size : 0);
const held = () => ({
  memory: d.memory("VmRSS") / MIB,
  descriptors: readdirSync(`/proc/${d.pid}/fd`).length,
  threads: readdirSync(`/proc/${d.pid}/task`).length,
  database: onServer ? 0 : (size(d.db) + size(`${d.db}-wal`)) / MIB,
});

/** What a figure gains from the middle to the end, by the line of least squares through that half of the samples. */
function gain(samples, name) {
  const half = samples.slice(samples.length / 2);
  const mid = (half.length - 1) / 2;
  const mean = half.reduce((sum, s) => sum + s[name], 0) / half.length;
  let xy = 0, xx = 0;
  half.forEach((s, i) => ((xy += (i - mid) * (s[name] - mean)), (xx += (i - mid) ** 2)));
  return { mean, gain: (xy / xx) * (half.length - 1) };
}

/** What is held once the connections of the clients are gone, and as little as `before` if it comes to that. */
async function alone(before = null) {
  d.hangUp();
  await until(() => sockets() <= listening, "the end of every connection", 30_000);
  if (before) await until(() => held().descriptors <= before.descriptors && held().threads <= before.threads, "as few descriptors and threads as before", 30_000).catch(() => {});
  return held();
}

test(`${seconds} s of mixed work: memory, descriptors, threads and the database stay as they are`, { timeout: (seconds + 300) * 1000 }, async () => {
  await life("first", numbers(1), () => false); // so that everything has been used once
  const start = await alone();
  const cpu = cpuOf(d);
  const end = performance.now() + seconds * 1000;
  const over = () => performance.now() > end;
  const samples = [];
  let lives = 0;
  const watch = setInterval(() => samples.push(held()), Math.max(20, (seconds * 1000) / 1800));
  const client = async (i) => {
    const random = numbers(100 + i);
    for (let n = 0; !over(); n++, lives++) await life(`t${i}-${n}`, random, over);
  };
  try {
    await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i)));
  } finally {
    clearInterval(watch);
  }
  const last = await alone(start);
  const work = Object.values(count).reduce((a, n) => a + n, 0);
  const told = (x) => Object.entries(x).map(([k, v]) => `${k} ${v.toFixed(1)}`).join(", ");
  console.log(`${work} pieces of work, ${lives} tenants, ${(cpuOf(d) - cpu).toFixed(0)} s of processor; before: ${told(start)}; after: ${told(last)}`);
  const grown = Object.fromEntries(Object.keys(start).map((name) => [name, gain(samples, name)]));
  for (const [name, g] of Object.entries(grown)) console.log(`${name}: ${g.mean.toFixed(2)} on average in the second half, which gains ${g.gain.toFixed(2)}`);
  for (const kind of Object.keys(kinds)) assert.ok(count[kind] > 0, kind);
  assert.ok(last.descriptors <= start.descriptors, `descriptors: ${start.descriptors}, then ${last.descriptors}`);
  assert.ok(last.threads <= start.threads, `threads: ${start.threads}, then ${last.threads}`);
  if (full) {
    assert.ok(grown.memory.gain < Math.max(2, 0.05 * grown.memory.mean), `memory: ${JSON.stringify(grown.memory)}`);
    assert.ok(Math.abs(grown.descriptors.gain) < 4 && Math.abs(grown.threads.gain) < 2, JSON.stringify(grown));
    const events = command(["audit", "--db", d.db]).stdout.split("\n").length; // are kept for good, some 500 bytes each
    console.log(`${events} events in the audit table`);
    assert.ok(grown.database.gain < 1 + events / 2048, `database: ${JSON.stringify(grown.database)} with ${events} events`);
  }
  await sound(d);
  await stopped(d);
});
