// SPDX-License-Identifier: GPL-3.0-or-later
// Tuning a model on the forecast's screen: what is shown is what the package finds, it is used when asked, and a stop keeps the best.
import assert from "node:assert/strict";
import { give, property, reached } from "./browser.mjs";
import { dyo, hangs, onPage } from "./fixture.mjs";

const day = (i) => new Date(Date.UTC(2024, 0, 1) + i * 864e5).toISOString().slice(0, 10);
const demand = (i) => Math.round(20 * [0.5, 1, 1.1, 0.9, 1, 1.4, 1.6][i % 7] * (1 + i / 300) + ((i * 7919) % 5));
const history = (n) => ["date,quantity", ...Array.from({ length: n }, (_, i) => `${day(i)},${demand(i)}`)].join("\n");
const shown = (page) => property(page, "dyo-forecast-chart", "forecast");

async function openForecast(page, days, model) {
  await give(page, "sales.csv", history(days));
  await reached(page, "data", "ready");
  await page.getByRole("button", { name: /^Forecast / }).first().click();
  await reached(page, "forecast", "ready");
  await page.getByLabel("Model", { exact: true }).selectOption(model);
  await page.waitForFunction((m) => document.querySelector("dyo-forecast-chart")?.forecast?.model_type === m, model);
}

onPage("the settings found are the package's; they are used, kept over a reload, and left again", async ({ page }) => {
  await openForecast(page, 120, "ets");
  const { series } = await dyo.series.parse({ content: new TextEncoder().encode(history(120)) });
  const { dates, values, frequency } = series[0];
  const want = await dyo.forecast.tune({ series: { dates, values, frequency }, model_type: "ets", forecast_horizon: 30, trials: 40 });
  await page.getByRole("button", { name: "Tune Exponential smoothing" }).click();
  const section = page.locator("section", { has: page.locator("#tuned") });
  await section.waitFor();
  const figure = (v) => v.toLocaleString("en-GB", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  assert.ok((await section.innerText()).includes(`The best of 40 settings has an error of ${figure(want.score)}; left to itself the model has ${figure(want.default_score)}.`));
  const scores = want.trials.map((t) => t.score).filter((v) => v !== null).sort((a, b) => a - b);
  assert.deepEqual(await section.locator("tbody td.n").allInnerTexts(), [...new Set(scores.map(figure))].slice(0, 8));

  const before = (await shown(page)).predictions;
  await section.getByRole("button", { name: "Use these settings" }).click();
  await section.getByText("The forecast uses these settings.").waitFor();
  await reached(page, "forecast", "ready");
  const tuned = await dyo.forecast.create({ series: { dates, values, frequency }, model_type: "ets", params: want.params, forecast_horizon: 30, confidence_level: [0.8, 0.95], non_negative: true });
  const same = (predictions) => page.waitForFunction((p) => JSON.stringify([...document.querySelector("dyo-forecast-chart").forecast.predictions]) === p, JSON.stringify([...predictions]));
  await same(tuned.predictions);
  assert.match(await page.locator(".sure").first().innerText(), /Tuned settings: /);
  await page.reload();
  await reached(page, "forecast", "ready");
  await same(tuned.predictions);
  await page.getByRole("button", { name: "Tune Exponential smoothing" }).click();
  await section.getByRole("button", { name: "Leave it to the model" }).click();
  await same(before);
});

onPage("a stop is heard at once and keeps the best so far; another setting ends a search as well", async ({ page }) => {
  await openForecast(page, 400, "arima");
  const tune = page.getByRole("button", { name: "Tune ARIMA" });
  await tune.click();
  const bar = page.locator(".tune .working");
  await bar.waitFor();
  await page.waitForFunction(() => document.querySelector(".tune progress")?.value > 0.05);
  assert.match(await bar.innerText(), /Trying settings/);
  const waited = await page.evaluate(async () => {
    const start = performance.now();
    document.querySelector(".tune .working button").click();
    while (document.querySelector(".tune .working")) await new Promise((r) => setTimeout(r));
    return performance.now() - start;
  });
  console.log(`# stopped after ${waited.toFixed(0)} ms`);
  assert.ok(waited < hangs);
  const section = page.locator("section", { has: page.locator("#tuned") });
  await section.waitFor();
  assert.match(await section.innerText(), /Stopped: this is the best so far\./);
  assert.ok((await section.locator("tbody tr").count()) >= 1);

  await tune.click();
  await bar.waitFor();
  await page.getByLabel("Model", { exact: true }).selectOption("theta");
  await page.waitForFunction(() => document.querySelector("dyo-forecast-chart").forecast.model_type === "theta");
  assert.equal(await bar.count(), 0);
});

onPage("a model without settings says so", async ({ page }) => {
  await openForecast(page, 60, "drift");
  await page.getByRole("button", { name: "Tune Drift" }).click();
  await page.getByText("Drift has no settings to tune.").waitFor();
});
