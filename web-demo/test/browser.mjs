// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests share: the page served as a person gets it, a browser with an empty profile, and a record of what the page said and asked for.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));
const BROWSER = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The server as `npm run serve` starts it, on a free port. */
export async function serve(...args) {
  const child = spawn(process.execPath, ["serve.mjs", ...(args.length ? args : ["--port", "0"])], {
    cwd: FOLDER,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), once(child, "exit").then(() => [""])]);
  return {
    line,
    address: /http:\S+/.exec(line)?.[0] ?? "",
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}

export const launch = () => chromium.launch({ executablePath: BROWSER, headless: true, args: FLAGS });

/** A page in its own empty context; `script` runs before any of its own; with `kept` it may keep itself for use
 * without a network, which costs each page some time. `heard` gathers console errors and violations, `asked` every address requested. */
export async function open(browser, address, { script, kept = false, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Madrid",
    ...options,
  });
  if (!kept) await context.addInitScript("delete Navigator.prototype.serviceWorker");
  if (script) await context.addInitScript(script);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000 * Number(process.env.DYO_PATIENCE || 1));
  const heard = [];
  const asked = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && heard.push(m.text()));
  page.on("pageerror", (e) => heard.push(String(e)));
  context.on("request", (r) => asked.push(r.url()));
  const foreign = () => asked.filter((url) => !/^(blob:|data:)/.test(url) && !url.startsWith(address));
  const go = async (word, state = "ready") => {
    await page.goto(`${address}#/${word}`);
    await reached(page, word, state);
  };
  await page.goto(address);
  return { page, context, heard, foreign, go };
}

/** Waits for a screen in a state; when it does not come, says what is there instead. */
export async function reached(page, word, state) {
  try {
    await page.waitForSelector(`main[data-screen="${word}"][data-state="${state}"]`);
  } catch (cause) {
    const there = await page.evaluate(() => {
      const main = document.querySelector("main");
      return `${location.hash}: screen "${main?.dataset.screen}", state ${main?.dataset.state}, ${main?.innerText.slice(0, 200)}`;
    });
    throw new Error(`wanted "${word}" ${state}; found ${there}`, { cause });
  }
}

/** The sample opened by its button, as a person would: a history, and what is known of its products. */
export async function openSample(page) {
  await page.getByRole("button", { name: "Try sample data" }).click();
  await reached(page, "data", "ready");
}

/** The sample roster, as a person would open it. Unless the whole plan is wanted, its search is cancelled and later ones are short. */
export async function openRoster(page, { whole = false } = {}) {
  await page.evaluate(() => (location.hash = "#/staff"));
  await page.getByRole("button", { name: "Try a sample roster" }).click();
  if (whole) return reached(page, "staff", "ready");
  const cancel = page.getByRole("button", { name: "Cancel" });
  const ready = page.locator('main[data-screen="staff"][data-state="ready"]');
  await cancel.or(ready).first().waitFor();
  await cancel.click({ timeout: 300 }).catch(() => {}); // it may be done by then
  await reached(page, "staff", "ready");
  await page.getByLabel("Time to solve").fill("0.5");
}

/** The sample tasks, as a person would open them. */
export async function openTasks(page) {
  await page.evaluate(() => (location.hash = "#/tasks"));
  await page.getByRole("button", { name: "Try sample tasks" }).click();
  await reached(page, "tasks", "ready");
}

/** The product list of the sample alone, without a history: a saved project. */
export async function openList(page) {
  await page.locator("input[type=file]").setInputFiles(fileURLToPath(new URL("../src/sample.json", import.meta.url)));
  await reached(page, "stock", "ready");
}

/** A file given to the page by its button. */
export const give = (page, name, content, mimeType = "text/csv") =>
  page.locator("input[type=file]").setInputFiles({ name, mimeType, buffer: Buffer.from(content) });

/** A file the page offers when something is clicked. */
export async function download(page, click) {
  const [file] = await Promise.all([page.waitForEvent("download"), click()]);
  const chunks = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  return { name: file.suggestedFilename(), text: Buffer.concat(chunks).toString("utf8") };
}

/** A value as the browser keeps it: "project", "roster" or "tasks". */
export const keptIn = (page, name) =>
  page.evaluate(async (key) => {
    dispatchEvent(new Event("pagehide"));
    const noted = localStorage.getItem(`dyocense.${key}`);
    if (noted) return JSON.parse(noted);
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("dyocense");
    return JSON.parse(await (await (await folder.getFileHandle(`${key}.json`)).getFile()).text());
  }, name);

/** A property of an element on the page, once it is there. */
export const property = (page, tag, name) =>
  page
    .locator(tag)
    .first()
    .evaluate((el, key) => el[key], name);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe calls serious or critical, in a line each. The page has to be opened with bypassCSP. Only the colours: rules that light and dark tell apart. */
export async function axeSays(page, { colours = false } = {}) {
  const runOnly = colours
    ? { type: "rule", values: ["color-contrast", "link-in-text-block"] }
    : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate((only) => globalThis.axe.run(document, { runOnly: only, resultTypes: ["violations"] }), runOnly);
  const at = (v) => v.nodes.map((n) => n.target.flat().join(" ")).slice(0, 3).join(" | ");
  return violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${at(v)}`);
}

/** CSV by RFC 4180, written apart from the page's own reader. */
export function parseCsv(text) {
  const rows = [];
  let row = [""];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') row[row.length - 1] += c;
      else if (text[i + 1] === '"') row[row.length - 1] += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") row.push("");
    else if (c === "\r" && text[i + 1] === "\n") {
      rows.push(row);
      row = [""];
      i++;
    } else row[row.length - 1] += c;
  }
  return rows;
}
