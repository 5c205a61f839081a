// Makes core/forecast/calibration.gen.h: how far the models' own intervals were off where the truth is known. From origins inside the
// training parts of the development sample (never its test parts) each series is forecast; dyo_calibrate.h has the regression
// that is fitted to the errors.
//
//   node tests/bench/calibrate.mjs [MODEL...] [--most N]      all models, or those named (the rows of the others stay)
//
// --most N: N series of a frequency, spread evenly, where there are more; for models that are slow to fit (prophet and xgboost: 120).
//
// Builds the release preset before, with a table that lacks these models, so that they answer with their own intervals, and after.
//
// A class of periods gets a row that uses the series' own rolling origin only where that row, fitted to the earlier origins, has the
// better interval score at the last one.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nativePath, root, runLines, utf8Of } from "../lib/project.mjs";
import { frequencies, readSample, sampleIsThere, spread } from "./m4.mjs";
import { fitQuantiles, quantile } from "./quantiles.mjs";

export const calibratedModels = ["naive", "seasonal_naive", "drift", "ets", "arima", "theta", "prophet", "xgboost", "ensemble"];
/** Of the others the model's name says it all. auto is told the frequency and finds the seasons, as it is used. */
const requests = { ensemble: (o) => ({ model_type: "auto", effort: "best", seasonal_periods: undefined, series: { values: o.train, frequency: o.frequency[0] } }) };
export const levels = [0.5, 0.8, 0.9, 0.95, 0.99]; // of calibrate_row.at
export const classes = [
  { period: [1, 1], length: [0, 63] }, // as yearly series are
  { period: [1, 1], length: [64, 1e9] },
  { period: [2, 5], length: [0, 1e9] },
  { period: [6, 9], length: [0, 1e9] },
  { period: [10, 17], length: [0, 1e9] },
  { period: [18, 1e6], length: [0, 1e9] },
];
const long = ["Weekly", "Daily", "Hourly"]; // three origins each, four of the others
const scored = 3; // place of 0.95 in levels
const fewestSeries = 25; // for a row of its own rolling origin
const made = join(root, "core/forecast/calibration.gen.h");

/** Forecast origins of one series: 1 is h before the end of the training part, 2 twice that. Those that leave two seasons. */
export function originsOf(s, most) {
  const least = Math.max(6, s.m > 1 ? 2 * s.m + 2 : 0);
  const list = [];
  for (let k = 1; k <= most && s.train.length - k * s.h >= least; k++) {
    const n = s.train.length - k * s.h;
    list.push({ id: s.id, frequency: s.frequency, m: s.m, h: s.h, k, full: s.train.length, train: s.train.slice(0, n), truth: s.train.slice(n, n + s.h) });
  }
  return list;
}

async function ask(op, requests) {
  const r = await runLines(nativePath, op, requests.map((q) => JSON.stringify(q)), { args: ["--jobs", "2"], stall: 900_000 });
  if (r.lines.length !== requests.length) throw new Error(`${op}: ${r.lines.length} of ${requests.length} replies: ${r.stderr}`);
  return r.lines.map((line) => JSON.parse(utf8Of(line)));
}

/** The models' own 95 % intervals at the origins, and what dyo_calibration holds of each series. */
export async function forecastOrigins(asked, model) {
  const created = await ask(
    "forecast.create",
    asked.map((o) => ({
      series: { values: o.train },
      model_type: model,
      seasonal_periods: o.m > 1 ? [o.m] : [],
      forecast_horizon: 1,
      folds: 0,
      include_model: true,
      ...requests[model]?.(o),
    })),
  );
  const kept = asked.flatMap((o, i) => {
    const fitted = created[i].error ? null : JSON.parse(created[i].model);
    return fitted?.model_type === model ? [{ ...o, fitted }] : []; // auto takes a single model here and there
  });
  const asks = kept.map(({ h, fitted: { calibration: _, ...bare } }) => ({ model: JSON.stringify(bare), forecast_horizon: h }));
  const replies = await ask("forecast.predict", asks);
  return kept.flatMap((o, i) => {
    if (replies[i].error) return [];
    const { lower, upper } = replies[i].confidence_intervals;
    return [{ ...o, fitted: null, calibration: o.fitted.calibration, mean: replies[i].predictions, lower, upper }];
  });
}

/** One row a step: the variables of the regression, and the log error in half widths. */
export function stepsOf(o) {
  const { n, scale, own } = o.calibration;
  return o.truth.flatMap((y, i) => {
    const e = y - o.mean[i];
    const side = e > 0 ? o.upper[i] - o.mean[i] : o.mean[i] - o.lower[i];
    const half = (o.upper[i] - o.lower[i]) / 2;
    if (!(half > 1e-9 * Math.abs(o.mean[i])) || !(side > 0)) return [];
    const x = {
      step: Math.log(i + 1),
      length: Math.log(n),
      full: Math.log(o.full),
      width: scale > 0 ? Math.log(half / scale) : 0,
      own: own ?? Number.NaN,
    };
    return [{ id: o.id, k: o.k, x, half, scale, error: Math.abs(e), log: Math.log(Math.max(Math.abs(e) / side, 1e-4)) }];
  });
}

const kept = (x, [least, most]) => Math.min(Math.max(x, least), most);

/** The quantiles' dependence on the terms named. `within`: slope of log n within series, which takes the origins to the length that
 *  the whole training part has; `full` is the log of that length, and its slope the one across series. */
function fitTerms(steps, names, within) {
  const ranges = names.map((name) => {
    const all = steps.map((s) => s.x[name]).sort((a, b) => a - b);
    return name === "step" ? [0, all.at(-1)] : [quantile(all, 0.02), quantile(all, 0.98)];
  });
  const { at, slopes } = fitQuantiles(
    steps.map((s) => ({ x: names.map((name, j) => kept(s.x[name], ranges[j])), y: s.log - within * (s.x.length - s.x.full) })),
    levels,
    names.map((name) => (name === "full" ? 0.03 : 0.003)),
  );
  return { at, terms: Object.fromEntries(names.map((name, j) => [name, [slopes[j], ...ranges[j]]])) };
}

/** Slope of the log mean error (in half widths of the row) on log n within series: across them length goes with much else.
 *  Longer histories make intervals better, if anything; where origins differ little in length there is little to see. */
function lengthSlope(row, steps) {
  const origins = new Map();
  for (const s of steps) {
    const key = `${s.id} ${s.k}`;
    const o = origins.get(key) ?? { id: s.id, n: s.x.length, sum: 0, count: 0 };
    o.sum += Math.min(s.error / halfWidth(row, s, scored), 4);
    o.count++;
    origins.set(key, o);
  }
  const series = new Map();
  for (const { id, n, sum, count } of origins.values()) {
    if (!(sum > 0)) continue;
    if (!series.has(id)) series.set(id, []);
    series.get(id).push([n, Math.log(sum / count)]);
  }
  let xy = 0;
  let xx = 5; // held back
  for (const list of series.values()) {
    const mean = (j) => list.reduce((a, v) => a + v[j], 0) / list.length;
    const middle = [mean(0), mean(1)];
    for (const [x, y] of list) {
      xy += (x - middle[0]) * (y - middle[1]);
      xx += (x - middle[0]) ** 2;
    }
  }
  return Math.min(0, Math.max(-1, xy / xx));
}

/** A row of the table. */
export function fitRow(steps, byOwn) {
  const names = ["step", "full", "width", ...(byOwn ? ["own"] : [])];
  const level = fitTerms(steps, names, 0);
  return { byOwn, ...fitTerms(steps, names, lengthSlope(level, steps)) };
}

export function halfWidth(row, s, level) {
  let log = row.at[level];
  for (const [name, [slope, ...range]] of Object.entries(row.terms)) log += slope * kept(s.x[name], range);
  return s.half * Math.exp(log);
}

/** Mean interval score in units of the naive error, and coverage, at the scored level. Gneiting & Raftery (2007), eq. 43. */
export function score(row, steps) {
  const alpha = 1 - levels[scored];
  let sum = 0;
  let inside = 0;
  let count = 0;
  for (const s of steps) {
    if (!(s.scale > 0)) continue;
    const w = halfWidth(row, s, scored);
    sum += (2 * w + (2 / alpha) * Math.max(0, s.error - w)) / s.scale;
    inside += s.error <= w;
    count++;
  }
  return { score: sum / count, coverage: inside / count };
}

const show = (x) => x.toFixed(3);

/** Rows of one model and class. */
export function rowsOf(model, { period, length }, steps) {
  if (steps.length === 0) return [];
  const own = steps.filter((s) => !Number.isNaN(s.x.own));
  const rows = [fitRow(steps, false)];
  let remark = "";
  if (new Set(own.map((s) => s.id)).size >= fewestSeries) {
    const earlier = (list) => list.filter((s) => s.k > 1);
    const last = own.filter((s) => s.k === 1);
    const pooled = score(fitRow(earlier(steps), false), last);
    const byOwn = score(fitRow(earlier(own), true), last);
    remark = `; at the last origin pooled ${show(pooled.score)} (${show(pooled.coverage)}), own ${show(byOwn.score)} (${show(byOwn.coverage)})`;
    if (byOwn.score < pooled.score) rows.push(fitRow(own, true));
  }
  for (const r of rows)
    if (r.at.some((a, i) => i > 0 && !(a > r.at[i - 1]))) throw new Error(`${model}, period ${period[0]}: levels cross`);
  console.log(`${model}, periods ${period.join("..")}, lengths ${length.join("..")}: ${steps.length} steps, ${rows.length} rows${remark}`);
  return rows.map((r) => ({ model, period, length, ...r }));
}

const figure = (x) => String(Number(x.toFixed(4)));

export function printRow(r) {
  const term = (name) => `{${(r.terms[name] ?? [0, 0, 0]).map(figure).join(", ")}}`;
  const [step, full, width, own] = ["step", "full", "width", "own"].map(term);
  return `  {"${r.model}", {${r.period.join(", ")}}, {${r.length.join(", ")}}, {${r.at.map(figure).join(", ")}}, ${step}, ${full}, ${width}, ${r.byOwn}, ${own}},`;
}

function writeTable(lines) {
  const head = [
    "/* SPDX-License-Identifier: GPL-3.0-or-later */",
    "/* Made by `node tests/bench/calibrate.mjs` from the training parts of the development sample; not to be edited.",
    " * model, periods, lengths, a(L) of 50, 80, 90, 95 and 99 %, then slope, least and most of log h, log n, log(d / s); by own, the same of o. */",
    "/* clang-format off */",
    "static const calibrate_row calibrate_rows[] = {",
  ];
  writeFileSync(made, [...head, ...lines, "  {.model = 0}", "};", ""].join("\n"));
  const r = spawnSync("cmake", ["--build", "--preset", "release", "--target", "dyocensed"], { cwd: root, encoding: "utf8" });
  if (r.status !== 0) throw new Error(`the release preset does not build:\n${r.stdout}\n${r.stderr}`);
}

const linesOf = (model, lines) => lines.filter((line) => line.startsWith(`  {"${model}",`));

/** Every model, or those named; others keep the lines they have. */
async function make(models, most) {
  const samples = frequencies.map((f) => [f, spread(readSample(f), most).map((s) => ({ ...s, frequency: f }))]);
  const before = readFileSync(made, "utf8").split("\n");
  const lines = new Map(calibratedModels.map((model) => [model, linesOf(model, before)]));
  const all = () => calibratedModels.flatMap((model) => lines.get(model));
  for (const model of models) lines.set(model, []);
  writeTable(all());
  try {
    for (const model of models) lines.set(model, await linesFor(model, samples));
  } catch (e) {
    for (const model of models) lines.set(model, linesOf(model, before));
    throw e;
  } finally {
    writeTable(all());
  }
}

async function linesFor(model, samples) {
  const steps = classes.map(() => []);
  const classOf = (m, n) => classes.findIndex(({ period, length }) => m >= period[0] && m <= period[1] && n >= length[0] && n <= length[1]);
  for (const [f, sample] of samples) {
    const asked = sample.flatMap((s) => originsOf(s, long.includes(f) ? 3 : 4));
    for (const o of await forecastOrigins(asked, model)) for (const s of stepsOf(o)) steps[classOf(o.calibration.period, o.train.length)].push(s);
  }
  return classes.flatMap((c, i) => rowsOf(model, c, steps[i])).map(printRow);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!sampleIsThere()) {
    console.error("SKIPPED: the development sample is not there; core/forecast/calibration.gen.h stays as it is");
    process.exit(1);
  }
  const named = process.argv.slice(2);
  const at = named.indexOf("--most");
  const most = at < 0 ? Number.POSITIVE_INFINITY : Number(named.splice(at, 2)[1]);
  if (!(most >= 1)) throw new Error("--most takes a number of series");
  const unknown = named.filter((m) => !calibratedModels.includes(m));
  if (unknown.length) throw new Error(`no such model: ${unknown.join(", ")}; there are ${calibratedModels.join(", ")}`);
  await make(named.length ? named : calibratedModels, most);
}
