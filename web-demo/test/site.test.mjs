// SPDX-License-Identifier: GPL-3.0-or-later
// The documentation site in a browser, from the disk as somebody opens it: on a phone and on a wide screen, light and dark; the search by
// keyboard. And the snippets of the documents that want a page: ```js browser and ```html.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fencesOf } from "../../tests/lib/snippets.mjs";
import { built, nativePath } from "../../tests/lib/project.mjs";
import { server } from "../serve.mjs";
import { axeSays, launch, open } from "./browser.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "dyocense-site-"));
const out = join(realpathSync(dir), "site");
let browser, host;
const onDisk = `${pathToFileURL(out).href}/`;
before(async () => {
  const { build } = await import("../../docs/site/build.mjs");
  build({ out, program: built(nativePath) });
  browser = await launch();
  host = await served(out);
});
after(async () => {
  await browser?.close();
  host?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A folder by a static server: { address, stop }. */
async function served(folder) {
  const s = server(folder);
  await new Promise((done) => s.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${s.address().port}/`, stop: () => s.close() };
}

/** A page of the site, from a host or, where `address` says so, from the disk. */
async function onPage(url, { address = host.address, ...options }, body) {
  const context = await browser.newContext({ bypassCSP: true, ...options });
  const [page, heard, asked] = [await context.newPage(), [], []];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && heard.push(m.text()));
  page.on("pageerror", (e) => heard.push(String(e)));
  context.on("request", (r) => asked.push(r.url()));
  try {
    await page.goto(address + url);
    await body(page);
    assert.deepEqual(heard, [], "nothing in the console");
    assert.deepEqual(asked.filter((to) => !to.startsWith(address)), [], "no request but for files of the site");
  } finally {
    await context.close();
  }
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
const wide = { viewport: { width: 1280, height: 900 } };
const urls = ["index.html", "operations/inventory.eoq.html", "accuracy.html", "forecasting.html"];

for (const colorScheme of ["light", "dark"])
  test(`readable on a phone, ${colorScheme}: nothing wider than the screen, letters large enough, nothing that axe calls serious`, async () => {
    for (const [i, url] of urls.entries())
      await onPage(url, { ...phone, colorScheme }, async (page) => {
        const { over, small } = await page.evaluate(() => ({
          over: document.documentElement.scrollWidth - innerWidth,
          small: [...document.querySelectorAll("main p, main li, main td, main code, .menu a")].filter((e) => parseFloat(getComputedStyle(e).fontSize) < 12.9).map((e) => e.outerHTML),
        }));
        assert.deepEqual([over, small], [0, []], url);
        assert.deepEqual(await axeSays(page, { colours: colorScheme === "dark" || i > 1 }), [], url);
      });
  });

test("on a wide screen the menu stands beside the text and marks the page", () =>
  onPage("operations/inventory.eoq.html", wide, async (page) => {
    const [menu, text] = await Promise.all([page.locator(".menu").boundingBox(), page.locator("main").boundingBox()]);
    assert.ok(menu.x + menu.width <= text.x + 1 && menu.y < 100, JSON.stringify([menu, text]));
    assert.equal(await page.locator('.menu [aria-current="page"]').innerText(), "inventory.eoq");
  }));

test("from the disk, under the page's own policy: the search finds a page and goes there by keyboard", () =>
  onPage("forecasting.html", { ...phone, address: onDisk, bypassCSP: false }, async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("inventory.newsvendor");
    await page.locator("#found li").first().waitFor();
    assert.equal(await page.locator("#count").innerText(), `${await page.locator("#found li").count()} found`);
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator('#found [aria-selected="true"]').count(), 1);
    await page.keyboard.press("Enter");
    await page.waitForURL(/operations\/inventory\.newsvendor\.html$/);
    assert.equal(await page.locator("h1").innerText(), "inventory.newsvendor");
  }));

// --- snippets that want a page -----------------------------------------------------------------------------------------

/** A folder as one has it after `npm install dyocense`, with a page in it. */
function folderWith(name, html) {
  const folder = join(dir, name);
  const installed = join(folder, "node_modules/dyocense");
  mkdirSync(installed, { recursive: true });
  cpSync(join(root, "js-bindings/dist"), join(installed, "dist"), { recursive: true });
  writeFileSync(join(folder, "index.html"), html);
  return folder;
}

async function onServed(folder, body) {
  const { address, stop } = await served(folder);
  const it = await open(browser, address, { bypassCSP: true }); // the snippets stand in the page itself, as readers paste them
  try {
    await body(it.page);
    assert.deepEqual([it.heard, it.foreign()], [[], []]);
  } finally {
    await it.context.close();
    stop();
  }
}

const snippets = (file, language, word) => fencesOf(join(root, file)).filter((f) => f.language === language && (!word || f.words.includes(word)));

test("README.md: the plain page computes", async () => {
  const [snippet, ...more] = snippets("README.md", "html");
  assert.equal(more.length, 0);
  await onServed(folderWith("plain", `<!doctype html><title>t</title><link rel="icon" href="data:,"><body>${snippet.text}`), async (page) => {
    await page.waitForFunction(() => document.body.textContent.includes("707"));
  });
});

test("js-bindings/README.md: the element draws what the snippet gives it", async () => {
  const [snippet, ...more] = snippets("js-bindings/README.md", "js", "browser");
  assert.equal(more.length, 0);
  const map = { imports: { dyocense: "./node_modules/dyocense/dist/browser.js", "dyocense/elements": "./node_modules/dyocense/dist/elements.js" } };
  const before = `import { load } from "dyocense";
    const dates = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10));
    const values = dates.map((_, i) => 20 + 5 * Math.sin(i * 0.9) + (i % 7));
    const f = await (await load()).forecast.create({ series: { dates, values }, model_type: "theta", forecast_horizon: 7 });`;
  const html = `<!doctype html><title>t</title><link rel="icon" href="data:,"><script type="importmap">${JSON.stringify(map)}</script><body><script type="module">${before}\n${snippet.text}</script>`;
  await onServed(folderWith("element", html), async (page) => {
    await page.waitForFunction(() => document.querySelector("dyo-forecast-chart")?.shadowRoot?.querySelector("svg path, canvas"));
  });
});
