// Prophet beside R's prophet on series too long for golden cases, by a log-posterior written down here; and its model strings.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { importPackage } from "./lib/bindings.mjs";
import { differences, tolerance } from "./lib/compare.mjs";
import { nativePath, run } from "./lib/project.mjs";

const shared = (name) => fileURLToPath(new URL(`../../shared/${name}`, import.meta.url));
const reference = "reference/forecast/prophet_R.json";
const cases = existsSync(shared(reference)) ? JSON.parse(readFileSync(shared(reference), "utf8")).cases : [];
if (cases.length === 0) console.error(`NOTE: SKIPPED, there is no ../shared/${reference}`);

function call(op, input) {
  const r = run(nativePath, ["call", op], { input: JSON.stringify(input) });
  assert.equal(r.status, 0, r.stderr);
  return JSON.parse(r.stdout);
}

const dayOf = (date) => Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);

function history(file) {
  const lines = readFileSync(shared(`data/series/${file}`), "utf8").replaceAll('"', "").trim().split("\n").slice(1);
  const rows = lines.map((l) => l.trim().split(",")).filter(([, y]) => y !== "" && y !== "NA");
  return { dates: rows.map(([ds]) => ds.slice(0, 10)), values: rows.map(([, y]) => Number(y)) };
}

const fourier = (day, period, order) =>
  Array.from({ length: 2 * order }, (_, j) => {
    const a = (2 * Math.PI * ((j >> 1) + 1) * day) / period;
    return j % 2 ? Math.cos(a) : Math.sin(a);
  });
const dot = (a, b) => a.reduce((s, x, i) => s + x * b[i], 0);
const sum = (list) => list.reduce((s, x) => s + x, 0);

/** The additive model with a yearly and, where there is room in beta, a weekly season: parts at a day, and minus the log posterior. */
function model({ dates, values }, changepoints, tau, p) {
  const first = dayOf(dates[0]);
  const span = dayOf(dates.at(-1)) - first;
  const scale = Math.max(...values.map(Math.abs));
  const at = changepoints.map((c) => (dayOf(c) - first) / span);
  const parts = (day) => {
    const u = (day - first) / span;
    return {
      trend: scale * (p.k * u + p.m + sum(p.delta.map((d, j) => d * Math.max(u - at[j], 0)))),
      yearly: scale * dot(fourier(day, 365.25, 10), p.beta.slice(0, 20)),
      weekly: scale * dot(fourier(day, 7, 3), p.beta.slice(20)) || 0,
    };
  };
  const rss = sum(values.map((y, i) => ((y - sum(Object.values(parts(dayOf(dates[i]))))) / scale) ** 2));
  const loss =
    values.length * Math.log(p.sigma) + rss / (2 * p.sigma ** 2) + 2 * p.sigma ** 2 + p.k ** 2 / 50 + p.m ** 2 / 50 +
    sum(p.delta.map(Math.abs)) / tau + dot(p.beta, p.beta) / 200;
  return { parts, loss };
}

for (const { series, input, output } of cases) {
  const tau = input["changepoint.prior.scale"] ?? 0.05;
  test(`${series}, prior scale ${tau}, ${input.h} steps: as R's prophet, and no less probable`, () => {
    const given = history(series);
    const answer = call("forecast.create", {
      series: { ...given, frequency: { day: "D", month: "M" }[input.freq] },
      model_type: "prophet",
      forecast_horizon: input.h,
      folds: 0,
      calibrate: false,
      include_components: true,
      include_model: true,
      params: { changepoint_prior_scale: tau },
    });
    const ours = model(given, output.changepoints, tau, JSON.parse(answer.model).state);
    const theirs = model(given, output.changepoints, tau, { ...output, sigma: output.sigma_obs });
    assert.ok(ours.loss <= theirs.loss + 1e-6, `log posterior ${-ours.loss}, R's ${-theirs.loss}`);
    const near = (sum(given.values.map(Math.abs)) / given.values.length) * 0.03;
    // Where R's search stopped well short of the maximum its trend bends more gently before a fall: only what follows is compared.
    const begin = theirs.loss - ours.loss > 5 ? given.dates.at(-1) : "";
    output.ds.forEach((date, i) => {
      const mine = ours.parts(dayOf(date));
      const expected = output.components;
      for (const name of ["trend", "yearly", "weekly"].filter((n) => expected[n] && (n !== "trend" || date > begin)))
        assert.ok(Math.abs(mine[name] - expected[name][i]) <= near, `${name} at ${date}: ${mine[name]}, R ${expected[name][i]}`);
      if (date > begin) assert.ok(Math.abs(sum(Object.values(mine)) - expected.yhat[i]) <= near, `forecast at ${date}`);
      const step = answer.dates.indexOf(date);
      if (step < 0) return;
      assert.ok(Math.abs(answer.predictions[step] - sum(Object.values(mine))) <= 1e-6 * near, `answer at ${date}`);
      for (const name of Object.keys(mine).filter((n) => answer.components[n]))
        assert.ok(Math.abs(answer.components[name][step] - mine[name]) <= 1e-6 * near, `${name} of the answer at ${date}`);
    });
  });
}

const n = 200;
const dates = Array.from({ length: n + 20 }, (_, i) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10));
const price = dates.map((_, i) => 5 + ((i * 7) % 4));
const values = dates.map((_, i) => 80 + i / 3 + 9 * Math.sin((2 * Math.PI * i) / 7) - 2 * price[i] + (i % 30 === 11 ? 25 : 0) + 3 * Math.sin(i * i));
const holidays = [{ name: "pay day", dates: dates.filter((_, i) => i % 30 === 11), upper_window: 1 }];
const request = (upTo, more) => ({
  series: { dates: dates.slice(0, upTo), values: values.slice(0, upTo) },
  model_type: "prophet",
  forecast_horizon: n + 20 - upTo,
  regressors: { price: price.slice(0, upTo) },
  future_regressors: { price: price.slice(upTo) },
  holidays,
  folds: 0,
  ...more,
});
const ahead = (from) => ({ forecast_horizon: n + 20 - from, future_regressors: { price: price.slice(from) } });

for (const mode of ["additive", "multiplicative"]) {
  const params = { seasonality_mode: mode };
  test(`${mode}: a model string foresees what its fit foresaw, natively and in wasm`, async () => {
    const made = call("forecast.create", request(n, { include_model: true, params }));
    const again = call("forecast.predict", { model: made.model, ...ahead(n) });
    const { load } = await importPackage();
    const dyo = await load();
    const far = await dyo.call("forecast.predict", { model: made.model, ...ahead(n) });
    for (const reply of [again, far])
      for (const name of ["predictions", "dates", "confidence_intervals", "parameters", "standard_errors"])
        assert.deepEqual(differences(reply[name], made[name], tolerance({ rtol: 1e-8 }), { whole: true }), []);
  });

  test(`${mode}: an update with the rest of a series is a fit to all of it`, () => {
    const { model: half } = call("forecast.create", request(120, { include_model: true, params }));
    const { model, observations } = call("forecast.update", {
      model: half,
      observations: { dates: dates.slice(120, n), values: values.slice(120, n), regressors: { price: price.slice(120, n) } },
    });
    assert.equal(observations, n - 120);
    const grown = call("forecast.predict", { model, ...ahead(n) });
    const whole = call("forecast.create", request(n, { params }));
    assert.deepEqual(differences(grown.predictions, whole.predictions, tolerance({ rtol: 1e-4 })), []);
  });
}

test("regressors and holidays that explain the values take the error out of the backtest", () => {
  const asked = { ...request(n), model_types: ["prophet"], forecast_horizon: 14, folds: 4, step: 14 };
  for (const name of ["model_type", "future_regressors"]) delete asked[name];
  const error = (more) => call("forecast.backtest", { ...asked, ...more }).models[0].mae;
  const both = error({});
  assert.ok(both < error({ regressors: {} }) && both < error({ holidays: [] }), "with both the error is least");
});
