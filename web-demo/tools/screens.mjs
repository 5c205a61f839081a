// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of every screen, wide and narrow, light and dark: node tools/screens.mjs folder.
// Without a folder: the few that the documentation shows, into docs/screens.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, open, openRoster, openSample, openTasks, serve } from "../test/browser.mjs";

const SHOWN = ["data-1280x800-light", "forecast-1280x800-light", "stock-1280x800-dark", "plan-1280x800-light", "staff-1280x800-light"];
const folder = process.argv[2] ?? fileURLToPath(new URL("../../docs/screens/", import.meta.url));
const SIZES = { "1280x800": { width: 1280, height: 800 }, "390x844": { width: 390, height: 844 } };
mkdirSync(folder, { recursive: true });
const [web, browser] = await Promise.all([serve(), launch()]);
for (const colorScheme of ["light", "dark"])
  for (const [size, viewport] of Object.entries(SIZES)) {
    const { page, context, go } = await open(browser, web.address, { viewport, colorScheme });
    const shoot = async (word) => {
      const name = `${word}-${size}-${colorScheme}`;
      if (!process.argv[2] && !SHOWN.includes(name)) return;
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    };
    await page.locator("dyo-eoq-curve svg").waitFor();
    await shoot("start");
    await openSample(page);
    for (const word of ["data", "forecast", "stock", "plan", "tradeoffs", "connections", "about"]) {
      await go(word);
      await shoot(word);
    }
    await openRoster(page, { whole: true });
    await shoot("staff");
    await openTasks(page);
    await shoot("tasks");
    await context.close();
  }
await browser.close();
await web.stop();
