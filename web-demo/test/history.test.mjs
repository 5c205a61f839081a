// SPDX-License-Identifier: GPL-3.0-or-later
// From a file with dates to forecast and plan: what the page shows is what the package computes from the same bytes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { workbook } from "../../tests/lib/zip.mjs";
import { download, give, open, openSample, parseCsv, property, reached } from "./browser.mjs";
import { browser, dyo, hangs, onPage, web } from "./fixture.mjs";

const day = (i, from = Date.UTC(2024, 0, 1)) => new Date(from + i * 864e5).toISOString().slice(0, 10);
/** Weekly demand with a slow rise: the same at every run. */
const demand = (i, level) => Math.round(level * [0.5, 1, 1.1, 0.9, 1, 1.4, 1.6][i % 7] * (1 + i / 600) + ((i * 7919) % 5));
const DAYS = 140;
const PRODUCTS = { "BOLT-M8": 6, "NUT-M8": 21, "TAPE-5M": 3 };
const rows = Array.from({ length: DAYS }, (_, i) => Object.entries(PRODUCTS).map(([sku, level]) => `${day(i)},${sku},${demand(i, level)}`)).flat();
const LONG = ["date,sku,quantity", ...rows].join("\n");
const parse = (content, more = {}) => dyo.series.parse({ content: new TextEncoder().encode(content), ...more });
const sentence = (page) => page.locator(".sentence").innerText();
const plain = (values) => [...values].map((v) => (Number.isNaN(v) ? null : v));

onPage("a wide file with decimal commas is read, sentence and values alike", async ({ page, go }) => {
  const lines = Array.from({ length: 60 }, (_, i) => `${day(i).split("-").reverse().join(".")};1.${String(200 + i)},5;${10 + (i % 7)},25`);
  const text = ["Datum;Schrauben;Farbe", ...lines].join("\r\n");
  await give(page, "umsatz.csv", `\uFEFF${text}`);
  await reached(page, "data", "ready");
  const r = await parse(text);
  assert.deepEqual(r.series.map((s) => s.name), ["Schrauben", "Farbe"]);
  assert.equal(r.series[0].values[1], 1201.5);
  assert.match(await sentence(page), /^60 rows, 2 series, daily, 1 Jan 2024 – 29 Feb 2024\. No repairs, no row set aside\.$/);
  assert.match(await page.locator(".sure").first().innerText(), /semicolons, decimal comma/);
  assert.equal(await page.locator(".lines li").count(), 2);
  await go("forecast");
  const shown = await page.locator("dyo-forecast-chart").first().evaluate((el) => ({ dates: [...el.series.times].map((t) => new Date(t).toISOString().slice(0, 10)), values: [...el.series.values] }));
  assert.deepEqual(shown, { dates: r.series[0].dates, values: r.series[0].values });
});

onPage("a workbook is read: its sheet with data, its dates, and another sheet on request", async ({ page }) => {
  const serial = (i) => ({ date: 45292 + i }); // 1 January 2024 and on
  const sheet = (add) => [["Date", "Nuts", "Bolts"], ...Array.from({ length: 90 }, (_, i) => [serial(i), demand(i, 9) + add, 2.5 * demand(i, 4)])];
  const bytes = workbook({ Empty: [], North: sheet(0), South: sheet(100) });
  const r = await dyo.series.parse({ content: new Uint8Array(bytes), name: "sales.xlsx" });
  assert.equal(r.format.sheet, "North");
  await give(page, "sales.xlsx", bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  await reached(page, "data", "ready");
  assert.match(await sentence(page), /^90 rows, 2 series, daily, 1 Jan 2024 – 30 Mar 2024\./);
  assert.match(await page.locator(".sure").first().innerText(), /Excel workbook: sheet “North”/);
  await page.getByLabel("Sheet").selectOption("South");
  await page.getByText("sheet “South”").waitFor();
  const south = await dyo.series.parse({ content: new Uint8Array(bytes), sheet: "South" });
  await page.evaluate(() => (location.hash = "#/forecast"));
  await reached(page, "forecast", "ready");
  const shown = await page.locator("dyo-forecast-chart").first().evaluate((el) => [...el.series.values]);
  assert.deepEqual(shown, south.series[0].values);
});

onPage("rows that cannot be used are named, shown and downloaded; the rest is used", async ({ page }) => {
  const bad = LONG.split("\n");
  bad[10] = bad[10].replace(/,\d+$/, ",a dozen");
  bad[200] = bad[200].replace(/^[\d-]+/, "2024-02-31");
  const text = bad.join("\n");
  await give(page, "sales.csv", text);
  await reached(page, "data", "ready");
  const r = await parse(text);
  assert.equal(r.rejected_count, 2);
  assert.match(await sentence(page), /^420 rows, 3 series, daily, .* 2 rows set aside\.$/);
  const said = await page.locator(".aside").innerText();
  for (const x of r.rejected) assert.ok(said.includes(`row ${x.row} “${x.value}” in ${x.column}`), said);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  assert.equal(await page.locator(".low tbody tr").count(), 2);
  const csv = await download(page, () => page.getByRole("button", { name: "Download these rows" }).click());
  const [head, ...list] = parseCsv(csv.text);
  assert.deepEqual(head, ["row", "column", "value", "reason"]);
  assert.deepEqual(list, r.rejected.map((x) => [String(x.row), x.column ?? "", x.value ?? "", x.reason]));
  assert.match(await page.locator(".lines").innerText(), /1 missing/);
});

onPage("dates that read two ways are asked about with both readings; Undo asks again", async ({ page }) => {
  const text = ["date,quantity", ...Array.from({ length: 24 }, (_, i) => `0${1 + (i % 2)}/${String(1 + (i % 12)).padStart(2, "0")}/20${23 + Math.floor(i / 12)},${i + 5}`)].join("\n");
  const r = await parse(text);
  const question = r.questions.find((q) => q.field === "date_order");
  assert.ok(question && !r.series.length, "the core asks");
  await give(page, "dates.csv", text);
  await reached(page, "data", "ready");
  const asked = page.locator(".question");
  for (const c of question.choices) assert.ok((await asked.innerText()).includes(c.reading), await asked.innerText());
  await page.getByRole("button", { name: /^Day first/ }).click();
  const answered = await parse(text, { date_order: "dmy" });
  await page.locator(".lines li").waitFor();
  assert.equal(await page.locator(".question").count(), 0);
  assert.equal(await page.locator(".lines li").count(), answered.series.length);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator(".question").waitFor();
});

onPage("another column, another picture: values, product and frequency follow their selects", async ({ page, go }) => {
  const text = ["date,sku,units,returns", ...rows.map((r, i) => `${r},${i % 4}`)].join("\n");
  await give(page, "two.csv", text);
  await reached(page, "data", "ready");
  await page.getByLabel("Value column").selectOption("returns");
  await page.waitForFunction(() => document.querySelector("#value_columns")?.value === "returns");
  await page.getByLabel("Product column").selectOption("");
  await page.waitForFunction(() => document.querySelectorAll(".lines li").length === 1);
  const r = await parse(text, { value_columns: ["returns"], group_by: [] });
  await page.getByLabel("Frequency").selectOption("W");
  const weekly = await dyo.series.prepare({ series: { dates: r.series[0].dates, values: r.series[0].values, frequency: r.series[0].frequency }, frequency: "W", aggregate: "sum", partial: "drop" });
  await go("forecast");
  const shown = await property(page, "dyo-forecast-chart", "series");
  assert.deepEqual(Object.values(shown.times).map((t) => new Date(t).toISOString().slice(0, 10)), weekly.series.dates);
  assert.equal(shown.frequency, "W");
});

onPage("series, forecast, plan and every download agree with the package", async ({ page, go }) => {
  await give(page, "sales.csv", LONG);
  await reached(page, "data", "ready");
  await page.getByRole("button", { name: "Forecast NUT-M8" }).click();
  await reached(page, "forecast", "ready");
  const { series } = await parse(LONG);
  const nut = series.find((s) => s.name === "NUT-M8");
  const history = (s) => ({ dates: s.dates, values: s.values, frequency: s.frequency });
  const f = await dyo.forecast.create({ series: history(nut), model_type: "auto", forecast_horizon: 30, confidence_level: [0.8, 0.95], non_negative: true });
  await page.waitForFunction((want) => document.querySelector("dyo-forecast-chart")?.forecast?.accuracy_metrics?.mae === want, f.accuracy_metrics.mae);
  const shown = await property(page, "dyo-forecast-chart", "forecast");
  assert.deepEqual(shown.predictions, f.predictions);
  assert.deepEqual(shown.confidence_intervals, f.confidence_intervals);
  assert.equal(await page.locator("table.bars tbody tr").count(), f.selection.candidates.length);
  const taken = await page.locator("table.bars tr", { has: page.locator(".badge") }).evaluateAll((rows) => rows.map((r) => r.dataset.model));
  assert.deepEqual(taken.sort(), f.selection.candidates.filter((c) => c.weight > 0).map((c) => c.model_type).sort());

  const chart = page.locator("dyo-forecast-chart").first();
  await chart.evaluate((el) => el.addEventListener("dyo-point", (e) => (globalThis.point = e.detail)));
  await chart.locator("svg[role=img]").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => globalThis.point?.forecast);
  const point = await page.evaluate(() => globalThis.point);
  assert.deepEqual([point.date, point.value], [f.dates[1], f.predictions[1]]);
  assert.deepEqual(point.bands.map((b) => b.level), [0.95, 0.8]);
  assert.match(await chart.locator(".reading").innerText(), /expected, .* to .* in 95% of cases/);

  const csv = await download(page, () => chart.getByRole("button", { name: /^Download CSV/ }).click());
  const [head, ...list] = parseCsv(csv.text);
  assert.deepEqual(head, ["date", "value", "forecast", "lower_80", "upper_80", "lower_95", "upper_95"]);
  assert.equal(list.length, DAYS + 30);
  assert.deepEqual(list.slice(0, DAYS).map((r) => [r[0], Number(r[1])]), nut.dates.map((d, i) => [d, nut.values[i]]));
  list.slice(DAYS).forEach((r, i) => {
    assert.equal(r[0], f.dates[i]);
    assert.deepEqual([2, 3, 4, 5, 6].map((k) => Number(r[k])), [f.predictions[i], ...f.confidence_intervals.flatMap((b) => [b.lower[i], b.upper[i]])]);
  });
  const svg = await download(page, () => chart.getByRole("button", { name: /^Download SVG/ }).click());
  const size = /width="(\d+)" height="(\d+)"/.exec(svg.text).slice(1).map(Number);
  assert.match(svg.text, /<title>NUT-M8: history and the next 30 days<\/title>/);
  const [png] = await Promise.all([page.waitForEvent("download"), chart.getByRole("button", { name: /^Download PNG/ }).click()]);
  const chunks = [];
  for await (const c of await png.createReadStream()) chunks.push(c);
  const bytes = Buffer.concat(chunks);
  assert.equal(bytes.toString("latin1", 1, 4), "PNG");
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], size.map((v) => 2 * v), "twice the size");

  await go("stock");
  const facts = { on_hand: 0, on_order: 0, unit_cost: 10, order_cost: 25, holding_cost_rate: 0.25, lead_time_days: 7 };
  const plan = await dyo.inventory.plan({ service_level: 0.95, items: series.map((s) => ({ sku: s.name, ...facts, model_type: "theta", history: history(s) })) });
  const cards = page.locator(".stock-cards li");
  await cards.nth(2).waitFor();
  for (const r of plan.recommendations) {
    const said = await page.locator(`.stock-cards li[data-sku="${r.sku}"]`).innerText();
    assert.match(said, /ORDER NOW/);
    assert.ok(said.includes(`Order ${r.order_quantity} of ${r.sku} now.`), said);
    assert.match(said, /Assumed: unit cost 10, lead time 7, on hand 0\./);
  }
  await page.getByRole("button", { name: "Show NUT-M8" }).click();
  await page.locator("fieldset", { hasText: "On hand" }).getByLabel("Exact value").fill("5000");
  await page.waitForFunction(() => document.querySelector('.stock-cards li[data-sku="NUT-M8"]')?.dataset.action === "REDUCE_STOCK");
  const stock = await download(page, () => page.getByRole("button", { name: "Download CSV", exact: true }).click());
  const [names, ...lines] = parseCsv(stock.text);
  const column = (r, name) => r[names.indexOf(name)];
  assert.equal(lines.length, 3);
  const bolt = lines.find((r) => r[0] === "BOLT-M8");
  const want = plan.recommendations.find((r) => r.sku === "BOLT-M8");
  assert.deepEqual(["order_quantity", "reorder_point", "safety_stock", "eoq"].map((n) => Number(column(bolt, n))), [want.order_quantity, want.reorder_point, want.safety_stock, want.eoq]);
  assert.equal(column(lines.find((r) => r[0] === "NUT-M8"), "action"), "REDUCE_STOCK");

  await go("plan");
  await page.locator("dyo-plan-bars").waitFor();
  await page.reload();
  await reached(page, "plan", "ready");
  await go("forecast");
  assert.equal(await page.getByLabel("Series", { exact: true }).inputValue(), "NUT-M8", "a reload brings back file and choice");
});

onPage("a closer look, two models side by side, classes, and orders for a calendar", async ({ page, go }) => {
  await openSample(page);
  await go("forecast");
  const chart = page.locator("dyo-forecast-chart").first();
  const span = () => chart.evaluate((el) => [...el.shadowRoot.querySelectorAll("text[data-x]")].map((t) => Number(t.dataset.x)));
  const picture = chart.locator("svg[role=img]");
  const wide = await span();
  await chart.getByRole("button", { name: "Zoom in" }).click();
  const near = await span();
  assert.ok(near.at(-1) - near[0] < 0.7 * (wide.at(-1) - wide[0]), `${near} within ${wide}`);
  await picture.focus();
  await page.keyboard.press("-");
  await page.keyboard.press("0");
  assert.deepEqual(await span(), wide);

  await page.getByLabel("Compare with").selectOption("naive");
  const beside = page.locator("section", { has: page.locator("#besides") });
  await beside.locator("[data-model=naive]").waitFor();
  const rival = await beside.locator("[data-model=naive] dyo-forecast-chart").evaluate((el) => [...el.forecast.predictions]);
  assert.equal(new Set(rival).size, 1, "the last value again");
  assert.match(await beside.innerText(), /Tested on the past: forecasts were off by/);

  await go("stock");
  await page.getByText("Classes: value and steadiness").click();
  const counts = await page.locator(".classes td strong").allInnerTexts();
  assert.equal(counts.reduce((n, c) => n + Number(c), 0), 24);
  const ics = (await download(page, () => page.getByRole("button", { name: "Download orders for calendars" }).click())).text;
  const days = [...ics.matchAll(/DTSTART;VALUE=DATE:(\d{8})\r\nDTEND;VALUE=DATE:(\d{8})/g)].map(([, a, b]) => [a, b].map((d) => Date.parse(d.replace(/(....)(..)(..)/, "$1-$2-$3"))));
  assert.ok(days.length > 5 && days.every(([a, b]) => b - a === 86_400_000), ics.slice(0, 400));
  assert.match(ics, /SUMMARY:Order [\d\\,]+ of [A-Z-]+/);
  assert.equal(new Set(ics.match(/UID:.*/g)).size, days.length);
});

onPage("a product list dropped on a history fills in stock and costs", async ({ page }) => {
  await give(page, "sales.csv", LONG);
  await reached(page, "data", "ready");
  await page.evaluate(() => (location.hash = "#/"));
  await reached(page, "", "ready");
  await give(page, "stock.csv", "sku;on hand;unit cost;lead time days\nBOLT-M8;900;4,20;3\nNUT-M8;12;1,10;5\nOTHER;1;1,50;1\n");
  await reached(page, "stock", "ready");
  await page.locator('.stock-cards li[data-sku="BOLT-M8"]').waitFor();
  assert.match(await page.locator('.stock-cards li[data-sku="BOLT-M8"]').innerText(), /900 on hand/);
  assert.doesNotMatch(await page.locator('.stock-cards li[data-sku="BOLT-M8"]').innerText(), /Assumed/);
  assert.match(await page.locator('.stock-cards li[data-sku="TAPE-5M"]').innerText(), /Assumed/);
});

onPage("the sample is a file like any other: two rows set aside, orders due, dates ahead", async ({ page, go }) => {
  await openSample(page);
  assert.match(await sentence(page), /^21,601 rows, 24 series, daily, .* 2 rows set aside\.$/);
  await go("stock");
  await page.locator(".stock-cards li").nth(23).waitFor();
  const words = await page.locator(".stock-cards .badge").allInnerTexts();
  for (const word of ["ORDER NOW", "FINE", "REDUCE"]) assert.ok(words.includes(word), word);
});

test("while models are compared the first picture stands; Cancel is answered at once and keeps it", async () => {
  const { page, context } = await open(browser, "about:blank");
  try {
    const slow = `addEventListener("message", ({ data }) => {
      if (data.op !== "forecast.create" || data.input.model_type !== "auto") return;
      for (const end = Date.now() + 4000; Date.now() < end; );
    });`;
    await context.route("**/engine.worker-*.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: slow + (await response.text()) });
    });
    await page.goto(web.address);
    await give(page, "sales.csv", LONG);
    await reached(page, "data", "ready");
    await page.getByRole("button", { name: "Forecast BOLT-M8" }).click();
    await reached(page, "forecast", "working");
    await page.waitForFunction(() => document.querySelector("dyo-forecast-chart")?.forecast?.model_type === "theta");
    const waited = await page.evaluate(async () => {
      const main = document.querySelector("main");
      const start = performance.now();
      main.querySelector(".working button").click();
      while (main.dataset.state === "working") await new Promise((r) => setTimeout(r));
      return performance.now() - start;
    });
    console.log(`# cancelled after ${waited.toFixed(0)} ms`);
    assert.ok(waited < hangs, `${waited} ms`);
    assert.match(await page.getByRole("alert").innerText(), /Cancelled\. The last answer is still shown\./);
    assert.equal((await property(page, "dyo-forecast-chart", "forecast")).model_type, "theta");
  } finally {
    await context.unrouteAll({ behavior: "ignoreErrors" }); // a worker may be on its way still
    await context.close();
  }
});

onPage("a long history's line is made in the worker, shows its one high value at the right place, and leaves whole as CSV", async ({ page }) => {
  const n = 100_000;
  const at = 54_321;
  const value = (i) => (i === at ? 900 : 100 + (i % 24));
  const hour = (i) => new Date(Date.UTC(2010, 0, 1) + i * 36e5).toISOString().slice(0, 16).replace("T", " ");
  await give(page, "hours.csv", ["time,quantity", ...Array.from({ length: n }, (_, i) => `${hour(i)},${value(i)}`)].join("\n"));
  await reached(page, "data", "ready");
  await page.evaluate(() => (location.hash = "#/forecast"));
  await page.getByLabel("Model", { exact: true }).selectOption("naive");
  await page.locator("input[name=range][value=all]").dispatchEvent("click");
  const line = () => page.locator("dyo-forecast-chart").first().evaluate((el) => el.renderRoot.querySelector("[data-line=history]")?.getAttribute("d") ?? "");
  await page.waitForFunction(() => document.querySelector("dyo-forecast-chart")?.renderRoot.querySelector("[data-line=history]")?.getAttribute("d").length > 10_000);
  const points = [...(await line()).matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
  assert.ok(points.length < 6000, `${points.length} points`);
  const [top, second] = points.map((p) => p[1]).sort((a, b) => a - b);
  assert.ok(second - top > 100, `one value stands out: ${top}, ${second}`);
  const [left, right] = [points[0][0], points.at(-1)[0]];
  const where = points.find((p) => p[1] === top)[0];
  assert.ok(Math.abs((where - left) / (right - left) - at / (n - 1)) < 0.003, `at its time: ${where} of ${left} to ${right}`);
  const { text } = await download(page, () => page.locator("dyo-forecast-chart").first().getByRole("button", { name: /CSV/ }).click());
  const rows = parseCsv(text);
  assert.ok(rows.length > n && Number(rows[at + 1][1]) === 900 && rows[at + 1][0].startsWith("2016-03-13"), rows[at + 1].join());
});

onPage("100,000 points are drawn as least and greatest of each column, and no peak is lost", async ({ page }) => {
  await reached(page, "", "empty");
  const drawn = await page.evaluate(async () => {
    location.hash = "#/forecast";
    await customElements.whenDefined("dyo-forecast-chart");
    const n = 100_000;
    const values = Float64Array.from({ length: n }, (_, i) => Math.sin(i / 500) + ((i * 7919) % 100) / 400);
    values[54_321] = 9;
    values[54_400] = -7;
    const dates = Array.from({ length: n }, (_, i) => new Date(Date.UTC(2010, 0, 1) + i * 36e5).toISOString().slice(0, 19));
    const chart = document.createElement("dyo-forecast-chart");
    chart.height = 300;
    document.querySelector("main").append(chart);
    await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))); // it knows its width
    const start = performance.now();
    chart.series = { dates, values, frequency: "H" };
    await chart.updateComplete;
    const first = performance.now() - start;
    const again = performance.now();
    chart.seen = 0;
    chart.requestUpdate();
    await chart.updateComplete;
    const d = chart.renderRoot.querySelector("[data-line=history]").getAttribute("d");
    const ys = [...d.matchAll(/[ML][\d.-]+ ([\d.-]+)/g)].map((m) => Number(m[1]));
    return { first, second: performance.now() - again, points: ys.length, top: Math.min(...ys), low: Math.max(...ys), height: 300 };
  });
  console.log(`# 100,000 points drawn in ${drawn.first.toFixed(0)} ms, again in ${drawn.second.toFixed(0)} ms, as ${drawn.points} points`);
  assert.ok(drawn.points < 6000, `${drawn.points} points`);
  // the axis goes from -10 to 10: the peaks at 9 and -7 stand apart from the rest, which stays within -1 and 1.3
  assert.ok(drawn.top < 50 && drawn.low > 220, `both peaks are there: ${drawn.top}, ${drawn.low}`);
  assert.ok(drawn.first < hangs);
});
