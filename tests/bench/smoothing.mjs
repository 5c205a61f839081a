// ETS and Theta: accuracy and speed beside R's forecast package and npm @bsull/augurs, on ../shared/data/m4-dev.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { nativePath, runLines } from "../lib/project.mjs";
import { owa } from "./owa.mjs";

const folder = fileURLToPath(new URL("../../../shared/data/m4-dev/", import.meta.url));

/** Series of one frequency, or null (said aloud) where the sample is not there. */
export function sample(frequency, sources) {
  const file = `${folder}${frequency}.json.gz`;
  if (!existsSync(file)) {
    console.error(`NOTE: SKIPPED, there is no ${file}`);
    return null;
  }
  const all = JSON.parse(gunzipSync(readFileSync(file)));
  return sources ? all.filter((s) => sources.includes(s.src)) : all;
}

const request = (model_type, s) => ({
  series: { values: s.train },
  model_type,
  forecast_horizon: s.h,
  seasonal_periods: s.m > 1 ? [s.m] : [],
  folds: 0,
});

/** Fit and forecast all natively: { ms per series, forecasts }. */
async function native(model, series) {
  const lines = series.map((s) => JSON.stringify(request(model, s)));
  const began = performance.now();
  const r = await runLines(nativePath, "forecast.create", lines, { args: ["--jobs", "1"], stall: 120_000 });
  const ms = (performance.now() - began) / series.length;
  if (r.lines.length !== series.length) throw new Error(`${r.lines.length} replies for ${series.length} series: ${r.stderr}`);
  return { ms, forecasts: r.lines.map((line) => JSON.parse(line).predictions) };
}

const script = `suppressMessages(library(forecast))
con <- file("stdin", "r"); used <- 0; n <- 0
while (length(l <- readLines(con, 1)) > 0) {
  v <- as.numeric(strsplit(l, " ")[[1]]); y <- ts(v[-(1:2)], frequency = v[1])
  used <- used + system.time(CALL)[["elapsed"]]; n <- n + 1
}
cat(1000 * used / n)`;

/** Milliseconds per series of an R expression of y and v[2], the horizon; null (said aloud) where R or forecast is missing. */
function inR(call, series) {
  const text = series.map((s) => [s.m, s.h, ...s.train].join(" ")).join("\n");
  const r = spawnSync("Rscript", ["-e", script.replace("CALL", () => call)], { input: `${text}\n`, encoding: "utf8" });
  if (r.status === 0) return Number(r.stdout);
  console.error("NOTE: SKIPPED, there is no Rscript with package forecast");
  return null;
}

const every = (list, count) => list.filter((_, i) => i % Math.ceil(list.length / count) === 0);

export function smoothing({ row, timed, load }) {
  async function besideR(model, call, factor, counts) {
    for (const [frequency, count] of Object.entries(counts)) {
      const series = sample(frequency);
      if (!series) return;
      const theirs = inR(call, every(series, count));
      const { ms } = await native(model, series);
      row(`${model} native, fit and forecast, a ${frequency.toLowerCase()} series`, ms, "ms", {
        target: theirs === null ? undefined : theirs / factor,
        peer: theirs === null ? undefined : [`R ${model === "ets" ? "ets" : "thetaf"}`, theirs],
        note: theirs === null ? undefined : `R on ${every(series, count).length} of the ${series.length} series`,
      });
    }
  }

  async function accuracy(model, frequencies, sources, target, peer) {
    const series = [],
      forecasts = [];
    for (const frequency of frequencies) {
      const part = sample(frequency, sources);
      if (!part) return;
      series.push(...part);
      forecasts.push(...(await native(model, part)).forecasts);
    }
    row(`${model}: OWA on ${series.length} series${sources ? ` of ${sources.join(" and ")}` : ""}`, owa(series, forecasts), "", {
      target,
      peer,
      note: "scored as shared/tools/m4score.py",
    });
  }

  const short = ["Yearly", "Quarterly", "Monthly"];
  return {
    ets_accuracy: () => accuracy("ets", short, ["M1", "M3"], 0.859, ["R ets", 0.859]),
    theta_accuracy: () => accuracy("theta", [...short, "Weekly", "Daily", "Hourly"], null, 0.85, ["R thetaf", 0.872]),
    ets_beside_r: () => besideR("ets", "forecast(ets(y), h = v[2])", 50, { Yearly: 60, Quarterly: 12, Monthly: 4 }),
    theta_beside_r: () => besideR("theta", "thetaf(y, h = v[2])", 10, { Yearly: 100, Quarterly: 60, Monthly: 60 }),

    async smoothing_beside_augurs() {
      const { initSync, MSTL } = await import("@bsull/augurs/mstl");
      initSync({ module: readFileSync(fileURLToPath(import.meta.resolve("@bsull/augurs/mstl")).replace(".js", "_bg.wasm")) });
      const dyo = await load();
      for (const frequency of ["Quarterly", "Monthly"]) {
        const series = sample(frequency);
        if (!series) return;
        const done = [],
          theirs = [];
        let began = performance.now();
        for (const s of series) {
          try {
            const model = MSTL.ets([s.m]);
            model.fit(Float64Array.from(s.train));
            const { point } = model.predict(s.h);
            model.free();
            if (!point.every(Number.isFinite)) continue;
            theirs.push([...point]);
            done.push(s);
          } catch {
            // a series it cannot do is left out for both
          }
        }
        const peerMs = (performance.now() - began) / series.length;
        const peerOwa = owa(done, theirs);
        for (const model of ["theta", "ets"]) {
          const ours = [];
          began = performance.now();
          for (const s of done) ours.push((await dyo.forecast.create(request(model, s))).predictions);
          const ms = (performance.now() - began) / done.length;
          row(`${model} in wasm, a ${frequency.toLowerCase()} series`, ms, "ms", { target: peerMs, peer: ["augurs MSTL", peerMs] });
          row(`  its OWA on the ${done.length} series augurs can do`, owa(done, ours), "", {
            target: model === "theta" ? peerOwa : undefined,
            peer: ["augurs MSTL", peerOwa],
          });
        }
      }
    },

    async daily_year() {
      const dyo = await load();
      const values = Array.from(
        { length: 1095 },
        (_, t) =>
          100 + 0.03 * t + 10 * Math.sin((2 * Math.PI * t) / 7) + 20 * Math.sin((2 * Math.PI * t) / 365.25) + ((t * 7919) % 13),
      );
      for (const model_type of ["ets", "theta", "naive", "seasonal_naive", "drift"])
        for (const seasonal_periods of [[7], [7, 365.25], undefined]) {
          const ask = { series: { values }, model_type, forecast_horizon: 365, seasonal_periods };
          const { ms, share } = await timed(() => dyo.forecast.create(ask), 5, 1);
          const periods = seasonal_periods ? `periods ${seasonal_periods.join(" and ")}` : "periods detected";
          row(`${model_type} in wasm, 1,095 days, 365 ahead, backtest, ${periods}`, ms, "ms", { target: 300, share });
        }
    },
  };
}
