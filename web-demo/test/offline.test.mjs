// SPDX-License-Identifier: GPL-3.0-or-later
// The page without its server: it opens and works after one visit. A new version waits until it is wanted, and no tab ever gets parts of two.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { server } from "../serve.mjs";
import { launch, open, openSample, reached } from "./browser.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
let browser;
const folders = [];
before(async () => (browser = await launch()));
after(async () => {
  await browser?.close();
  for (const f of folders) rmSync(f, { recursive: true });
});

/** A server of a folder, on a port of its own or the one given. */
async function host(folder, port = 0) {
  const web = server(folder);
  web.listen(port, "127.0.0.1");
  await once(web, "listening");
  const stop = () => new Promise((done) => web.close(done).closeAllConnections());
  return { port: web.address().port, address: `http://127.0.0.1:${web.address().port}/`, stop };
}

/** A later build: every asset has another name, and one sentence is another. */
function later() {
  const folder = mkdtempSync(join(tmpdir(), "dyocense-page-"));
  folders.push(folder);
  mkdirSync(join(folder, "assets"));
  const names = readdirSync(join(dist, "assets"));
  const renamed = (name) => name.replace(/-([\w-]{8})\./, (_, hash) => `-${[...hash].reverse().join("")}.`);
  const text = (file) => names.reduce((t, n) => t.replaceAll(n, renamed(n)), readFileSync(join(dist, file), "utf8")).replaceAll("Can I trust it?", "Can I trust version two?");
  for (const file of ["index.html", "sw.js", ...names.map((n) => `assets/${n}`)])
    writeFileSync(join(folder, file.startsWith("assets/") ? `assets/${renamed(file.slice(7))}` : file), file.endsWith(".wasm") ? readFileSync(join(dist, file)) : text(file));
  writeFileSync(join(folder, "sw.js"), readFileSync(join(folder, "sw.js"), "utf8").replace(/dyocense-page-`\+"?\w/, (m) => `${m}2`));
  return folder;
}

const controlled = (page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

test("after one visit the page opens and forecasts with its server stopped", async () => {
  const web = await host(dist);
  const { page, context, heard } = await open(browser, web.address, { kept: true });
  await controlled(page);
  await openSample(page);
  await page.waitForFunction(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("dyocense", { create: true });
    for await (const [name] of folder) if (name === "project.json") return true; // kept a moment after it was opened
    return false;
  });
  await web.stop();
  await page.reload();
  await reached(page, "data", "ready");
  await page.getByRole("link", { name: "Forecast", exact: true }).click();
  await reached(page, "forecast", "ready");
  await page.getByRole("link", { name: "About", exact: true }).click();
  await page.getByText("opens without a network").waitFor();
  await page.getByRole("button", { name: "Check for an update" }).click();
  await page.getByText("This is the newest version.").waitFor();
  assert.deepEqual(heard.filter((line) => !/sw\.js|ERR_CONNECTION_REFUSED|fetching the script/.test(line)), []);
  await context.close();
});

test("a new version waits, is told and taken when wanted; other tabs stay whole", async () => {
  const first = await host(dist);
  const { page, context, heard } = await open(browser, first.address, { kept: true });
  await controlled(page);
  const other = await context.newPage();
  await other.goto(first.address);
  await controlled(other);
  assert.equal(await page.getByText("New version ready.").count(), 0);
  await first.stop();
  const second = await host(later(), first.port);

  const go = (tab, name) => tab.getByRole("link", { name, exact: true }).click();
  await go(page, "About");
  await page.getByRole("heading", { name: "Can I trust it?" }).waitFor();
  await page.getByRole("button", { name: "Check for an update" }).click();
  await page.locator(".fresh").getByText("New version ready.").waitFor();
  await go(page, "Tasks"); // a screen that this tab has not loaded, and that the server no longer has
  await reached(page, "tasks", "empty");
  await page.getByRole("button", { name: "Reload" }).click();
  await go(page, "About");
  await page.getByRole("heading", { name: "Can I trust version two?" }).waitFor();
  assert.equal(await page.locator(".fresh").count(), 0);

  await other.locator(".fresh").getByText("New version ready.").waitFor();
  await go(other, "Staff");
  await reached(other, "staff", "empty");
  await other.getByRole("button", { name: "Reload" }).click();
  await go(other, "About");
  await other.getByRole("heading", { name: "Can I trust version two?" }).waitFor();
  assert.deepEqual(heard, []);
  await second.stop();
  await context.close();
});
