// The commands for people: forecast FILE and plan FILE. What they print, which flags they take, and what they say when something is wrong.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { describeOp, nativePath, run } from "./lib/project.mjs";

let folder;
const at = (name) => join(folder, name);
const day = (i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const weekly = Array.from({ length: 70 }, (_, i) => 20 + [0, 2, 4, 6, 9, 14, 1][i % 7] + ((i * 7919) % 5));

before(() => {
  folder = mkdtempSync(join(tmpdir(), "dyo-report-"));
  writeFileSync(at("one.csv"), `date,units\n${weekly.map((y, i) => `${day(i)},${y}\n`).join("")}`);
  writeFileSync(
    at("many.csv"),
    `date,sku,quantity\n${weekly.flatMap((y, i) => [`${day(i)},BOLT,${y}`, `${day(i)},NUT,${i % 3 ? 0 : 4}`]).join("\n")}\n`,
  );
  writeFileSync(at("stock.csv"), "SKU,On hand,Unit cost,Lead time (days)\nBOLT,60,4,5\nNUT,900,1,5\n");
  writeFileSync(at("open.csv"), "date,units\n03/04/2025,5\n04/05/2025,6\n05/06/2025,7\n");
  writeFileSync(at("bad rows.csv"), `date,units\n${weekly.map((y, i) => `${day(i)},${y}\n`).join("")}2024-02-31,5\n`);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const go = (...args) => run(nativePath, args, { cwd: folder });

function ok(...args) {
  const r = go(...args);
  assert.equal(r.status, 0, r.stderr);
  assert.equal(r.stderr, "");
  return r.stdout;
}

function fails(...args) {
  const r = go(...args);
  assert.equal(r.status, 2, `${args}: ${r.stdout}`);
  assert.equal(r.stdout, "");
  assert.match(r.stderr, /^[^\n]+\n$/, "one line on standard error");
  const { error } = JSON.parse(r.stderr);
  assert.deepEqual(Object.keys(error), ["code", "path", "message"]);
  return error;
}

const wide = (text) => Math.max(...text.split("\n").map((line) => [...line].length));

describe("forecast", () => {
  test("prints what was read, a chart, the finding, the model and its error, and the next steps", () => {
    const text = ok("forecast", "one.csv", "--horizon", "7");
    assert.match(text, /^Read +one\.csv: 70 rows, 1 series, daily, 1 Jan 2024 – 10 Mar 2024\.$/m);
    assert.match(text, /[▘▝▀▖▌▞▛▗▚▐▜▄▙▟█]{3}/u, "a line");
    assert.match(text, /░/u, "the interval");
    assert.match(text, /^Forecast +The next 7 days average 2\d(\.\d+)? a day/m);
    assert.match(text, /^Model +\S/m);
    assert.match(text, /^Error +off by /m);
    assert.equal(text.match(/^1[1-7] Mar 2024 +[\d.]+ +[\d.]+ +[\d.]+$/gm).length, 7);
    assert.ok(wide(text) <= 80, `${wide(text)} columns`);
  });

  test("fits the width asked for, and draws in ASCII", () => {
    const text = ok("forecast", "one.csv", "--width", "60", "--ascii", "--model", "naive");
    assert.ok(wide(text) <= 60, `${wide(text)} columns`);
    assert.match(text, /^[\n -~]+$/, "ASCII alone");
  });

  test("--json prints what forecast.create answers", () => {
    const own = JSON.parse(ok("forecast", "one.csv", "--horizon", "5", "--model", "ets", "--json", "--confidence-level", "0.8"));
    const input = {
      series: { dates: weekly.map((_, i) => day(i)), values: weekly, frequency: "D" },
      forecast_horizon: 5,
      model_type: "ets",
      confidence_level: 0.8,
    };
    const r = run(nativePath, ["call", "forecast.create"], { input: JSON.stringify(input) });
    assert.deepEqual(own, JSON.parse(r.stdout));
  });

  test("--csv prints a row a step in full precision, --out writes it by the file's ending", () => {
    const csv = ok("forecast", "one.csv", "--horizon=3", "--csv", "--level", "0.8,0.95", "--model", "theta");
    const [head, ...rows] = csv.trimEnd().split("\r\n");
    assert.equal(head, "series,date,forecast,lower_80,upper_80,lower_95,upper_95,model_type");
    assert.deepEqual(
      rows.map((row) => row.split(",").slice(0, 2)),
      [70, 71, 72].map((i) => ["units", day(i)]),
    );
    assert.equal(ok("forecast", "one.csv", "--horizon", "3", "--level", "0.8,0.95", "--model", "theta", "--out", "f.csv"), "Wrote f.csv.\n");
    assert.equal(readFileSync(at("f.csv"), "utf8"), csv);
    ok("forecast", "one.csv", "--model", "naive", "--out", "f.json");
    assert.equal(JSON.parse(readFileSync(at("f.json"), "utf8")).model_type, "naive");
    assert.match(fails("forecast", "one.csv", "--model", "naive", "--out", "no/such/f.csv").message, /no\/such\/f\.csv/);
  });

  test("lists many series a line each, and shows the one asked for", () => {
    const text = ok("forecast", "many.csv", "--horizon", "7", "--model", "theta");
    assert.match(text, /^BOLT +[▁-█]+ +[\d.,]+ +[\d.,]+ +theta/mu);
    assert.match(text, /^NUT +[▁-█]+/mu);
    assert.ok(wide(text) <= 80);
    assert.match(ok("forecast", "many.csv", "--model", "theta", "--series", "NUT"), /^NUT$/m);
    const all = JSON.parse(ok("forecast", "many.csv", "--json", "--model", "theta", "--horizon", "2"));
    assert.deepEqual(all.series.map((s) => [s.name, s.predictions.length]), [["BOLT", 2], ["NUT", 2]]);
    assert.match(fails("forecast", "many.csv", "--series", "BOLTS").message, /did you mean "BOLT"/);
  });

  test("reads standard input", () => {
    const input = readFileSync(at("one.csv"));
    const whole = ok("forecast", "one.csv", "--model", "naive", "--csv");
    for (const args of [["forecast", "-"], ["forecast"]])
      assert.equal(run(nativePath, [...args, "--model", "naive", "--csv"], { input }).stdout, whole);
  });

  test("tells of rows set aside and asks about dates that can be read in two ways", () => {
    assert.match(ok("forecast", "bad rows.csv", "--model", "naive"), /Set aside 1 of 71 rows:\n +row 72 "2024-02-31" in date: /);
    const asked = fails("forecast", "open.csv");
    assert.equal(asked.path, "/file/date_order");
    for (const word of ["--date-order", '"dmy" (3 April 2025)', '"mdy" (4 March 2025)'])
      assert.ok(asked.message.includes(word), asked.message);
    assert.match(ok("forecast", "open.csv", "--date-order", "mdy", "--model", "naive", "--csv"), /units,2025-06-0\d/);
  });

  test("names the nearest flag for a mistyped one, and the field for a wrong value", () => {
    assert.match(fails("forecast", "one.csv", "--horizn", "3").message, /did you mean "--horizon"/);
    assert.match(fails("forecast", "one.csv", "--jsn").message, /did you mean "--json"/);
    assert.equal(fails("forecast", "one.csv", "--horizon", "three").path, "/forecast_horizon");
    assert.equal(fails("forecast", "one.csv", "--horizon", "0").path, "/forecast_horizon");
    assert.equal(fails("forecast", "one.csv", "--model", "arma").path, "/model_type");
    assert.equal(fails("forecast", "one.csv", "--header-row", "x").path, "/file/header_row");
    assert.match(fails("forecast", "one.csv", "--horizon").message, /takes a value/);
    assert.match(fails("forecast", "one.csv", "--horizon", "1", "--forecast-horizon", "2").message, /twice/);
    assert.match(fails("forecast", "one.csv", "--json", "--csv").message, /one of/);
    assert.match(fails("forecast", "one.csv", "two.csv").message, /two\.csv/);
    assert.match(fails("forecast", "missing.csv").message, /missing\.csv/);
    assert.match(fails("forecast", ".").message, /ordinary file/);
  });

  test("its help has every field of the operation", () => {
    for (const [command, op] of [["forecast", "report.forecast"], ["plan", "report.plan"]]) {
      const help = ok(command, "--help");
      for (const field of Object.keys(describeOp(op).input.properties))
        if (!["file", "stock", "format"].includes(field)) assert.ok(help.includes(`--${field.replaceAll("_", "-")} `), field);
      for (const flag of ["--json", "--csv", "--out", "--sheet", "--date-order"]) assert.ok(help.includes(flag), flag);
    }
  });

  test("the help of the program fits a screen", () => {
    const help = ok("--help");
    assert.ok(help.split("\n").length <= 24, "24 lines");
    assert.match(help, /^ {2}forecast /m);
    assert.match(help, /^ {2}plan /m);
  });
});

describe("plan", () => {
  const planned = (...more) => ok("plan", "many.csv", "--stock", "stock.csv", "--model", "theta", ...more);

  test("says what to order and when, the most urgent first", () => {
    const text = planned();
    assert.match(text, /^Stock +stock\.csv: 2 items with on_hand, unit_cost, lead_time_days\.$/m);
    assert.match(text, /^Plan +Monday 11 March 2024: order 1 of 2 items now for /m);
    assert.match(text, /^First +Order [\d,]+ of BOLT by Monday 11 March: 60 on hand/m);
    assert.ok(text.indexOf("BOLT      ORDER NOW") < text.indexOf("NUT       REDUCE"), text);
    assert.match(text, /^Assumed +50 an order \(--order-cost\)/m);
    assert.ok(wide(text) <= 80);
  });

  test("--json prints what inventory.plan answers, --csv a row an item", () => {
    const plan = JSON.parse(planned("--json"));
    assert.deepEqual(plan.recommendations.map((r) => [r.sku, r.action]), [["BOLT", "ORDER_NOW"], ["NUT", "REDUCE_STOCK"]]);
    assert.equal(plan.recommendations[0].lead_time_demand_mean > 80, true);
    const [head, bolt, nut, end] = planned("--csv").split("\r\n");
    assert.match(head, /^sku,name,action,order_quantity,/);
    assert.match(bolt, /^BOLT,,ORDER_NOW,\d/);
    assert.match(nut, /^NUT,,REDUCE_STOCK,0,/);
    assert.equal(end, "");
  });

  test("shows one item with its stock curve", () => {
    const text = planned("--sku", "BOLT");
    assert.match(text, /^BOLT: expected stock/m);
    assert.match(text, /2024-03-11/);
    assert.match(text, /^Do +Order [\d,]+ of BOLT/m);
    assert.match(fails("plan", "many.csv", "--sku", "BOLTT").message, /did you mean "BOLT"/);
  });

  test("without a list of stock it goes by what the flags say, and tells so", () => {
    const text = ok("plan", "many.csv", "--model", "theta", "--on-hand", "500", "--unit-cost", "2");
    assert.match(text, /^Assumed +500 on hand of every item \(--on-hand\), 7 days of lead time/m);
    const plan = JSON.parse(ok("plan", "many.csv", "--model", "theta", "--on-hand", "500", "--lead-time-days", "2", "--json"));
    assert.deepEqual(plan.recommendations.map((r) => r.position), [500, 500]);
  });

  test("says which file of stock it cannot use", () => {
    assert.equal(fails("plan", "many.csv", "--stock", "one.csv").path, "/stock");
    assert.match(fails("plan", "many.csv", "--stock", "none.csv").message, /none\.csv/);
    assert.match(fails("plan", "many.csv", "--stok", "stock.csv").message, /--/);
    assert.match(fails("forecast", "many.csv", "--stock", "stock.csv").message, /unknown option "--stock"/);
  });
});
