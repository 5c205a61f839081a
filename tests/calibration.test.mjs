// Intervals through the doors: the same from a model string as from the fit, the same in wasm, nested, and off when asked to be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "./lib/bindings.mjs";
import { differences, tolerance } from "./lib/compare.mjs";
import { nativePath, run } from "./lib/project.mjs";

// 264 values: long enough for a rolling origin of their own.
const values = Array.from({ length: 264 }, (_, t) => 200 + t / 4 + 30 * Math.sin((2 * Math.PI * t) / 12) + 9 * Math.sin(t * t));
const models = ["naive", "seasonal_naive", "drift", "ets", "arima", "theta"];
const request = (model_type, more) => ({
  series: { values },
  model_type,
  seasonal_periods: [12],
  forecast_horizon: 15,
  confidence_level: [0.4, 0.8, 0.95, 0.999],
  folds: 0,
  ...(model_type === "arima" ? { params: { order: [1, 0, 1], seasonal_order: [0, 1, 1, 12] } } : {}),
  ...more,
});

function call(op, input) {
  const r = run(nativePath, ["call", op], { input: JSON.stringify(input) });
  assert.equal(r.status, 0, r.stderr);
  return JSON.parse(r.stdout);
}

for (const model of models) {
  test(`${model}: forecast.predict gives the intervals of forecast.create, also after an update with nothing new`, () => {
    const made = call("forecast.create", request(model, { include_model: true }));
    const again = { forecast_horizon: 15, confidence_level: [0.4, 0.8, 0.95, 0.999] };
    const told = call("forecast.predict", { model: made.model, ...again });
    assert.deepEqual(
      differences(told.confidence_intervals, made.confidence_intervals, tolerance({ rtol: 1e-12 }), { whole: true }),
      [],
    );
    assert.deepEqual(told.diagnostics.interval_calibration, made.diagnostics.interval_calibration);
    const { calibration } = JSON.parse(made.model);
    assert.equal(calibration.own !== undefined, made.diagnostics.interval_calibration.method === "own");
    const { model: later } = call("forecast.update", { model: made.model, observations: { values: [260, 270] } });
    assert.deepEqual(JSON.parse(later).calibration, calibration);
  });

  test(`${model}: levels are nested around the forecast, and calibration leaves the forecast alone`, () => {
    const on = call("forecast.create", request(model));
    const off = call("forecast.create", request(model, { calibrate: false }));
    assert.deepEqual(off.predictions, on.predictions);
    assert.equal(off.diagnostics.interval_calibration, undefined);
    assert.notDeepEqual(off.confidence_intervals, on.confidence_intervals);
    on.confidence_intervals.forEach((band, l) => {
      const inner = on.confidence_intervals[l - 1] ?? { lower: on.predictions, upper: on.predictions };
      assert.ok(band.lower.every((x, i) => x < inner.lower[i] || (x === inner.lower[i] && x === on.predictions[i])));
      assert.ok(band.upper.every((x, i) => x > inner.upper[i] || (x === inner.upper[i] && x === on.predictions[i])));
    });
    const width = (r, i) => r.confidence_intervals[2].upper[i] - r.confidence_intervals[2].lower[i];
    const { first, last } = on.diagnostics.interval_calibration;
    assert.ok(Math.abs(width(on, 0) / width(off, 0) - first) < 1e-9 * first);
    assert.ok(Math.abs(width(on, 14) / width(off, 14) - last) < 1e-9 * last);
  });

  // The two searches end a hair apart; the width's exponents carry that into the ends of the intervals, so these agree to 1e-5
  // where the forecasts agree to 1e-6.
  test(`${model}: the same natively and in wasm`, async () => {
    const { load } = await importPackage();
    const dyo = await load();
    const input = request(model);
    const [inWasm, natively] = [await dyo.forecast.create(input), call("forecast.create", input)];
    assert.deepEqual(differences(inWasm.predictions, natively.predictions, tolerance({ rtol: 1e-6 }), { whole: true }), []);
    const apart = differences(
      inWasm.confidence_intervals,
      natively.confidence_intervals,
      tolerance({ rtol: 1e-5 }),
      { whole: true },
    );
    assert.deepEqual(apart, []);
  });
}
