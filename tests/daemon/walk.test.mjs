// SPDX-License-Identifier: GPL-3.0-or-later
// The first steps of docs/daemon.md, line by line as they are printed: a stranger must get through.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../lib/project.mjs";
import { startDaemon, until } from "./lib/daemon.mjs";

let d;
before(async () => {
  d = await startDaemon();
});
after(() => d?.stop());

/** The lines of the first block of shell that talks to the API. */
function steps(file) {
  const blocks = readFileSync(join(root, file), "utf8").split("```sh\n").slice(1);
  return blocks
    .map((b) => b.slice(0, b.indexOf("```")).trim().split("\n"))
    .find((lines) => lines.some((l) => l.includes("$API")));
}

test("the first steps", async () => {
  const [where, ...lines] = steps("docs/daemon.md").filter((l) => l && !l.startsWith("#"));
  const here = where.replace("dyo_...", d.token).replace("8787", String(d.port));
  assert.notEqual(here, where);
  const answers = [];
  let known = here;
  for (const line of lines) {
    const r = spawnSync("bash", ["-c", `${known}\n${line.replace("curl ", "curl -sS --fail-with-body ")}`], { cwd: root, encoding: "utf8" });
    assert.equal(r.status, 0, `${line}\n${r.stdout}${r.stderr}`);
    if (/^\w+=/.test(line)) known += `\n${line}`;
    else answers.push(r.stdout);
  }
  const [sales, metrics, weekly, csv, forecast, later, evaluation] = answers.map((a) => (a.startsWith("{") ? JSON.parse(a) : a));
  assert.deepEqual([sales.rows_stored, sales.rejected_count, later.rows_stored], [480, 0, 28]);
  assert.deepEqual(metrics.items.map((m) => m.metric_name), ["units"]);
  assert.deepEqual(weekly.series.map((s) => s.frequency), ["W", "W"]);
  assert.match(csv, /^name,dimensions,date,value\r\n"units"/);
  assert.equal(forecast.predictions.length, 14);
  assert.equal(evaluation.forecast_id, forecast.forecast_id);
  assert.equal(evaluation.n, 14);
  const mean = 74; // of two weeks of these bolts; a shop's forecast that is a quarter off would help nobody
  assert.ok(evaluation.mae < mean / 4, `mean error ${evaluation.mae}`);
  const found = async () => (await d.get("/api/v1/alerts/events")).json.items;
  const [event] = await until(async () => ((await found()).length ? found() : null), "an alert");
  assert.deepEqual([event.what, event.dimensions], ["reorder", { sku: "BOLT-M8" }]);
});
