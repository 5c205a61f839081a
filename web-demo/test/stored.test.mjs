// SPDX-License-Identifier: GPL-3.0-or-later
// The page with a daemon behind it: a file sent, its series seen, a forecast kept, and held against what arrives later.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { dailyCsv, startDaemon } from "../../tests/daemon/lib/daemon.mjs";
import { axeSays, give, launch, open, property, reached } from "./browser.mjs";

let daemon, browser;
before(async () => {
  [daemon, browser] = await Promise.all([startDaemon({ flags: { pages: fileURLToPath(new URL("../dist", import.meta.url)) } }), launch()]);
});
after(async () => {
  await browser?.close();
  await daemon?.stop();
});

/** Weekdays of a shop, and a little of everything else. */
const value = (t, k) => [40, 44, 47, 52, 71, 93, 60][t % 7] + ((t * 37) % 11) / 2 + 10 * k;
const dates = async (page, what) => (await property(page, "dyo-forecast-chart", what))?.dates ?? [];

test("a file, its series, a kept forecast and what came of it", async () => {
  const it = await open(browser, `http://127.0.0.1:${daemon.port}/`, { bypassCSP: true });
  const { page, go } = it;
  const row = (n) => page.locator("table.list tbody tr").nth(n);
  try {
    await go("connections");
    await page.getByLabel("Token").fill(daemon.token);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Nothing is stored yet").waitFor();

    const keys = ["A", "B"];
    const early = dailyCsv(200, { dimension: "sku", keys, value });
    await give(page, "sales.csv", early);
    await page.getByText("400 rows are stored in 2 series; 0 were set aside.").waitFor();
    await page.locator("#stored-series").selectOption({ label: "B" });
    assert.equal((await dates(page, "series")).length, 200);

    // with the last days left out, so that there is something to compare with at once
    await page.locator("#back").check();
    await page.getByRole("button", { name: "Forecast and keep it" }).click();
    await row(0).getByText("not compared yet").waitFor();
    assert.deepEqual([(await dates(page, "series")).length, (await dates(page, "forecast")).length, (await dates(page, "came")).length], [170, 30, 30]);
    await row(0).getByRole("button", { name: "Compare" }).click();
    await row(0).getByText(/30 of 30 values came: mean error [\d.]+, \d+/).waitFor();

    // from the last day on: there is nothing to compare with, until it comes
    await page.locator("#back").uncheck();
    await page.getByRole("button", { name: "Forecast and keep it" }).click();
    await row(1).waitFor();
    await row(0).getByRole("button", { name: "Compare" }).click();
    await page.getByRole("alert").getByText("nothing has come yet").waitFor();
    const later = dailyCsv(210, { dimension: "sku", keys, value });
    await give(page, "later.csv", later);
    await page.getByText("420 rows are stored").waitFor();
    await row(0).getByRole("button", { name: "Compare" }).click();
    await row(0).getByText(/10 of 30 values came/).waitFor();
    await reached(page, "connections", "ready");
    assert.equal((await dates(page, "came")).length, 10);
    if (process.env.DYO_PICTURE) await page.screenshot({ path: process.env.DYO_PICTURE, fullPage: true });

    // a rule looks at what is stored at once; it goes after a question
    await page.getByRole("button", { name: "Add a rule" }).click();
    await page.getByRole("textbox", { name: "Below" }).fill("1000");
    await page.getByRole("button", { name: "Save the rule" }).click();
    await page.getByRole("cell", { name: "sales below 1,000" }).waitFor();
    await page.getByRole("cell", { name: /, below 1,000$/ }).first().waitFor();
    assert.deepEqual(await axeSays(page), [], "series, forecasts and alerts");
    await page.locator("screen-alerts").getByRole("button", { name: /^Delete / }).click();
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.getByText("No rule yet.").waitFor();

    await page.reload();
    await reached(page, "connections", "ready");
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByLabel("Token").fill(`dyo_${"x".repeat(43)}`);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByRole("alert").getByText("This token is not known here").waitFor();
    assert.ok(it.heard.every((line) => /status of 4(01|22)/.test(line)), `the browser notes only the two refusals: ${it.heard}`);
    assert.deepEqual(it.foreign(), [], "no request to another host");
  } finally {
    await it.context.close();
  }
});
