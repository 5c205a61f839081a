// SPDX-License-Identifier: GPL-3.0-or-later
// For everyone: axe, narrow screens, dark, keyboard, print, reduced motion, other languages; and a picture of each screen that is not blank.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, openList, openRoster, openSample, openTasks, reached, serve } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENS = ["", "data", "forecast", "stock", "plan", "tradeoffs", "staff", "tasks", "connections", "about"];

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

/** Violations that axe calls serious or critical, in one line each. Dark and light differ in colours alone: one of them is asked all. */
async function serious(page, colorScheme) {
  const only =
    colorScheme === "dark"
      ? { type: "rule", values: ["color-contrast", "link-in-text-block"] }
      : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
  await page.evaluate(axe).catch(() => page.addScriptTag({ content: axe }));
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly }), only);
  return violations
    .filter((v) => ["serious", "critical"].includes(v.impact))
    .map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => n.target.flat().join(" "))
          .slice(0, 3)
          .join(" | ")}`,
    );
}

for (const colorScheme of ["light", "dark"])
  test(`axe finds nothing serious on any screen or state, ${colorScheme}`, () =>
    withPage({ colorScheme, bypassCSP: true }, async ({ page, go }) => {
      await reached(page, "", "empty");
      assert.deepEqual(await serious(page, colorScheme), [], "start");
      await go("plan", "empty");
      assert.deepEqual(await serious(page, colorScheme), [], "plan, empty");
      await go("", "empty");
      await openSample(page);
      await openRoster(page);
    await openTasks(page);
      for (const word of SCREENS) {
        await go(word);
        for (const details of await page.locator("summary").all()) await details.click();
        assert.deepEqual(await serious(page, colorScheme), [], word);
      }
      await go("stock");
      await page.locator("fieldset", { hasText: "Order cost" }).getByLabel("Exact value").fill("x");
      await reached(page, "stock", "error");
      assert.deepEqual(await serious(page, colorScheme), [], "stock, error");
    }));

for (const [name, options] of [
  ["320 px wide", { viewport: { width: 320, height: 640 } }],
  ["1280 px at 400 %", { viewport: { width: 320, height: 200 }, deviceScaleFactor: 4 }],
])
  test(`${name}: no screen scrolls sideways`, () =>
    withPage(options, async ({ page, go }) => {
      await reached(page, "", "empty");
      await page.locator("dyo-eoq-curve svg").waitFor();
      await openSample(page);
      await openRoster(page);
    await openTasks(page);
      for (const word of SCREENS) {
        await go(word);
        await page.waitForTimeout(100);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(wide, 0, `${word} is ${wide} px too wide`);
        const small = await page.evaluate(() =>
          [...document.querySelectorAll("button, a, input, select")]
            .map((el) => [el.outerHTML.slice(0, 60), (el.closest("label") ?? el).getBoundingClientRect()])
            .filter(([html, r]) => r.width > 0 && !html.includes("skip") && r.height < 23.5)
            .map(([html, r]) => `${Math.round(r.height)} px: ${html}`),
        );
        assert.deepEqual(small, [], "targets are 24 px high");
      }
    }));

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

test("the way from the first screen to a plan goes by keyboard alone", () =>
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
    await tabTo("Try sample data");
    await page.keyboard.press("Enter");
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
  }));

test("every screen has a picture that is not blank, one heading, and a title", () =>
  withPage({}, async ({ page, go }) => {
    await openSample(page);
    await openRoster(page);
    await openTasks(page);
    for (const word of SCREENS) {
      await go(word);
      const shot = await page.screenshot();
      assert.ok(shot.length > 20_000, `${word}: ${shot.length} bytes`);
      assert.equal(await page.locator("h1").count(), 1, word);
      assert.match(await page.title(), word ? /· Dyocense$/ : /^Dyocense$/);
      for (const svg of await page.locator("svg[role=img]").all()) assert.ok((await svg.getAttribute("aria-label")).length > 20);
    }
  }));

test("printed: no buttons, no settings, black on white", () =>
  withPage({ colorScheme: "dark" }, async ({ page, go }) => {
    await openSample(page);
    await openRoster(page);
    await openTasks(page);
    await page.emulateMedia({ media: "print" });
    for (const word of ["data", "forecast", "stock", "plan", "tradeoffs", "staff", "tasks"]) {
      await go(word);
      assert.equal(await page.locator("button:visible:not(.link)").count(), 0, word);
      assert.equal(await page.locator(".settings:visible, nav:visible").count(), 0);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
    }
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

for (const [locale, decimal] of [
  ["de-DE", "4,6"],
  ["ar-EG", null],
  ["ja-JP", "4.6"],
  ["hi-IN", "4.6"],
])
  test(`in ${locale} figures are written its way and typed back`, () =>
    withPage({ locale }, async ({ page, go }) => {
      await openList(page);
      await go("plan");
      const field = page.getByLabel("Unit cost of BOLT-M8");
      const shown = await field.inputValue();
      if (decimal) assert.equal(shown, decimal);
      const before = await page.evaluate(() => document.querySelector("dyo-plan-bars").bars[0].eoq);
      await field.fill(shown);
      await page.waitForTimeout(150);
      await reached(page, "plan", "ready");
      assert.equal(await page.evaluate(() => document.querySelector("dyo-plan-bars").bars[0].eoq), before);
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
