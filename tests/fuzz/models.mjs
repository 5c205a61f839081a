// Makes the first inputs of fuzz_model: model strings of every model, small, into tests/fuzz/corpus/model. Run after a model
// was added or its state changed: node tests/fuzz/models.mjs (needs build/release/dyocensed). The outcome is kept.
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeOp, nativePath, root, run } from "../lib/project.mjs";

const folder = join(process.env.DYO_CORPUS ?? join(root, "tests/fuzz/corpus"), "model");
const season = [3, -1, -2, 0];
const values = Array.from({ length: 20 }, (_, i) => 20 + 0.4 * i + season[i % 4] + ((i * 7) % 5) / 10);
const now = Array.from({ length: 20 }, (_, i) => (i * 3) % 7);
const dates = values.map((_, i) => `${2019 + (i >> 2)}-${String(3 * (i % 4) + 1).padStart(2, "0")}-01`);
const plain = { series: { values }, seasonal_periods: [4] };

/** What is added to the plain request: once for every model, and forms that hold other parts of a state. */
const everyModel = [{}, { seasonal_periods: [] }, { series: { dates, values }, non_negative: true }];
const forms = [
  { model_type: "arima", params: { order: [1, 1, 1], seasonal_order: [1, 0, 1, 4] } },
  { model_type: "arima", params: { order: [2, 0, 0], interval_method: "bootstrap" } },
  {
    model_type: "arima",
    params: { order: [0, 1, 1], seasonal_order: [0, 0, 0, 0] },
    regressors: { price: now, promo: now.map((x) => (x > 4 ? 1 : 0)) },
    future_regressors: { price: [1], promo: [0] },
  },
  { model_type: "arima", series: { values: [...values, ...values, ...values] }, seasonal_periods: [26] },
  { model_type: "ets", params: { error: "M", trend: "A", damped: true, seasonal: "M" } },
  { model_type: "ets", params: { error: "A", trend: "N", seasonal: "A" } },
  { model_type: "theta", params: { variant: "standard" } },
  { model_type: "xgboost", params: { strategy: "direct", n_estimators: 2, max_depth: 1 } },
  { model_type: "xgboost", params: { season: "decomposed", transform: "log", n_estimators: 2, max_depth: 2 } },
  {
    model_type: "xgboost",
    series: { dates, values },
    params: { n_estimators: 2, max_depth: 1, lags: [1], windows: [2] },
    regressors: { price: now, promo: now.map((x) => (x > 4 ? 1 : 0)) },
    future_regressors: { price: [1], promo: [0] },
    holidays: [{ name: "fair", dates: ["2020-05-05", "2022-05-05"], lower_window: -1, upper_window: 1 }],
  },
];

const words = describeOp("forecast.create").input.properties.model_type.enum.filter((w) => w && w !== "auto");
const requests = [...words.flatMap((model_type) => everyModel.map((e) => ({ model_type, ...e }))), ...forms];
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
let made = 0;
for (const request of requests) {
  const input = JSON.stringify({ ...plain, forecast_horizon: 1, include_model: true, ...request });
  const reply = run(nativePath, ["call", "forecast.create"], { input });
  if (reply.status !== 0) throw new Error(`${input.slice(0, 200)}: ${reply.stderr}`);
  const text = JSON.parse(reply.stdout).model;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  writeFileSync(join(folder, `${request.model_type}-${hash}`), text);
  made++;
}
console.log(`${made} model strings`);
