// SPDX-License-Identifier: GPL-3.0-or-later
// What a series costs: stored, and forecast anew. Two sizes are measured and the slope between them printed, so that what does not grow
// with the number of series does not count. On a file, or beneath tests/with_postgres.sh on a server.
// node tests/bench/scale.mjs [SERIES MORE]
import { rmSync, statSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { cpuOf, numbersOf, serverCpu } from "../daemon/lib/cpu.mjs";
import { command, databaseIn, onServer, scratch, several, startDaemon } from "../daemon/lib/daemon.mjs";

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(200, 800);
const WEEKS = 156;
const week = (i) => new Date(Date.UTC(2022, 0, 3 + 7 * i)).toISOString().slice(0, 10);

const dir = scratch();
const db = databaseIn(dir);

/** Bytes that the data takes: of a backup, which has no room to spare, or of the server's tables and indices as they are. */
function room() {
  if (onServer) return numbersOf(db, "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace")[0];
  const copy = join(dir, "copy.db");
  const r = command(["backup", copy, "--db", db]);
  if (r.status !== 0) throw new Error(r.stderr);
  const { size } = statSync(copy);
  rmSync(copy);
  return size;
}

const d = await startDaemon({ dir, db, flags: { threads: 2 } });
const cpu = () => ({ daemon: cpuOf(d), server: onServer ? serverCpu(db) : 0, s: performance.now() / 1000 });
const since = (a) => Object.fromEntries(Object.entries(cpu()).map(([k, v]) => [k, v - a[k]]));
const did = () => d.log().split('"event":"run"').length - 1;

async function measure(n) {
  const name = `m${n}`;
  const lines = ["date,sku," + name];
  for (let s = 0; s < n; s++)
    for (let i = 0; i < WEEKS; i++) lines.push(`${week(i)},s${s},${(50 + (s % 40) + 10 * Math.sin((i + s) / 8.3) + ((i * 37 + s) % 11)).toFixed(1)}`);
  const before = room();
  let from = cpu();
  const r = await d.upload(lines.join("\n"), `?name=${name}.csv&metric=${name}`, { timeout: 600_000 });
  const run = r.status === 202 ? await d.finished(r.json.run_id) : r.json;
  if (r.status > 202 || (run.state && run.state !== "succeeded")) throw new Error(r.text + JSON.stringify(run));
  const stored = { ...since(from), bytes: room() - before };
  const done = did();
  const full = room();
  from = cpu();
  await several(Array.from({ length: n }, (_, s) => s), 8, async (s) => {
    const a = await d.post("/api/v1/forecaster/create", { metric_name: name, dimensions: { sku: `s${s}` }, model_type: "ets", forecast_horizon: 13 }, { headers: { prefer: "respond-async" } });
    if (a.status !== 202) throw new Error(a.text);
  });
  while (did() - done < n) await new Promise((go) => setTimeout(go, 100));
  return { n, stored, forecast: { ...since(from), bytes: room() - full } };
}

const [a, b] = [await measure(sizes[0]), await measure(sizes[1])];
const slope = (what, key) => (b[what][key] - a[what][key]) / (b.n - a.n);
const line = (what, key, unit, scale, per = 1) => console.log(`${what.padEnd(9)} ${key.padEnd(7)} ${((scale * slope(what, key)) / per).toFixed(3)} ${unit}`);
console.log(`${onServer ? "PostgreSQL" : "SQLite"}; ${sizes.join(" and ")} series of ${WEEKS} weeks; load ${loadavg()[0].toFixed(1)}`);
for (const key of ["daemon", "server"]) line("stored", key, "us of processor a row", 1e6, WEEKS);
line("stored", "bytes", "bytes a row, indices included", 1, WEEKS);
console.log(`stored    rows    ${Math.round((WEEKS * (b.n - a.n)) / (b.stored.s - a.stored.s))} rows a second`);
for (const key of ["daemon", "server"]) line("forecast", key, "ms of processor each", 1e3);
line("forecast", "bytes", "bytes each, its run included", 1);
line("forecast", "s", "ms each by the clock", 1e3);
await d.stop();
