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

const people = ["Ann", "=Bo", "\u001b[31mCy"].map((name, i) => ({ id: `p${i}`, name, hourly_rate: 20 + i, skills: [] }));
const shifts = [0, 1, 8].flatMap((day) => [
  { id: `day-${day}`, name: "Day", day, start_time: "08:00", end_time: "16:00" },
  { id: `dusk-${day}`, name: "Dusk", day, start_time: "16:00", end_time: "23:00" },
]);
const asked = { employees: people, shifts, horizon_start: "2026-01-05", min_rest_hours: 11 };
writeFileSync(join(folder, "roster.json"), JSON.stringify(asked));

test("schedule draws people by days, week by week; JSON and CSV are the operation's", async () => {
  const text = ok(["schedule", "roster.json", "--gap-tolerance", "0"]);
  assert.match(text, /^Read +roster\.json: 3 people, 6 shifts, 9 days\.$/m);
  assert.match(text, /^Plan +optimal: every shift has its people; cost 921\.00, proven best\.$/m); // 3 days of 8 h at 20 and 7 h at 21
  assert.match(text, /^ +Mo05 Tu06 We07 Th08 Fr09 Sa10 Su11\nAnn +D {4}D {4}\./m);
  assert.match(text, /^=Bo +DU {3}DU {3}\./m);
  assert.match(text, /^ +Mo12 Tu13\nAnn +\. +D$/m);
  assert.match(text, /^Shifts +D Day, DU Dusk$/m);
  assert.doesNotMatch(text, /\u001b/); // names command no terminal
  const dyo = await load();
  const { assignments } = await dyo.staffing.schedule(asked);
  assert.deepEqual(JSON.parse(ok(["schedule", "roster.json", "--json"])).assignments, assignments);
  assert.equal(ok(["schedule", "-", "--out", "s.csv"], JSON.stringify(asked)), "Wrote s.csv.\n");
  const rows = assignments.map((a) => `${a.employee_id},${a.shift_id},${a.hours},${a.cost}\n`);
  assert.equal(readFileSync(join(folder, "s.csv"), "utf8"), `employee_id,shift_id,hours,cost\n${rows.join("")}`);
  await dyo.close();
});

test("a name that begins a formula is text to a spreadsheet", () => {
  const evil = csv.replaceAll(/^(\S+?),BOLT,/gm, '$1,"=HYPERLINK(""http://x"")",');
  assert.ok(evil.includes("=HYPERLINK"));
  assert.match(ok(["forecast", "-", "--csv", "--model", "naive", "--group-by", "sku", "--value-columns", "quantity"], evil), /^"'=HYPERLINK\(""http:\/\/x""\)",/m);
  const plan = { employees: [{ id: "=1+1" }], shifts: [{ id: "@x", day: 0, start_time: "08:00", end_time: "09:00" }] };
  assert.match(ok(["schedule", "-", "--csv"], JSON.stringify(plan)), /^"'=1\+1","'@x",1,0$/m);
});

test("schedule says what stays open, and why", () => {
  writeFileSync(join(folder, "short.json"), JSON.stringify({ ...asked, employees: people.slice(0, 1) }));
  const text = ok(["schedule", "short.json"]);
  assert.match(text, /^Plan +infeasible: some places stay open; cost /m);
  assert.match(text, /^Open +d(ay|usk)-0: 0 of 1\. /m);
  assert.match(text, /^Conflict +\S/m);
});

const product = { id: "BOLT", name: "Bolt", annual_demand: 3650, demand_std_dev: 3, lead_time_days: 7, order_cost: 50, unit_cost: 4, holding_cost_rate: 0.2, storage_per_unit: 1, lot_size: "", on_hand: 60, on_order: 0 };
const project = { name: "p", products: [product], service_level: 0.95 };
const history = { file: "sales.csv", choices: { group_by: ["sku"], value_columns: ["quantity"] }, horizon: 5, model: "theta", confidence: 0.8 };
const saved = { ...project, history, file: { name: "sales.csv", base64: Buffer.from(csv).toString("base64") } };
const kind = { id: "d", name: "Day", start_time: "08:00", end_time: "16:00", duration_hours: "", need: [1, 1, 0, 0, 0, 0, 0], among: "lead 1" };
const person = { id: "a", name: "Ann", hourly_rate: 20, max_hours_per_week: 40, skills: "lead", away: [], likes: { d: 3 } };
const roster = { start: "2026-01-05", weeks: 2, people: [person], kinds: [kind], fixed: [{ employee_id: "gone", shift_id: "d-1" }], forbidden: [], min_rest_hours: 11, max_consecutive_days: "", overtime_multiplier: "", fairness_weight: 0, understaffing_penalty: "", time_limit_s: 2 };

test("a project of the page opens: its sales, stock and roster are what is asked", () => {
  writeFileSync(join(folder, "p.json"), `\ufeff${JSON.stringify({ ...saved, roster })}`);
  const as = ["--group-by", "sku", "--value-columns", "quantity"];
  assert.equal(
    ok(["forecast", "p.json", "--csv"]),
    ok(["forecast", "sales.csv", ...as, "--horizon", "5", "--model", "theta", "--confidence-level", "0.8", "--csv"]),
  );
  const [rec] = JSON.parse(ok(["plan", "p.json", "--model", "theta", "--json"])).recommendations;
  assert.equal(rec.sku, "BOLT");
  assert.equal(rec.position, 60);
  const { assignments } = JSON.parse(ok(["schedule", "p.json", "--json"]));
  assert.deepEqual(assignments.map((a) => a.shift_id), ["d-1", "d-2", "d-8", "d-9"]);
});

test("a project without sales is planned from its products; without a roster it has no schedule", () => {
  writeFileSync(join(folder, "q.json"), JSON.stringify(project));
  const text = ok(["plan", "q.json"]);
  assert.match(text, /^Read +q\.json: 1 products of a project, without sales\.$/m);
  assert.match(text, /^BOLT +(order now|fine|reduce) +\d+ +\d+ +\d+$/m);
  assert.match(ok(["plan", "q.json", "--csv"]), /^sku,action,.*\nBOLT,/);
  failed(["forecast", "q.json"], /holds no sales/);
  failed(["schedule", "q.json"], /without a roster/);
  writeFileSync(join(folder, "r.json"), JSON.stringify({ ...project, roster: { ...roster, kinds: null } }));
  failed(["schedule", "r.json"], /a project whose roster is damaged found/);
  failed(["schedule", "sales.csv"], /no JSON object/);
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
