// SPDX-License-Identifier: GPL-3.0-or-later
// For everyone: axe, narrow screens, dark, keyboard, print, reduced motion, other languages; and a picture of each screen that is not blank.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeSays, launch, open, openList, openRoster, openSample, openTasks, reached, serve } from "./browser.mjs";

const SCREENS = ["", "data", "forecast", "stock", "plan", "tradeoffs", "staff", "tasks", "connections", "about"];
/** 1280 px at 400 % leaves the second. */
const NARROW = { "320 px wide": { width: 320, height: 640 }, "1280 px at 400 %": { width: 320, height: 200 } };
const PRINTED = ["data", "forecast", "stock", "plan", "tradeoffs", "staff", "tasks"];

let web, browser;
before(async () => {
  [web, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await web?.stop();
});

async function withPage(options, body) {
  const it = await open(browser, web.address, options);
  try {
    await body(it);
    assert.deepEqual(it.heard, [], "nothing in the console");
    assert.deepEqual(it.foreign(), [], "no request to another host");
  } finally {
    await it.context.close();
  }
}

/** Nothing serious in light, and no colours in dark that cannot be read: dark and light differ in these alone. */
async function accessible(page, what) {
  assert.deepEqual(await axeSays(page), [], what);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await axeSays(page, { colours: true }), [], `${what}, dark`);
  await page.emulateMedia({ colorScheme: "light" });
}

async function narrow(page, word) {
  const wide = page.viewportSize();
  for (const [name, size] of Object.entries(NARROW)) {
    await page.setViewportSize(size);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))); // pictures follow their width
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, `${word}, ${name}: ${over} px too wide`);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, a, input, select")]
        .map((el) => [el.outerHTML.slice(0, 60), (el.closest("label") ?? el).getBoundingClientRect()])
        .filter(([html, r]) => r.width > 0 && !html.includes("skip") && r.height < 23.5)
        .map(([html, r]) => `${Math.round(r.height)} px: ${html}`),
    );
    assert.deepEqual(small, [], `${word}, ${name}: targets are 24 px high`);
  }
  await page.setViewportSize(wide);
}

async function printed(page, word) {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.locator("button:visible:not(.link, .line)").count(), 0, `${word}: no buttons`);
  assert.equal(await page.locator(".settings:visible, nav:visible").count(), 0, `${word}: no settings`);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
}

test("every screen and state: axe, one heading and a title, a picture that is not blank, 320 px, 400 %, print", async (t) => {
  await withPage({ bypassCSP: true }, async ({ page, go }) => {
    await reached(page, "", "empty");
    await accessible(page, "start, empty");
    for (const word of ["data", "forecast", "stock", "plan", "tradeoffs", "staff", "tasks"]) {
      await go(word, "empty");
      await accessible(page, `${word}, empty`);
    }
    await go("", "empty");
    await openSample(page);
    await openRoster(page);
    await openTasks(page);
    for (const word of SCREENS)
      await t.test(word || "start", async () => {
        await go(word);
        const shot = await page.screenshot();
        assert.ok(shot.length > 20_000, `${word}: ${shot.length} bytes`);
        assert.equal(await page.locator("h1").count(), 1, word);
        assert.match(await page.title(), word ? /· Dyocense$/ : /^Dyocense$/);
        for (const svg of await page.locator("svg[role=img]").all()) assert.ok((await svg.getAttribute("aria-label")).length > 20);
        if (PRINTED.includes(word)) await printed(page, word);
        for (const details of await page.locator("main summary").all()) await details.click();
        await accessible(page, word);
        await narrow(page, word);
      });
    await go("stock");
    await page.locator("fieldset", { hasText: "Order cost" }).getByLabel("Exact value").fill("x");
    await reached(page, "stock", "error");
    await accessible(page, "stock, error");
  });
});

test("dark and light follow the system, and both are readable", async () => {
  const seen = {};
  for (const colorScheme of ["light", "dark"])
    await withPage({ colorScheme }, async ({ page }) => {
      seen[colorScheme] = await page.evaluate(() => [
        getComputedStyle(document.documentElement).backgroundColor,
        getComputedStyle(document.body).color,
      ]);
    });
  const light = (rgb) =>
    rgb
      .match(/\d+/g)
      .slice(0, 3)
      .reduce((t, v) => t + Number(v), 0) / 3;
  assert.ok(light(seen.light[0]) > 230 && light(seen.light[1]) < 60, String(seen.light));
  assert.ok(light(seen.dark[0]) < 50 && light(seen.dark[1]) > 200, String(seen.dark));
});

test("the way from a file to a plan and its download goes by keyboard alone", () =>
  withPage({}, async ({ page }) => {
    await reached(page, "", "empty");
    const focused = () =>
      page.evaluate(() => {
        let el = document.activeElement;
        while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
        return (el?.getAttribute("aria-label") ?? el?.textContent ?? "").trim();
      });
    const tabTo = async (text) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press("Tab");
        if ((await focused()) === text) return;
      }
      assert.fail(`Tab never reaches ${text}`);
    };
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to the content");
    const chooser = page.waitForEvent("filechooser");
    await tabTo("Open a file");
    await page.keyboard.press("Enter");
    await (await chooser).setFiles({ name: "sales.csv", mimeType: "text/csv", buffer: Buffer.from(csv(120)) });
    await reached(page, "data", "ready");
    await page.locator("nav a").first().focus();
    await tabTo("Stock");
    await page.keyboard.press("Enter");
    await reached(page, "stock", "ready");
    await tabTo("Order cost");
    const before = await page.evaluate(() => document.querySelector("dyo-eoq-curve").result.eoq);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((was) => document.querySelector("dyo-eoq-curve").result.eoq > was, before);
    await page.evaluate(() => document.activeElement.blur());
    await page.locator("nav a").first().focus();
    await tabTo("Plan");
    await page.keyboard.press("Enter");
    await reached(page, "plan", "ready");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main", "after a change of screen the focus is on its content");
    await tabTo("Download CSV");
    const saved = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    assert.match((await saved).suggestedFilename(), /^plan-.*\.csv$/);
  }));

test("with reduced motion nothing moves by itself", () =>
  withPage({ reducedMotion: "reduce" }, async ({ page }) => {
    await openList(page);
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter(
          (el) =>
            getComputedStyle(el)
              .transitionDuration.split(",")
              .some((d) => parseFloat(d) > 0) && getComputedStyle(el).transitionProperty !== "none",
        ).length,
    );
    assert.equal(moving, 0);
  }));

/** Two years of days, with the days on which clocks change and the last of a year among them. */
const day = (i) => new Date(Date.UTC(2024, 11, 1) + i * 86_400_000).toISOString().slice(0, 10);
const csv = (days) => ["date,quantity", ...Array.from({ length: days }, (_, i) => `${day(i)},${20 + (i % 7) * 3}`)].join("\n");

// Zones a whole day apart, one with half an hour, one whose clocks change at midnight.
for (const [locale, timezoneId, decimal, direction] of [
  ["de-DE", "Pacific/Kiritimati", ",", "ltr"],
  ["ar-EG", "Africa/Cairo", ".", "rtl"],
  ["ja-JP", "Pacific/Pago_Pago", ".", "ltr"],
  ["en-CA", "America/St_Johns", ".", "ltr"],
])
  test(`${locale} in ${timezoneId}: no date moves, figures are written its way and typed back`, () =>
    withPage({ locale, timezoneId }, async ({ page, go }) => {
      if (direction === "rtl") await page.evaluate(() => (document.documentElement.dir = "rtl"));
      await page.locator("input[type=file]").setInputFiles({ name: "sales.csv", mimeType: "text/csv", buffer: Buffer.from(csv(400)) });
      await reached(page, "data", "ready");
      const said = await page.locator(".sentence").innerText();
      const write = (iso) => new Intl.DateTimeFormat(`${locale}-u-nu-latn`, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(Date.parse(iso));
      assert.ok(said.includes(write(day(0))) && said.includes(write(day(399))), said);
      await go("forecast");
      const drawn = await page.evaluate(() => {
        const chart = document.querySelector("dyo-forecast-chart");
        const end = [chart.series.times.at(-1), chart.forecast.dates[0], chart.forecast.dates.at(-1)];
        chart.shadowRoot.querySelector("svg[role=img]").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
        return end;
      });
      assert.deepEqual(drawn, [Date.parse(day(399)), day(400), day(429)]);
      const reading = page.locator("dyo-forecast-chart .reading").first();
      await page.waitForFunction(() => /\d/.test(document.querySelector("dyo-forecast-chart").shadowRoot.querySelector(".reading").textContent));
      const first = new Intl.DateTimeFormat(`${locale}-u-nu-latn`, { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(Date.parse(day(400)));
      assert.ok((await reading.innerText()).includes(first), `${await reading.innerText()} says ${first}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
      await go("stock");
      const cost = page.getByRole("group", { name: /^Unit cost/ }).getByLabel("Exact value");
      await cost.fill(`4${decimal}6`);
      await cost.blur();
      await reached(page, "stock", "ready");
      assert.equal(await cost.inputValue(), `4${decimal}6`);
      assert.equal(await page.evaluate(() => document.querySelector("dyo-eoq-curve").input.unit_cost), 4.6);
    }));

test("offline is said, and everything still works", () =>
  withPage({}, async ({ page, context, go }) => {
    await openList(page);
    for (const word of ["plan", "tradeoffs", "about"]) await go(word);
    await context.setOffline(true);
    await page.getByText("Offline: everything still works").first().waitFor();
    await page.evaluate(() => (location.hash = "#/stock"));
    await reached(page, "stock", "ready");
    const before = await page.evaluate(() => document.querySelector("dyo-eoq-curve").result.eoq);
    await page.getByRole("slider", { name: "Order cost", exact: true }).fill("40");
    await page.waitForFunction((was) => document.querySelector("dyo-eoq-curve").result.eoq !== was, before);
  }));
