// SPDX-License-Identifier: GPL-3.0-or-later
// A short life of a daemon under valgrind: no error, and no block that nothing points to any more. DYO_FULL=1, since it takes a minute.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

process.env.DYO_PATIENCE ??= "10"; // everything takes longer there; read where it is imported
const { dailyCsv, startDaemon } = await import("./lib/daemon.mjs");
const { upload } = await import("./lib/faults.mjs");
const { eoq, modern } = await import("./lib/mcp.mjs");
const { held, loopback, mirrored, orgAndConnector, truth } = await import("./lib/salesforce.mjs");

const valgrind = ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"];

function notHere() {
  if (process.env.DYO_FULL !== "1") return "SKIPPED LOUDLY: only with DYO_FULL=1";
  return spawnSync("valgrind", ["--version"]).status === 0 ? false : "SKIPPED LOUDLY: valgrind is not installed";
}

const skip = notHere();
if (skip) console.error(skip);

test("upload, forecast, run, sync, MCP, alert, refusals and a stop under valgrind", { skip }, async (t) => {
  const d = await startDaemon({ flags: { ...loopback, threads: 2, log_level: "warn" }, wrap: valgrind });
  t.after(() => d.child.kill("SIGKILL"));
  await upload(d, dailyCsv(60), "?name=s.csv");
  const forecast = await d.post("/api/v1/forecaster/create", { metric_name: "sales", model_type: "ets", forecast_horizon: 5 });
  assert.equal(forecast.json.predictions.length, 5, forecast.text);
  const asked = await d.post("/api/v1/forecaster/backtest", { metric_name: "sales", model_types: ["naive"], forecast_horizon: 2, folds: 2 }, { headers: { prefer: "respond-async" } });
  assert.equal((await d.finished(asked.json.run_id)).state, "succeeded", asked.text);
  const c = await orgAndConnector(d, { config: { objects: [mirrored("accounts")] } });
  t.after(() => c.fake.close());
  c.fake.org.insert("Account", { Name: "A", AnnualRevenue: 7 });
  c.fake.clock.advance(5000);
  assert.equal((await c.sync()).state, "succeeded");
  assert.deepEqual(await held(d, "accounts"), truth(c.fake.org));
  const called = await modern(d, "tools/call", { name: "inventory_eoq", arguments: eoq });
  assert.ok(called.json.result.structuredContent.eoq > 141, called.text);
  const rule = await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: "sales", above: 1 });
  assert.equal(rule.status, 201, rule.text);
  for (const form of ["text/csv", "application/json", "application/json"]) assert.equal((await d.get("/api/v1/metrics/sales", { headers: { accept: form, "accept-encoding": "gzip" } })).status, 200);
  assert.equal((await d.post("/api/v1/optimizer/inventory/eoq", '{"annual_demand": -1')).status, 400);
  assert.ok((await d.upload("no table at all")).status >= 400);
  assert.equal((await d.get("/api/v1/runs/", { token: "dyo_nobody" })).status, 401);
  const end = await d.stop();
  assert.deepEqual([end.status, end.signal], [0, null], end.log);
  assert.doesNotMatch(end.log, /^==\d+==/m);
});
