// auto forecasts better than the classical models and their plain mean: on a few competition series, by the M4 competition's overall
// weighted average (1 is Naive2). Numbers and where they are from: golden/forecast-data/sample.txt. The whole sample is in docs/accuracy.md
// (./dev bench accuracy).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { owa } from "./bench/owa.mjs";
import { goldenDir, nativePath, runLines, utf8Of } from "./lib/project.mjs";

// auto reached 0.701 when this was written, the plain mean of ets, theta and arima 0.720, the best of them 0.767.
const limit = 0.715;
const others = ["naive", "seasonal_naive", "drift", "ets", "theta", "arima", "ensemble"];

const series = readFileSync(join(goldenDir, "forecast-data/sample.txt"), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => {
    const [head, future] = line.split(" | ");
    const [id, frequency, m, ...train] = head.split(" ");
    const test = future.split(" ").map(Number);
    return { id, frequency, m: Number(m), train: train.map(Number), test, h: test.length };
  });

async function forecasts(model_type, more) {
  const lines = series.map((s) =>
    JSON.stringify({ series: { values: s.train, frequency: s.frequency[0] }, model_type, forecast_horizon: s.h, folds: 0, ...more }),
  );
  const r = await runLines(nativePath, "forecast.create", lines, { stall: 60_000 });
  assert.equal(r.lines.length, series.length, r.stderr);
  return r.lines.map((line) => JSON.parse(utf8Of(line)));
}

const scoreOf = (replies) =>
  owa(
    series,
    replies.map((r) => r.predictions),
  );

test("what is asked of auto is not reached by a classical model, nor by their plain mean", async () => {
  for (const model of others) {
    const score = scoreOf(await forecasts(model));
    assert.ok(score > limit, `${model}: ${score}`);
  }
});

for (const effort of ["balanced", "best"])
  test(`auto, effort ${effort}: accuracy, and how often its intervals hold`, async () => {
    const replies = await forecasts("auto", { effort });
    const score = scoreOf(replies);
    assert.ok(score < limit, `OWA ${score}, below ${limit} is asked for`);
    const shares = series.map(({ test }, i) => {
      const { lower, upper } = replies[i].confidence_intervals;
      return test.filter((y, k) => y >= lower[k] && y <= upper[k]).length / test.length;
    });
    const share = shares.reduce((a, b) => a + b, 0) / shares.length;
    assert.ok(share > 0.88 && share < 0.995, `95 % intervals hold ${100 * share} % of the values`);
  });
