// ARIMA beside R's auto.arima on the same monthly series in the same run, one SARIMA, and a long daily series.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { goldenCases } from "../lib/golden.mjs";
import { nativePath, root, runLines } from "../lib/project.mjs";

const SERIES = 25;
const sample = join(root, "../shared/data/m4-dev/Monthly.json.gz");
const script = fileURLToPath(new URL("arima.R", import.meta.url));
const middle = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Every so many of the sample's monthly series, as requests for fit and forecast alone. */
function requests() {
  const all = JSON.parse(gunzipSync(readFileSync(sample)));
  const step = Math.floor(all.length / SERIES);
  return Array.from({ length: SERIES }, (_, i) => all[i * step]).map(({ train, m, h }) => ({
    series: { values: train },
    model_type: "arima",
    forecast_horizon: h,
    seasonal_periods: [m],
    folds: 0,
  }));
}

/** { each: seconds a series, sarima: seconds } of R; null where there is none. */
function fromR(list) {
  const input = list.map((r) => [r.seasonal_periods[0], r.forecast_horizon, ...r.series.values].join(" ")).join("\n");
  const r = spawnSync("Rscript", [script], { input, encoding: "utf8" });
  if (r.error || r.status !== 0) {
    console.error("NOTE: SKIPPED: there is no R with the package forecast: auto.arima's lines are left out");
    return null;
  }
  const lines = r.stdout.trim().split("\n");
  const figures = lines.map((line) => line.trim().split(" "));
  const one = figures.pop();
  return { each: figures.map((f) => Number(f[1])), aicc: figures.map((f) => Number(f[2])), sarima: Number(one[2]) };
}

async function native(list) {
  const began = performance.now();
  const r = await runLines(
    nativePath,
    "forecast.create",
    list.map((x) => JSON.stringify(x)),
    { stall: 120_000 },
  );
  if (r.lines.length !== list.length) throw new Error(`forecast.create: ${r.stderr}`);
  return { ms: performance.now() - began, replies: r.lines.map((line) => JSON.parse(line)) };
}

async function searches(dyo, row, timed) {
  if (!existsSync(sample)) {
    console.error("NOTE: SKIPPED: ../shared/data/m4-dev is not there: the search for orders is not measured");
    return null;
  }
  const list = requests();
  const peer = fromR(list);
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push((await native([...list, ...list, ...list, ...list])).ms / (4 * list.length));
  const ours = middle(runs);
  const { replies } = await native(list);
  const inside = await timed(
    async () => {
      for (const request of list) await dyo.forecast.create(request);
    },
    3,
    1,
  );
  const theirs = peer && (1000 * peer.each.reduce((a, b) => a + b, 0)) / list.length;
  const better = peer && replies.filter((r, i) => r.diagnostics.aicc < peer.aicc[i] - 2).length;
  const worse = peer && replies.filter((r, i) => r.diagnostics.aicc > peer.aicc[i] + 2).length;
  const beside = (what, ms, times, share) =>
    row(`automatic ARIMA, fit and forecast of a monthly series, ${what}`, ms, "ms", {
      target: theirs ? theirs / times : undefined,
      peer: theirs ? ["R auto.arima", theirs] : undefined,
      share,
    });
  beside("native", ours, 50);
  beside("wasm", inside.ms / list.length, 25, inside.share);
  if (peer) console.log(`  of ${list.length} series AICc is lower by 2 on ${better}, higher by 2 on ${worse}`);
  return peer;
}

async function airPassengers(dyo, row, timed, check, peer) {
  const known = goldenCases("forecast.create").find((c) => c.file.includes("arima_air"));
  const request = { ...known.in, folds: 0 };
  const many = Array.from({ length: 50 }, () => request);
  const { ms, replies } = await native(many);
  check(Math.abs(replies[0].diagnostics.log_likelihood + 506.149) < 0.02, "log-likelihood -506.149");
  const inside = await timed(() => dyo.forecast.create(request));
  const beside = peer ? ["R Arima, ML", 1000 * peer.sarima] : undefined;
  row("SARIMA (1,1,1)(1,1,1)12 on AirPassengers, native", ms / many.length, "ms", { target: 10, peer: beside });
  row("SARIMA (1,1,1)(1,1,1)12 on AirPassengers, wasm", inside.ms, "ms", {
    target: 20,
    share: inside.share,
    peer: beside,
  });
}

/** Three years of days with a week, a year and noise, the same each time. */
function days() {
  let state = 12345;
  const noise = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648 - 0.5;
  };
  let level = 100;
  return Array.from({ length: 1096 }, (_, t) => {
    level += 0.4 * noise();
    return level + 0.01 * t + 8 * Math.sin((2 * Math.PI * t) / 365.25) + 5 * Math.cos((2 * Math.PI * t) / 7) + 6 * noise();
  });
}

async function daily(dyo, row, timed) {
  const values = days();
  for (const seasonal_periods of [[7], [7, 365]]) {
    const request = { series: { values }, model_type: "arima", forecast_horizon: 365, seasonal_periods, folds: 0 };
    const { ms, share } = await timed(() => dyo.forecast.create(request), 5, 1);
    row(`ARIMA, 365 steps from 3 years of days, periods ${seasonal_periods.join(" and ")}, wasm`, ms, "ms", {
      target: 300,
      share,
    });
  }
}

/** tools: row, timed and check of run.mjs; dyo: the loaded package. */
export async function arimaBench(dyo, { row, timed, check }) {
  const peer = await searches(dyo, row, timed);
  await airPassengers(dyo, row, timed, check, peer);
  await daily(dyo, row, timed);
}
