// SPDX-License-Identifier: GPL-3.0-or-later
// What the browser keeps: in its private file system, in IndexedDB where that cannot be written, and what is said when there is no room.
import assert from "node:assert/strict";
import { download, keptIn, openTasks, reached } from "./browser.mjs";
import { onPage } from "./fixture.mjs";

const day = (i) => new Date(Date.UTC(2025, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
const csv = ["date,quantity", ...Array.from({ length: 60 }, (_, i) => `${day(i)},${20 + (i % 7)}`)].join("\n");
const openCsv = async (page) => {
  await page.locator("input[type=file]").setInputFiles({ name: "söld.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await reached(page, "data", "ready");
};
/** The folder holds these files and no other, once what is under way is written. */
const holds = (page, ...names) =>
  page.waitForFunction(async (expected) => {
    const found = [];
    for await (const [name] of await (await navigator.storage.getDirectory()).getDirectoryHandle("dyocense", { create: true })) found.push(name);
    return found.sort().join() === expected;
  }, names.join());

onPage("a reload brings back project, file and tasks from the private file system; deleting leaves nothing", async ({ page, go }) => {
  await openCsv(page);
  await page.getByLabel("Frequency").selectOption("W");
  await openTasks(page);
  await page.reload(); // at once: what was not written yet is noted
  await reached(page, "tasks", "ready");
  await go("data");
  assert.equal(await page.getByLabel("Frequency").inputValue(), "W");
  assert.match(await page.locator(".answer").innerText(), /söld\.csv\s+60 rows/);
  assert.equal((await keptIn(page, "project")).history.file, "söld.csv");
  await page.waitForFunction(() => localStorage.length === 0);
  await holds(page, "history", "project.json", "tasks.json");
  await go("about");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("Nothing is stored in this browser now").waitFor();
  await holds(page);
});

onPage("earlier projects are kept beside the present one, come back with their file, and are deleted with the rest", async ({ page, go }) => {
  await openCsv(page);
  await page.getByLabel("Frequency").selectOption("W");
  await page.evaluate(() => (location.hash = "#/"));
  await page.locator("input[type=file]").setInputFiles({ name: "second.csv", mimeType: "text/csv", buffer: Buffer.from(csv.replaceAll("2025", "2024")) });
  await reached(page, "data", "ready");
  await page.reload();
  await reached(page, "data", "ready");
  await go("", "ready");
  const names = page.locator(".earlier .link");
  assert.deepEqual(await names.allInnerTexts(), ["söld.csv"]);
  await names.first().click();
  await reached(page, "data", "ready");
  await page.getByText("söld.csv").waitFor();
  assert.equal(await page.getByLabel("Frequency").inputValue(), "W");
  await go("", "ready");
  assert.deepEqual(await names.allInnerTexts(), ["second.csv"]);
  await go("about");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("Nothing is stored in this browser now").waitFor();
  await holds(page);
});

onPage(
  "without a file system that can be written, IndexedDB keeps the same",
  async ({ page }) => {
    await openCsv(page);
    await page.waitForFunction(() => new Promise((done) => (indexedDB.open("dyocense").onsuccess = (e) => {
      const all = e.target.result.transaction("files").objectStore("files").getAllKeys();
      all.onsuccess = () => (e.target.result.close(), done(all.result.join() === "history,project.json"));
    })));
    await page.reload();
    await reached(page, "data", "ready");
    assert.match(await page.locator(".answer").innerText(), /söld\.csv\s+60 rows/);
  },
  { script: "delete FileSystemFileHandle.prototype.createWritable" },
);

onPage(
  "no room: it is said with what is needed, the page goes on, and a copy is one click away",
  async ({ page }) => {
    await openCsv(page);
    const notice = page.locator(".notice[role=alert]");
    assert.match(await notice.innerText(), /This browser has no room to keep the project \(needs 0\.1 MB\)\. It still works until you close the tab\./);
    const copy = JSON.parse((await download(page, () => notice.getByRole("button", { name: "Download a copy" }).click())).text);
    assert.equal(Buffer.from(copy.file.base64, "base64").toString(), csv);
    await page.getByRole("link", { name: "Forecast", exact: true }).click();
    await reached(page, "forecast", "ready");
  },
  { script: 'FileSystemWritableFileStream.prototype.write = () => Promise.reject(new DOMException("full", "QuotaExceededError"))' },
);
