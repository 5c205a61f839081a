// SPDX-License-Identifier: GPL-3.0-or-later
// The daemon beside its targets: a stored series under wrk, alone and while an upload writes; memory, size, start, a large upload.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { nativePath, root } from "../lib/project.mjs";
import { dailyCsv, scratch, startDaemon, until } from "../daemon/lib/daemon.mjs";

const MIB = 1 << 20;
const SECONDS = 5;
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** { rate, requests, p99 in ms } of `seconds` of wrk with one thread and 32 connections. */
function wrk(url, seconds, token) {
  const child = spawn("wrk", ["-t1", "-c32", `-d${seconds}`, "--latency", ...(token ? ["-H", `Authorization: Bearer ${token}`] : []), url]);
  let out = "";
  child.stdout.on("data", (p) => (out += p));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", () => {
      const [, n] = /(\d+) requests in/.exec(out) ?? [];
      const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(out) ?? [];
      if (!n || /Non-2xx|Socket errors/.test(out)) fail(new Error(`wrk: ${out}`));
      else done({ rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]), requests: Number(n), p99: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit] });
    });
  });
}

/** Processor time of a process so far, in ms. */
function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

// --- others that answer with the same bytes, each with a line a request in a log -----------------------------------------------

const nodeServer = `
const cluster = require("node:cluster"), fs = require("node:fs");
const [, body, etag, log] = process.argv;
if (cluster.isPrimary) { cluster.fork(); cluster.fork(); } else {
  const bytes = fs.readFileSync(body), out = fs.createWriteStream(log, { flags: "a" });
  require("node:http").createServer((q, r) => {
    if (q.headers["if-none-match"] === etag) return r.writeHead(304, { etag }).end();
    r.writeHead(200, { "content-type": "application/json", "content-length": bytes.length, etag }).end(bytes);
    out.write(JSON.stringify({ time: new Date().toISOString(), method: q.method, path: q.url, status: 200 }) + "\\n");
  }).listen(+process.env.PORT, "127.0.0.1");
}`;

async function beside(name, command, args, port, env = {}) {
  const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, ...env } });
  let gone = false;
  child.on("error", () => (gone = true));
  child.on("exit", () => (gone = true));
  const url = `http://127.0.0.1:${port}/series.json`;
  try {
    await until(() => gone || fetch(url).then((r) => r.ok, () => false), name);
    if (gone) return null;
    await wrk(url, 1);
    return [name, (await wrk(url, SECONDS)).rate];
  } finally {
    child.kill("SIGTERM");
  }
}

async function others(body, etag) {
  const dir = scratch();
  const port = 20_000 + (process.pid % 20_000);
  writeFileSync(join(dir, "series.json"), body);
  const node = ["-e", nodeServer, join(dir, "series.json"), etag, join(dir, "node.log")];
  const list = [await beside("Node http, 2 processes", process.execPath, node, port, { PORT: port })];
  if (!spawnSync("nginx", ["-v"]).error) {
    writeFileSync(
      join(dir, "nginx.conf"),
      `worker_processes 2; pid ${dir}/pid; error_log ${dir}/error.log; daemon off;
events { worker_connections 512; }
http { access_log ${dir}/access.log; types { application/json json; } keepalive_requests 10000000;
  server { listen 127.0.0.1:${port + 1}; root ${dir}; } }\n`,
    );
    list.push(await beside("nginx, a file", "nginx", ["-c", join(dir, "nginx.conf"), "-e", join(dir, "error.log")], port + 1));
  }
  return list.filter(Boolean);
}

// --- requests --------------------------------------------------------------------------------------------------------------------

const large = (name) => dailyCsv(1000, { name, dimension: "sku", keys: Array.from({ length: 1000 }, (_, i) => `SKU-${i}`) });

async function requests({ row, check }) {
  if (spawnSync("wrk", ["-v"]).error) {
    console.error("NOTE: SKIPPED, there is no wrk: the daemon's load is not measured");
    return;
  }
  const d = await startDaemon({ stderr: openSync(join(scratch(), "log"), "w") }); // a line a request, as in use
  check((await d.upload(dailyCsv(365))).status === 200, "a stored series");
  row("daemon: memory at rest", d.memory("VmRSS") / MIB, "MiB", { target: 20 });
  const path = "/api/v1/metrics/sales";
  const url = `http://127.0.0.1:${d.port}${path}`;
  const answer = await d.get(path);
  check(answer.json.series[0].values.length === 365, "365 points");
  await wrk(url, 1, d.token);

  const cpu = processor(d.pid);
  const alone = await wrk(url, SECONDS, d.token);
  const us = (1000 * (processor(d.pid) - cpu)) / alone.requests;
  const label = "daemon: requests a second, a series of 365 points";
  const note = `${us.toFixed(1)} us of processor each, load ${loadavg()[0].toFixed(1)}`;
  const [first, ...more] = await others(answer.body, answer.headers.etag);
  row(label, alone.rate, "/s", { target: 20_000, most: true, peer: first, note });
  for (const peer of more) row(label, alone.rate, "/s", { most: true, peer });
  row("  its 99th percentile", alone.p99, "ms", { target: 10 });

  let over = false;
  const upload = (async () => {
    for (let n = 0; !over; n++) {
      const r = await d.upload(large(`quantity${n}`), "?name=large.csv", { timeout: 600_000 });
      check(r.json.values_stored === 1e6, "1,000,000 values stored");
    }
  })();
  const during = await wrk(url, SECONDS, d.token);
  over = true;
  row("  while uploads of 1,000,000 rows write", during.rate, "/s", { target: 10_000, most: true, note: `load ${loadavg()[0].toFixed(1)}` });
  row("  its 99th percentile", during.p99, "ms", { target: 10 });
  await upload;
  row("  memory at rest after all that", d.memory("VmRSS") / MIB, "MiB");
  await d.stop();
}

async function upload({ row, check }) {
  const csv = large("quantity");
  const d = await startDaemon();
  const rest = d.memory("VmRSS");
  const cpu = processor(d.pid);
  const began = performance.now();
  const r = await d.upload(csv, "?name=million.csv", { timeout: 600_000 });
  const s = (performance.now() - began) / 1000;
  check(r.json.values_stored === 1e6, r.text.slice(0, 200));
  row("daemon: upload of 1,000,000 rows", s, "s", {
    target: 12,
    note: `${((processor(d.pid) - cpu) / 1000).toFixed(1)} s of processor, load ${loadavg()[0].toFixed(1)}`,
  });
  row("  memory it grew by", (d.memory() - rest) / MIB, "MiB", { target: 64 });
  await d.stop();
}

// --- start -----------------------------------------------------------------------------------------------------------------------

/** The folder of a database of a gigabyte, made by uploads of long files and kept for the next time. */
async function gigabyte() {
  const dir = join(root, "build/bench/daemon-1g");
  if (existsSync(join(dir, "a.db"))) return dir;
  const raw = `${dir}.new`;
  rmSync(raw, { recursive: true, force: true });
  mkdirSync(raw, { recursive: true });
  const d = await startDaemon({ dir: raw });
  for (let i = 0; statSync(d.db).size < 1 << 30; i++) {
    const lines = ["date,sku,sales,note"];
    for (let t = 0; t < 1000; t++)
      for (let k = 0; k < 100; k++)
        lines.push(`${new Date(1.6e12 + t * 864e5).toISOString().slice(0, 10)},S${i}-${k},${(t * k) % 997},${randomBytes(600).toString("base64")}`);
    const r = await d.upload(`${lines.join("\n")}\n`, `?name=part-${i}.csv`, { timeout: 600_000 });
    if (r.status !== 200) throw new Error(r.text);
  }
  await d.stop();
  renameSync(raw, dir);
  return dir;
}

async function ready({ row, check }) {
  const dir = await gigabyte();
  const start = async (signal) => {
    const began = performance.now();
    const d = await startDaemon({ dir });
    const ms = performance.now() - began;
    check((await d.get("/healthz", { token: null })).status === 200, "it answers");
    await d.stop(signal);
    return ms;
  };
  const note = `database of ${Math.round(statSync(join(dir, "a.db")).size / MIB)} MiB`;
  const clean = [];
  for (let i = 0; i < 7; i++) clean.push(await start("SIGTERM"));
  row("daemon: ready to answer", median(clean), "ms", { target: 100, note });
  await start("SIGKILL");
  row("  after it was killed", await start("SIGTERM"), "ms", { target: 100, note });
}

export async function daemonBench(tools) {
  const stripped = join(scratch(), "stripped");
  tools.check(spawnSync("strip", ["-o", stripped, nativePath]).status === 0, "strip");
  tools.row("daemon: the program, stripped", statSync(stripped).size / 1e6, "MB", { target: 3 });
  await requests(tools);
  await upload(tools);
  await ready(tools);
}
