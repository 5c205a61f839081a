// How good the forecasts are: every series of the development sample by each model, scored by the M4 competition's definitions
// (m4score.py), by frequency; how often the intervals hold, as given and as the models have them (calibrate: false). Writes
// build/accuracy.json.
//
//   ./dev bench accuracy [--models ets,theta] [--frequencies Yearly,Monthly] [--src M1,M3] [--most N] [--bare] [--cv [--cache FOLDER]]
//   node tests/bench/accuracy.mjs ...      the same without building
//
// --bare: without the intervals as given, which takes half the time. With --most there are N series of each frequency, spread evenly, where it has more. Seconds are of processor time. The models are told
// the competition's season; auto is told the frequency, and finds seasons itself. `mean` is the plain mean of ets, arima and theta.
// `auto` is what ships; its trees were trained on origins inside the training parts of these very series. With --cv there is a row
// `auto_cv` too: each series weighed by trees that never saw it (learn.mjs, whose FOLDER keeps the members' forecasts).
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../lib/project.mjs";
import { crossValidated, samples as learningSamples } from "./learn.mjs";
import { forecastAll, frequencies as every, readSample, sampleDir, sampleIsThere, scorer, spread } from "./m4.mjs";
import { errorsOf, owaOf } from "./owa.mjs";

const models = ["naive2", "seasonal_naive", "ets", "theta", "arima", "prophet", "xgboost", "mean", "ensemble", "auto_fast", "auto_balanced", "auto"]; // naive2 is the scorer's own
const singles = ["seasonal_naive", "ets", "arima", "theta", "prophet", "xgboost"];
const told = (effort) => (s) => ({ model_type: "auto", effort, seasonal_periods: undefined, series: { values: s.train, frequency: s.frequency[0] } });
const requests = {
  // of the others the name says it all
  ensemble: { params: { weights: "inverse_error" } },
  auto_fast: told("fast"),
  auto_balanced: told("balanced"),
  auto: told("best"),
};
const combined = ["ensemble", "auto_fast", "auto_balanced", "auto"]; // their own intervals are not asked for: the members' are in the table
const meanOf = ["ets", "arima", "theta"];
let frequencies = every; // those asked for
const levels = [0.8, 0.95, 0.99];
const scored = 1; // place of 0.95 in levels
const targets = [
  // model, sources (null: all), largest OWA: R's ets, auto.arima and thetaf by the same scorer, and the mean of the three
  ["ets", "M1,M3", 0.859],
  ["arima", "M1,M3", 0.867],
  ["theta", null, 0.872],
  ["mean", "M1,M3", 0.81],
  ["auto", null, 0.825],
  ["auto", "M1,M3", 0.8],
  ["auto_cv", null, 0.825],
  ["auto_cv", "M1,M3", 0.8],
];
const holds = [0.92, 0.98]; // share of values that a 95 % interval may cover
const judged = (model, frequency) => model === "theta" || ["Yearly", "Quarterly", "Monthly"].includes(frequency);

/** A folder that is gone when `job` has ended. */
function inFolder(job) {
  const folder = mkdtempSync(join(tmpdir(), "accuracy-"));
  try {
    return job(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** m4score.py on forecasts by id, or on the name of one of its own. */
function scores(forecasts, src) {
  return inFolder((folder) => {
    let what = forecasts;
    if (typeof forecasts !== "string") {
      what = join(folder, "forecasts.json");
      writeFileSync(what, JSON.stringify({ forecasts }));
    }
    const r = spawnSync("python3", [scorer, what, ...frequencies.map((f) => join(sampleDir, `${f}.json.gz`)), "--json", "--partial", ...(src ? [`--src=${src}`] : [])], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (r.status !== 0) throw new Error(`m4score.py: ${r.error?.message ?? r.stderr}`);
    return JSON.parse(r.stdout);
  });
}

/** Share of the series' values that each band covers, by level and by step, and a bootstrap standard error over series. */
function coverage(sample, forecasts, src) {
  const shares = levels.map(() => []);
  const steps = [];
  for (const [i, s] of sample.entries()) {
    if (!forecasts[i] || (src && !src.split(",").includes(s.src))) continue;
    for (const [l, band] of forecasts[i].bands.entries()) {
      const inside = s.test.map((y, k) => Number(y >= band.lower[k] && y <= band.upper[k]));
      shares[l].push(inside.reduce((a, b) => a + b, 0) / inside.length);
      if (l !== scored) continue;
      for (const [k, x] of inside.entries()) {
        steps[k] ??= [0, 0];
        steps[k][0] += x;
        steps[k][1]++;
      }
    }
  }
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
  return {
    at: Object.fromEntries(levels.map((level, l) => [level, shares[l].length ? mean(shares[l]) : null])),
    standard_error: shares[scored].length ? bootstrap(shares[scored]) : null,
    by_step: steps.map(([inside, count]) => inside / count),
  };
}

/** Standard deviation of the mean over 1,000 resamples; the same at every run. */
function bootstrap(values) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * values.length);
  };
  const means = Array.from({ length: 1000 }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[next()];
    return sum / values.length;
  });
  const middle = means.reduce((a, b) => a + b, 0) / means.length;
  return Math.sqrt(means.reduce((a, b) => a + (b - middle) ** 2, 0) / (means.length - 1));
}

/** Standard error of OWA over 300 resamples of the series; the same at every run. */
function owaError(list) {
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * list.length);
  };
  const values = Array.from({ length: 300 }, () => owaOf(Array.from(list, () => list[next()])));
  const middle = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - middle) ** 2, 0) / (values.length - 1));
}

/** The same for the series of `src` in one frequency, or in all. */
function owaErrorOf(samples, all, frequency, src) {
  const list = frequencies
    .filter((f) => frequency === "ALL" || f === frequency)
    .flatMap((f) => samples[f].flatMap((s, i) => (all[f].forecasts[i] && (!src || src.split(",").includes(s.src)) ? [errorsOf(s, all[f].forecasts[i].mean)] : [])))
    .filter(Boolean);
  return list.length > 1 ? owaError(list) : null;
}

/** Forecasts of every frequency by one model. */
async function forecastSample(samples, model, more) {
  const all = {};
  const own = requests[model];
  for (const f of frequencies) all[f] = await forecastAll(samples[f], model, levels, typeof own === "function" ? own : { ...own, ...more });
  return all;
}

/** What auto would forecast for each series had it never seen it. */
async function forecastUnseen(samples, folder) {
  const known = crossValidated(await learningSamples(folder, 2));
  const all = {};
  for (const f of frequencies) all[f] = { forecasts: samples[f].map((s) => (known.has(s.id) ? { mean: known.get(s.id).learned, bands: null } : null)), seconds: null };
  return all;
}

/** The mean of several models' forecasts, and of the ends of their intervals. */
function combine(samples, parts) {
  const average = (lists) => lists[0].map((_, i) => lists.reduce((a, list) => a + list[i], 0) / lists.length);
  const all = {};
  for (const f of frequencies) {
    const forecasts = samples[f].map((_, i) => {
      const of = parts.map((p) => p[f].forecasts[i]).filter(Boolean);
      if (of.length === 0) return null;
      const bands = levels.map((_, l) => ({
        lower: average(of.map((x) => x.bands[l].lower)),
        upper: average(of.map((x) => x.bands[l].upper)),
      }));
      return { mean: average(of.map((x) => x.mean)), bands };
    });
    all[f] = { forecasts, seconds: parts.reduce((a, p) => a + p[f].seconds, 0) };
  }
  return all;
}

const byId = (samples, all) =>
  Object.fromEntries(
    frequencies.flatMap((f) =>
      samples[f].flatMap((s, i) => {
        const x = all[f].forecasts[i];
        return x && !x.bands ? [[s.id, x.mean]] : x ? [[s.id, { mean: x.mean, lo: x.bands[scored].lower, hi: x.bands[scored].upper }]] : [];
      }),
    ),
  );

const figure = (x, digits = 3) => (x === undefined || x === null ? "-" : x.toFixed(digits));
const columns = [14, 7, 10, 6, 9, 8, 12, 12, 9, 10, 9, 8, 8, 11];
const print = (cells) => console.log(cells.map((c, i) => String(c).padEnd(columns[i])).join(" ").trimEnd());

function row(r) {
  print([
    r.model,
    r.src ?? "all",
    r.frequency,
    r.n,
    figure(r.smape),
    figure(r.mase),
    r.owa_error === null ? figure(r.owa) : `${figure(r.owa)}+-${figure(r.owa_error)}`,
    r.coverage === null ? "-" : `${figure(r.coverage)}+-${figure(r.standard_error)}`,
    figure(r.msis, 2),
    figure(r.coverage_80),
    figure(r.coverage_99),
    figure(r.raw_coverage),
    figure(r.raw_msis, 2),
    figure(r.seconds_per_1000, 2),
  ]);
}

/** The rows of one model on the series of `src` (null: all). `raw` are its forecasts without calibration. */
function tableOf(samples, model, all, raw, src) {
  const scored_ = scores(all ? byId(samples, all) : model, src);
  const bare = raw ? scores(byId(samples, raw), src) : {};
  return Object.entries(scored_).map(([f, s]) => {
    const c = all && f !== "ALL" && all[f].seconds !== null ? coverage(samples[f], all[f].forecasts, src) : null;
    const seconds = all && f !== "ALL" && !src && all[f].seconds !== null ? (1000 * all[f].seconds) / samples[f].length : null;
    const r = {
      model,
      src,
      frequency: f,
      n: s.n,
      smape: s.sMAPE,
      mase: s.MASE,
      owa: s.OWA,
      owa_error: all ? owaErrorOf(samples, all, f, src) : null,
      coverage: s.coverage95 ?? null,
      standard_error: c?.standard_error ?? null,
      coverage_80: c?.at[0.8] ?? null,
      coverage_99: c?.at[0.99] ?? null,
      coverage_by_step: c?.by_step ?? null,
      msis: s.MSIS ?? null,
      raw_coverage: bare[f]?.coverage95 ?? null,
      raw_msis: bare[f]?.MSIS ?? null,
      seconds_per_1000: seconds,
    };
    row(r);
    return r;
  });
}

/** What is asked of the table, and whether it holds. */
function judge(rows, whole) {
  const verdicts = targets.flatMap(([model, src, most]) => {
    const r = frequencies === every && whole && rows.find((x) => x.model === model && x.src === src && x.frequency === "ALL");
    return r ? [{ what: `OWA of ${model}, ${src ?? "all"}`, value: r.owa, target: `<= ${most}`, ok: r.owa <= most }] : [];
  });
  for (const r of rows) {
    const own = r.model === "theta" ? null : "M1,M3";
    if (!["ets", "arima", "theta"].includes(r.model) || r.src !== own || r.frequency === "ALL") continue;
    if (!judged(r.model, r.frequency)) continue;
    const ok = r.coverage >= holds[0] && r.coverage <= holds[1];
    verdicts.push({ what: `coverage of ${r.model}, ${r.frequency}`, value: r.coverage, target: holds.join(".."), ok });
  }
  for (const r of rows) {
    if (!["auto", "auto_cv"].includes(r.model) || r.src !== null || r.frequency === "ALL") continue;
    const best = Math.min(...rows.filter((x) => singles.includes(x.model) && x.src === null && x.frequency === r.frequency).map((x) => x.owa));
    if (Number.isFinite(best)) verdicts.push({ what: `OWA of ${r.model}, ${r.frequency}`, value: r.owa, target: `<= ${best}, the best single model`, ok: r.owa <= best });
    if (r.model === "auto") verdicts.push({ what: `coverage of auto, ${r.frequency}`, value: r.coverage, target: holds.join(".."), ok: r.coverage >= holds[0] && r.coverage <= holds[1] });
  }
  for (const v of verdicts) console.log(`${v.ok ? "ok    " : "MISSED"} ${v.what}: ${v.value} (${v.target})`);
  return verdicts;
}

/** Prints the table; true where every target is met. Skips, saying so, where the sample is not there. */
export async function accuracy(args = []) {
  if (!sampleIsThere()) {
    console.error("SKIPPED: accuracy needs the development sample (../shared/data/m4-dev) and its scorer, which are not there");
    return true;
  }
  const option = (name) => args[args.indexOf(name) + 1] ?? "";
  const wanted = args.includes("--models") ? option("--models").split(",") : models;
  if (args.includes("--cv")) wanted.push("auto_cv");
  const sources = args.includes("--src") ? [option("--src")] : [null, "M1,M3"];
  if (args.includes("--frequencies")) frequencies = option("--frequencies").split(",");
  const most = args.includes("--most") ? Number(option("--most")) : Number.POSITIVE_INFINITY;
  const samples = Object.fromEntries(frequencies.map((f) => [f, spread(readSample(f), most).map((s) => ({ ...s, frequency: f }))]));
  const kept = {};
  const rows = [];
  print(["model", "series", "frequency", "n", "sMAPE", "MASE", "OWA", "coverage", "MSIS", "cov. 80", "cov. 99", "raw cov", "raw MSIS", "s per 1,000"]);
  for (const model of wanted) {
    const parts = model === "mean" ? meanOf : [];
    if (parts.some((m) => !kept[m])) throw new Error(`mean needs ${meanOf.join(", ")} before it`);
    const raws = !args.includes("--bare") && (parts.length || !(model === "naive2" || combined.includes(model) || model === "auto_cv"));
    const made = (which, more) => (parts.length ? combine(samples, parts.map((m) => kept[m][which])) : forecastSample(samples, model, more));
    const unseen = () => forecastUnseen(samples, args.includes("--cache") ? option("--cache") : null);
    const all = model === "naive2" ? null : model === "auto_cv" ? await unseen() : await made("all");
    const raw = raws ? await made("raw", { calibrate: false }) : null;
    kept[model] = { all, raw };
    for (const src of sources) rows.push(...tableOf(samples, model, all, raw, src));
  }
  const verdicts = judge(rows, most === Number.POSITIVE_INFINITY);
  mkdirSync(join(root, "build"), { recursive: true });
  writeFileSync(join(root, "build/accuracy.json"), `${JSON.stringify({ levels, rows, verdicts }, null, 1)}\n`);
  console.log("build/accuracy.json has the figures, with coverage by step");
  return verdicts.every((v) => v.ok);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit((await accuracy(process.argv.slice(2))) ? 0 : 1);
