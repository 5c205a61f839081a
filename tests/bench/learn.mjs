// Makes core/forecast/learned.gen.h: the trees by which `auto` weighs its members. Each series of the development sample is cut at three
// origins inside its training part (the test parts are never trained on), and so are simulated series; every member of the pool
// forecasts from there, and learn.c boosts trees on what came.
//
//   node tests/bench/learn.mjs [--cache FOLDER]          the table, and what cross-validation says of it
//   node tests/bench/learn.mjs --check [--cache FOLDER]  only the second
//
// Cross-validation: the series are dealt into five folds; the weights of each are from trees that saw none of its fold, and the
// forecasts are scored on the test parts. Needs the release preset with its target `learn`. FOLDER keeps the members' forecasts.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nativePath, root, runLines, utf8Of } from "../lib/project.mjs";
import { frequencies, readSample, sampleIsThere } from "./m4.mjs";
import { naive2, owa, smape } from "./owa.mjs";
import { simulated } from "./simulate.mjs";

const program = join(root, "build/release/tests/learn");
const made = join(root, "core/forecast/learned.gen.h");
const origins = 3;
const folds = 5;
const simulatedShare = 0.3; // of a simulated series' weight beside one of the sample
const settings = ["40", "0.4", "3", "3", "8"]; // rounds, eta, depth, lambda, least sum of second derivatives
/** Members that may get weight, and their log weights before any tree. */
export const members = {
  naive: 0.02,
  seasonal_naive: 0.02,
  drift: 0.02,
  theta: 0.3,
  ets: 0.3,
  ets_stl: 0.02,
  arima: 0.3,
  ets_short: 0.02,
  theta_plain: 0.02,
  arima_plain: 0.02,
};
const words = Object.keys(members);
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;

/** Steps of Naive's error in the season m: the scale of MASE. */
const scaleOf = (x, m) => mean(x.slice(m).map((v, t) => Math.abs(v - x[t])));

/** Which fold a series is dealt into. */
const foldOf = (id) => createHash("sha256").update(id).digest()[0] % folds;

/** A series at an origin: 0 is the end of its training part, whose future is the test part. */
function cut(s, frequency, k) {
  const n = s.train.length - k * s.h;
  if (n < Math.max(6, s.m > 1 ? 2 * s.m + 2 : 0)) return [];
  const train = s.train.slice(0, n);
  const test = k === 0 ? s.test : s.train.slice(n, n + s.h);
  const scale = scaleOf(train, s.m);
  return scale > 0 ? [{ id: s.id, src: s.src, frequency, k, m: s.m, h: s.h, train, test, scale, fold: foldOf(s.id) }] : [];
}

async function ask(op, requests, jobs) {
  const lines = requests.map((q) => JSON.stringify(q));
  const r = await runLines(nativePath, op, lines, { args: ["--jobs", String(jobs)], stall: 900_000 });
  if (r.lines.length !== lines.length) throw new Error(`${r.lines.length} of ${lines.length} replies: ${r.stderr}`);
  return r.lines.map((line) => JSON.parse(utf8Of(line)));
}

/** The frequency as a request has it; a simulated series without a season leaves it to be found. */
const letterOf = (r) => (r.frequency === "simulated" ? { 4: "Q", 7: "D", 12: "M", 24: "H" }[r.m] : r.frequency[0]);

/** What `auto` sees of each: its features, and the seasons it goes by. */
async function look(rows, jobs) {
  const replies = await ask(
    "forecast.create",
    rows.map((r) => ({ series: { values: r.train, frequency: letterOf(r) }, effort: "fast", forecast_horizon: 1, folds: 0 })),
    jobs,
  );
  return replies.map((reply) => ({ features: reply.selection?.features ?? null, periods: reply.seasonal_periods ?? [] }));
}

/** One member's forecasts; null where it cannot be fitted. */
async function forecasts(rows, seen, word, jobs) {
  const replies = await ask(
    "forecast.create",
    rows.map((r, i) => ({
      series: { values: r.train },
      model_type: "ensemble",
      params: { members: [word] },
      seasonal_periods: seen[i].periods,
      forecast_horizon: r.h,
      folds: 0,
      calibrate: false,
    })),
    jobs,
  );
  return replies.map((reply) => reply.predictions ?? null);
}

/** From the folder, or made and kept there. */
async function kept(folder, name, make) {
  const file = folder && join(folder, `${name}.json`);
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const value = await make();
  if (file) writeFileSync(file, JSON.stringify(value));
  return value;
}

/** All samples with their features and the members' forecasts. */
export async function samples(folder, jobs = 1) {
  if (folder) mkdirSync(folder, { recursive: true });
  const parts = [
    ...frequencies.flatMap((f) => Array.from({ length: origins + 1 }, (_, k) => [`${f}-${k}`, readSample(f).flatMap((s) => cut(s, f, k))])),
    ["simulated", simulated().flatMap((s) => cut(s, "simulated", 1))],
  ];
  const all = [];
  for (const [name, rows] of parts) {
    const seen = await kept(folder, `${name}.seen`, () => look(rows, jobs));
    const by = {};
    for (const word of words) by[word] = await kept(folder, `${name}.${word}`, () => forecasts(rows, seen, word, jobs));
    scaleLosses(rows);
    rows.forEach((r, i) => {
      if (seen[i].features) all.push({ ...r, features: seen[i].features, means: words.map((word) => by[word][i]) });
    });
  }
  return all;
}

/** A step's share in the two halves of OWA, by what Naive2 costs on average in these rows. */
function scaleLosses(rows) {
  const rivals = rows.map((r) => naive2(r.train, r.m, r.h));
  const percent = mean(rows.map((r, i) => smape(r.test, rivals[i])));
  const scaled = mean(rows.map((r, i) => mean(r.test.map((y, j) => Math.abs(y - rivals[i][j]))) / r.scale));
  for (const r of rows) {
    const share = r.src === "simulated" ? simulatedShare : 1;
    r.smape = (share * 100) / r.h / percent;
    r.mase = (share * 0.5) / r.h / r.scale / scaled;
  }
}

/** The samples as learn.c reads them. */
function writeSamples(file, rows, names) {
  const numbers = [rows.length, names.length, words.length, ...words.map((w) => Math.log(members[w]))];
  for (const r of rows) {
    numbers.push(r.fold, r.k > 0 ? 1 : 0, r.h, r.smape, r.mase, ...names.map((f) => r.features[f] ?? Number.NaN), ...r.test);
    for (const forecast of r.means) numbers.push(...(forecast ? [1, ...forecast] : [0]));
  }
  writeFileSync(file, Buffer.from(Float64Array.from(numbers).buffer));
}

/** learn.c's answer. */
function learn(rows, names, count) {
  const folder = mkdtempSync(join(tmpdir(), "learn-"));
  try {
    const file = join(folder, "samples");
    writeSamples(file, rows, names);
    const r = spawnSync(program, [file, ...settings, String(count)], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (r.status !== 0) throw new Error(`${program}: ${r.error?.message ?? r.stderr}`);
    return r.stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Names of the features, in the order of dyo_features.h. */
function featureNames() {
  const text = readFileSync(join(root, "core/stats/dyo_features.h"), "utf8");
  return [...text.matchAll(/^\s*X\((\w+),/gm)].map((m) => m[1]);
}

const combined = (r, w) => {
  const total = w.reduce((a, x, k) => a + (r.means[k] ? x : 0), 0);
  return r.test.map((_, i) => w.reduce((a, x, k) => a + (r.means[k] ? x * r.means[k][i] : 0), 0) / total);
};

/** Forecasts of the test parts, by id, with weights from trees that saw no series of the same fold; and those of the plain mean of
 *  arima, ets and theta, on the same seasons. */
export function crossValidated(rows) {
  const lines = learn(rows, featureNames(), folds).trim().split("\n");
  const answer = new Map();
  for (const line of lines) {
    const [i, ...w] = line.split(" ").map(Number);
    const r = rows[i];
    answer.set(r.id, { r, learned: combined(r, w), plain: combined(r, words.map((x) => Number(["arima", "ets", "theta"].includes(x)))), w });
  }
  return answer;
}

function tellOf(answer) {
  const list = [...answer.values()];
  const groups = [...frequencies.map((f) => [f, list.filter((a) => a.r.frequency === f)]), ["all", list], ["M1,M3", list.filter((a) => ["M1", "M3"].includes(a.r.src))]];
  const of = (g, what) => owa(g.map((a) => a.r), g.map((a) => a[what]));
  for (const [name, g] of groups) console.log(`${name.padEnd(10)} plain ${of(g, "plain").toFixed(4)}  learned ${of(g, "learned").toFixed(4)}  (${g.length} series)`);
  return { plain: of(list, "plain"), learned: of(list, "learned") };
}

function writeTable(rows) {
  const head = [
    "/* SPDX-License-Identifier: GPL-3.0-or-later */",
    "/* Made by `node tests/bench/learn.mjs` from origins inside the training parts of the development sample and simulated series; not to be",
    " * edited. Members, their log weights before any tree, the nodes of the trees (feature or -1, missing goes left, left child, split or value),",
    " * and where each tree begins: round by round, members in order. */",
    "/* clang-format off */",
    `enum { LEARNED_MEMBERS = ${words.length}, LEARNED_ROUNDS = ${settings[0]} };`,
    `static const int learned_members[] = {${words.map((w) => `POOL_${w}`).join(", ")}};`,
    `static const double learned_prior[] = {${words.map((w) => Math.log(members[w]).toFixed(6)).join(", ")}};`,
  ];
  writeFileSync(made, `${head.join("\n")}\n${learn(rows, featureNames(), 0)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!sampleIsThere()) {
    console.error("SKIPPED: the development sample is not there; core/forecast/learned.gen.h stays as it is");
    process.exit(1);
  }
  const at = process.argv.indexOf("--cache");
  const rows = await samples(at > 0 ? process.argv[at + 1] : null);
  const { plain, learned } = tellOf(crossValidated(rows));
  console.log(learned < plain ? "the trees beat the plain mean in cross-validation" : "the trees do NOT beat the plain mean in cross-validation");
  if (!process.argv.includes("--check")) writeTable(rows);
}
