// docs/forecasting.md: every line of shell in it is run as it is printed, in order, and must answer what the text around it says.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { built, describeOp, nativePath, root } from "./lib/project.mjs";

const text = readFileSync(join(root, "docs/forecasting.md"), "utf8");
const lines = text
  .split("```sh\n")
  .slice(1)
  .flatMap((b) => b.slice(0, b.indexOf("```")).trim().split("\n"));
const isSetUp = (line) => /^export PATH=|^\w+\(\) /.test(line);
const setUp = lines.filter(isSetUp);
const commands = lines.filter((line) => !isSetUp(line));
const said = new Map();

before(() => {
  mkdirSync(join(root, "build"), { recursive: true });
  const first = setUp.map((l) => l.replace("$PWD/build/release", dirname(built(nativePath)))).join("\n");
  for (const line of commands) {
    const r = spawnSync("bash", ["-c", `set -eu -o pipefail\n${first}\n${line}`], { cwd: root, encoding: "utf8" });
    assert.equal(r.status, 0, `${line}\n${r.stdout}${r.stderr}`);
    said.set(line, r.stdout);
  }
});

/** What the lines answered that have all of these words, as JSON where they print it. */
function answers(...words) {
  const found = commands.filter((line) => words.every((w) => line.includes(w)));
  assert.ok(found.length > 0, `no line with ${words}`);
  return found.map((line) => (said.get(line).startsWith("{") ? JSON.parse(said.get(line)) : said.get(line)));
}
const answer = (...words) => answers(...words)[0];

test("each line calls the program", () => {
  assert.equal(setUp.length, 2);
  assert.ok(commands.length > 12);
  for (const line of commands) assert.match(line, /dyocensed (call|forecast) /);
});

test("forecasts: what auto compared, the form asked for, nested intervals, the regressor's coefficient", () => {
  const [auto] = answers("call forecast.create");
  assert.equal(auto.predictions.length, 12);
  const weights = auto.selection.candidates.map((c) => c.weight);
  assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-9, `${weights}`);
  assert.ok(auto.selection.reason.length > 20 && auto.selection.features.trend > 0.9);
  assert.ok(answer("forecast.create", '"weights":"equal"').selection?.candidates.length !== 1);
  assert.match(answer("forecast.create", '"params":{"seasonal":"M"}').diagnostics.form, /^ETS\(.,.d?,M\)$/);
  const nested = answer("forecast.create", "[0.5,0.8,0.95]");
  const widths = nested.confidence_intervals.map((b) => b.upper[0] - b.lower[0]);
  assert.ok(widths[0] < widths[1] && widths[1] < widths[2], `${widths}`);
  assert.ok(["pooled", "own"].includes(nested.diagnostics.interval_calibration.method));
  assert.deepEqual(answer("forecast.create", "future_regressors").predictions.map(Math.round), [7, 16], "3 price + 1");
});

test("from a file: text with a chart, or rows", () => {
  assert.match(answer("dyocensed forecast", "--series BOLT-M8"), /BOLT-M8[^]*14/);
  assert.match(readFileSync(join(root, "build/forecast.csv"), "utf8"), /^[^\n]*date[^]*GLUE-WOOD/);
});

test("the series is found to have a trend and a season, and the models to beat it", () => {
  const like = answer("forecast.analyze");
  assert.deepEqual([like.has_trend, like.has_seasonality, like.seasonal_periods], [true, true, [12]]);
  const { models, best_model } = answer("forecast.backtest");
  assert.deepEqual(models.map((m) => m.model_type), ["seasonal_naive", "ets", "arima", "theta"]);
  assert.notEqual(best_model, "seasonal_naive");
  assert.ok(models.every((m) => m.by_step.length === 12 && m.folds === 4));
});

test("tuning: the best of all tries, each with its score; all of them where they are few", () => {
  const all = answers("forecast.tune");
  for (const t of all) {
    const scores = t.trials.map((x) => x.score).filter((v) => v !== null);
    assert.equal(t.score, Math.min(...scores));
    assert.ok(t.score <= t.default_score);
  }
  assert.deepEqual(all.map((t) => [t.trials.length, t.stopped_by]), [[30, "iterations"], [6, "space"], [9, "space"]]);
  assert.ok(all[1].trials.every((x) => x.params.seasonal === "M") && all[1].metric === "rmse");
});

test("a kept model forecasts again, and takes a value in", () => {
  const { predictions } = JSON.parse(readFileSync(join(root, "build/made.json"), "utf8"));
  assert.deepEqual(answer("forecast.predict").predictions, predictions.slice(0, 3));
  assert.equal(answer("forecast.update").last_date, "1961-01-01");
});

test("holidays and parts: the sale's day stands out of the forecast, by what the model says the sale is worth", () => {
  const r = answer("shop.json");
  const at = r.dates.indexOf(new Date(Date.UTC(2024, 0, 25) + 13 * 30 * 864e5).toISOString().slice(0, 10)); // the first sale after the history
  assert.ok(at >= 0, r.dates[0]);
  const parts = r.components;
  assert.ok(parts.trend && parts.weekly && parts.holidays, Object.keys(parts).join());
  assert.ok(Math.abs(parts.holidays[at] - 40) < 4, `${parts.holidays[at]}`);
  assert.ok(r.predictions[at] - r.predictions[(at + 7) % 30] > 30);
  const sum = parts.trend[at] * (1 + parts.multiplicative_terms[at]) + parts.additive_terms[at];
  assert.ok(Math.abs(sum - r.predictions[at]) < 1e-6 * sum);
});

test("what the trees look at, and when the trend changed", () => {
  const { features } = answer("forecast.importance");
  assert.ok(features.length > 1 && features.every((f) => f.gain >= 0) && features[0].weight >= 1);
  const { changepoints } = answer("forecast.changepoints");
  assert.ok(changepoints.length > 0 && changepoints.every((c) => Math.abs(c.delta) >= 0.1 && (c.delta > 0) === (c.direction === "up")));
});

test("every model has its row", () => {
  const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map((m) => m[1]);
  const words = describeOp("forecast.create").input.properties.model_type.enum.filter((w) => w && w !== "auto");
  assert.deepEqual(words.filter((w) => !rows.includes(w)), []);
});

test("what does not fit, by trend and seasons and by a model", () => {
  const [plain, arima] = answers("forecast.anomalies");
  assert.deepEqual([plain.method, arima.method], ["decomposition", "arima"]);
  assert.equal(answer("forecast.decompose").trend.length, 144);
});
