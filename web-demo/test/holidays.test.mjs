// SPDX-License-Identifier: GPL-3.0-or-later
// Holidays and events on the forecast's screen: typed, taken by the core, seen on the picture, and the parts that a forecast consists of.
import assert from "node:assert/strict";
import { give, property, reached } from "./browser.mjs";
import { dyo, onPage } from "./fixture.mjs";

const DAYS = 130;
const day = (i) => new Date(Date.UTC(2024, 0, 1) + i * 864e5).toISOString().slice(0, 10);
const isSale = (i) => i % 20 === 10;
const sold = (i) => Math.round(40 + [0, 4, 6, 5, 9, 20, -15][i % 7] + (isSale(i) ? 60 : 0) + ((i * 7919) % 5));
const CSV = ["date,quantity", ...Array.from({ length: DAYS }, (_, i) => `${day(i)},${sold(i)}`)].join("\n");
const sales = Array.from({ length: 9 }, (_, k) => day(20 * k + 10));

onPage("a sale's days are typed, asked of the core and seen; a date that is none is refused beside them", async ({ page }) => {
  await give(page, "shop.csv", CSV);
  await reached(page, "data", "ready");
  await page.getByRole("button", { name: /^Forecast / }).first().click();
  await reached(page, "forecast", "ready");
  await page.getByLabel("Model", { exact: true }).selectOption("prophet");
  await page.getByText("Holidays and events", { exact: true }).click();
  await page.getByRole("button", { name: "Add a holiday or event" }).click();
  await page.getByLabel("Name: Event 1").fill("Sale");
  await page.getByLabel("Name: Event 1").press("Tab");
  const dates = page.getByLabel("Dates: Sale");
  await dates.fill(sales.join(", "));
  await dates.press("Tab");
  const { series } = await dyo.series.parse({ content: new TextEncoder().encode(CSV) });
  const history = { dates: series[0].dates, values: series[0].values, frequency: series[0].frequency };
  const asked = { series: history, model_type: "prophet", forecast_horizon: 30, confidence_level: [0.8, 0.95], non_negative: true, include_components: true };
  const want = await dyo.forecast.create({ ...asked, holidays: [{ name: "Sale", dates: sales, lower_window: 0, upper_window: 0 }] });
  const comes = (predictions) => page.waitForFunction((p) => JSON.stringify([...(document.querySelector("dyo-forecast-chart").forecast?.predictions ?? [])]) === p, JSON.stringify([...predictions]));
  await comes(want.predictions);
  const marks = await page.locator("dyo-forecast-chart").first().evaluate((el) => [...el.renderRoot.querySelectorAll("[data-day]")].map((m) => m.dataset.day));
  const seen = await page.locator("dyo-forecast-chart").first().evaluate((el) => el.seen);
  const first = seen > 0 ? Math.max(0, DAYS - seen) : 0;
  assert.deepEqual(marks, sales.filter((d) => d >= day(first) && d < day(DAYS + 30)));
  const parts = await page.locator("[data-part]").evaluateAll((list) => list.map((el) => el.dataset.part));
  assert.ok(["trend", "weekly", "Sale"].every((p) => parts.includes(p)), parts.join());
  const shown = await page.locator('[data-part="Sale"]').evaluate((el) => [...el.forecast.predictions]);
  assert.deepEqual(shown, [...want.components.Sale]);
  assert.ok((await property(page, "dyo-forecast-chart", "sentence")).length > 20);

  await dates.fill("2024-02-31");
  await dates.press("Tab");
  const fault = page.locator(".event .fault");
  await fault.waitFor();
  assert.match(await fault.innerText(), /found "2024-02-31"; an ISO 8601 date is expected/);
  await page.getByRole("button", { name: "Remove Sale" }).click();
  await comes((await dyo.forecast.create(asked)).predictions);
  assert.equal(await page.locator(".event").count(), 0);
});

onPage("where the trend bends is drawn, told and read", async ({ page }) => {
  const values = Array.from({ length: 120 }, (_, i) => Math.round(20 + (i < 60 ? i : 120 - i) + ((i * 7919) % 5)));
  const csv = ["date,quantity", ...values.map((v, i) => `${day(i)},${v}`)].join("\n");
  await give(page, "bend.csv", csv);
  await reached(page, "data", "ready");
  await page.getByRole("button", { name: /^Forecast / }).first().click();
  await reached(page, "forecast", "ready");
  const { series } = await dyo.series.parse({ content: new TextEncoder().encode(csv) });
  const want = await dyo.forecast.changepoints({ series: { dates: series[0].dates, values: series[0].values, frequency: series[0].frequency } });
  assert.ok(want.changepoints.some((c) => c.direction === "down"));
  const chart = page.locator("dyo-forecast-chart").first();
  await page.waitForFunction((n) => document.querySelector("dyo-forecast-chart").bends.length === n, want.changepoints.length);
  const drawn = await chart.evaluate((el) => [...el.renderRoot.querySelectorAll("[data-bend]")].map((b) => b.dataset.bend));
  assert.deepEqual(drawn, want.changepoints.map((c) => c.date));
  assert.match(await page.locator("section", { has: page.locator("#like") }).innerText(), /The trend bends/);
});
