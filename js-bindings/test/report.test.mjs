// SPDX-License-Identifier: GPL-3.0-or-later
// npx dyocense forecast FILE and plan FILE. What the reports say is tested with the core; here: files, flags, failures.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { load } from "../dist/node.js";
import { dist } from "./helpers.mjs";

const cli = join(dist, "cli.js");
const folder = mkdtempSync(join(tmpdir(), "dyocense-report-"));
after(() => rmSync(folder, { recursive: true }));

const day = (i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const values = Array.from({ length: 42 }, (_, i) => 20 + [0, 2, 4, 6, 9, 14, 1][i % 7] + ((i * 7919) % 5));
const csv = `date,sku,quantity\n${values.map((y, i) => `${day(i)},BOLT,${y}\n`).join("")}`;
writeFileSync(join(folder, "sales.csv"), csv);
writeFileSync(join(folder, "stock.csv"), "sku,on hand,unit cost\nBOLT,60,4\n");

const dyocense = (args, input = "") => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { input, encoding: "utf8", cwd: folder });
  return { status, stdout, stderr };
};

function ok(args, input) {
  const run = dyocense(args, input);
  assert.deepEqual([run.status, run.stderr], [0, ""]);
  return run.stdout;
}

function failed(args, message) {
  const run = dyocense(args);
  assert.deepEqual([run.status, run.stdout], [2, ""]);
  assert.match(run.stderr, /^[^\n]+\n$/);
  const { error } = JSON.parse(run.stderr);
  assert.match(error.message, message);
  return error;
}

test("forecast prints a page; standard input reads the same", () => {
  const text = ok(["forecast", "sales.csv", "--model", "theta", "--horizon", "7"]);
  assert.match(text, /^Read +sales\.csv: 42 rows, 1 series, daily, 1 Jan 2024 – 11 Feb 2024\.$/m);
  assert.match(text, /[▘▝▀▖▌▞▛▗▚▐▜▄▙▟█]{3}/u);
  assert.match(text, /^Model +theta/m);
  const own = ["--model", "theta", "--horizon=7", "--csv"];
  assert.equal(ok(["forecast", "-", ...own], csv), ok(["forecast", "sales.csv", ...own]));
});

test("flags are the operation's fields: the same answer as the call", async () => {
  const dyo = await load();
  const file = { content: new TextEncoder().encode(csv), name: "sales.csv", group_by: ["sku"], value_columns: ["quantity"] };
  const fields = { forecast_horizon: 3, confidence_level: [0.8, 0.95], seasonal_periods: [], folds: 0, format: "json", non_negative: true };
  const { output, media_type } = await dyo.report.forecast({ file, ...fields });
  assert.equal(media_type, "application/json");
  const flags = "--group-by sku --value-columns quantity --horizon 3 --confidence-level 0.8,0.95 --folds 0 --json --non-negative";
  assert.equal(ok(["forecast", "sales.csv", ...flags.split(" "), "--seasonal-periods", ""]), output);
  await dyo.close();
});

test("--out writes a file of the format its name says", () => {
  assert.equal(ok(["forecast", "sales.csv", "--model", "naive", "--out", "f.csv"]), "Wrote f.csv.\n");
  assert.equal(readFileSync(join(folder, "f.csv"), "utf8"), ok(["forecast", "sales.csv", "--model", "naive", "--csv"]));
  ok(["plan", "sales.csv", "--stock", "stock.csv", "--model", "naive", "--out", "p.json"]);
  assert.equal(JSON.parse(readFileSync(join(folder, "p.json"), "utf8")).recommendations[0].sku, "BOLT");
  failed(["forecast", "sales.csv", "--model", "naive", "--out", "no/where.csv"], /no\/where\.csv/);
});

test("plan joins sales and stock", () => {
  const text = ok(["plan", "sales.csv", "--stock", "stock.csv", "--model", "theta"]);
  assert.match(text, /^Stock +stock\.csv: 1 item with on_hand, unit_cost\.$/m);
  assert.match(text, /Order [\d,]+ of BOLT by Monday 12 February: 60 on hand/);
});

test("failures name the flag, the field or the file", () => {
  failed(["forecast", "sales.csv", "--horizn", "3"], /unknown option "--horizn"; did you mean "--horizon"/);
  failed(["forecast", "sales.csv", "--stock", "stock.csv"], /unknown option "--stock"/);
  failed(["forecast", "sales.csv", "--horizon"], /takes a value/);
  failed(["forecast", "sales.csv", "--json", "--csv"], /one of/);
  failed(["forecast", "sales.csv", "--model", "naive", "--model-type", "ets"], /twice/);
  failed(["forecast", "sales.csv", "b.csv"], /"b\.csv"/);
  failed(["forecast", "missing.csv"], /missing\.csv: no such file/);
  failed(["plan", "sales.csv", "--stock", "missing.csv"], /missing\.csv/);
  assert.equal(failed(["forecast", "sales.csv", "--horizon", "x"], /found "x"/).path, "/forecast_horizon");
  assert.equal(failed(["plan", "sales.csv", "--service-level", "95"], /found 95/).path, "/service_level");
});

test("help fits a screen; that of a command lists its flags", () => {
  const help = ok(["--help"]);
  assert.ok(help.split("\n").length <= 24);
  for (const command of ["forecast", "plan"]) {
    assert.ok(help.includes(`  ${command} `));
    const own = ok([command, "--help"]);
    for (const flag of ["--json", "--out", "--model-type", "--date-order", "--ascii"]) assert.ok(own.includes(flag), flag);
  }
});
