// SPDX-License-Identifier: GPL-3.0-or-later
// The budgets of the page, measured in the tests' browser, best of three: node tools/budgets.mjs [--rounds N] [--only WORD]. On a machine that does
// other work as well, times on the clock say little: beside them stands the processor's time, of the main thread where a task of it is measured, else of
// all threads of the page together, which is no less than the clock would show on an idle machine.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch, open, openRoster, openSample, reached, serve } from "../test/browser.mjs";
import { workbook } from "../../tests/lib/zip.mjs";
import { sizes } from "./size.mjs";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "3" }, only: { type: "string", default: "" } } });
const rounds = Number(options.rounds);
const KB = 1024;

/* --- data ------------------------------------------------------------------------------------------------------------------- */

const day = (i) => new Date(Date.UTC(2023, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
const sold = (i, k) => Math.round(20 * [0.5, 1, 1.1, 0.9, 1, 1.4, 1.6][i % 7] * (1 + i / 900) + ((i * 7919 + k * 31) % 5));
/** Rows of a long file: `products` products a day. */
const longCsv = (rows, products) => ["date,product,quantity", ...Array.from({ length: rows }, (_, i) => `${day(Math.floor(i / products))},P-${i % products},${sold(Math.floor(i / products), i % products)}`)].join("\n");
const daily = (n) => ["date,quantity", ...Array.from({ length: n }, (_, i) => `${day(i)},${sold(i, 0)}`)].join("\n");

/** The same as a workbook: shared strings, serial dates. */
const longXlsx = (rows, products) =>
  workbook({ Sales: [["date", "product", "quantity"], ...Array.from({ length: rows }, (_, i) => [{ date: 44927 + Math.floor(i / products) }, `P-${i % products}`, sold(Math.floor(i / products), i % products)])] });

/* --- measuring ---------------------------------------------------------------------------------------------------------------- */

const table = [];
const failed = [];
function say(what, got, limit, unit, { cpu, note = "" } = {}) {
  const ok = got === null || got <= limit;
  if (!ok && !(cpu !== undefined && cpu <= limit)) failed.push(what);
  const n = (v) => (v === null || v === undefined ? "–" : v < 10 ? v.toFixed(1) : Math.round(v).toLocaleString("en"));
  table.push([what, `${n(got)} ${unit}`, cpu === undefined ? "" : `${n(cpu)} ${unit}`, `${n(limit)} ${unit}`, ok ? "ok" : cpu !== undefined && cpu <= limit ? "ok by processor" : "OVER", note]);
  console.log(`${what.padEnd(58)} ${`${n(got)} ${unit}`.padStart(12)}${cpu === undefined ? "" : ` (processor ${n(cpu)})`} of ${n(limit)}  ${ok ? "" : "over "}${note}`);
}

/** The rounds' least of each number. */
async function best(measure, times = rounds) {
  let found = {};
  for (let i = 0; i < times; i++) {
    const now = await measure();
    found = Object.fromEntries(Object.entries(now).map(([k, v]) => [k, Math.min(v, found[k] ?? Infinity)]));
  }
  return found;
}

/** Seconds that each of the pages' processes has worked so far, all threads. */
async function worked() {
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  return new Map(processInfo.filter((p) => p.type === "renderer").map((p) => [p.id, p.cpuTime]));
}

const spent = (before, after) => [...after].reduce((ms, [id, now]) => ms + 1000 * (now - (before.get(id) ?? 0)), 0);

/** How long something takes in the page: on the clock, and by processor. */
async function timed(what) {
  const before = await worked();
  const start = performance.now();
  const ms = await what();
  const clock = performance.now() - start;
  return { ms: typeof ms === "number" ? ms : clock, cpu: spent(before, await worked()) };
}

/** The main thread's tasks while something is done: the longest on the clock, and by its processor. */
async function tasks(page, what) {
  const cdp = await page.context().newCDPSession(page);
  const events = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] } });
  const result = await what();
  const complete = new Promise((done) => cdp.once("Tracing.tracingComplete", done));
  await cdp.send("Tracing.end");
  await complete;
  await cdp.detach();
  const names = new Map(events.filter((e) => e.name === "thread_name").map((e) => [`${e.pid} ${e.tid}`, e.args.name]));
  const mine = events.filter((e) => e.name === "RunTask" && names.get(`${e.pid} ${e.tid}`) === "CrRendererMain");
  const most = (key) => mine.reduce((m, e) => Math.max(m, (e[key] ?? 0) / 1000), 0);
  return { result, ms: most("dur"), cpu: most("tdur"), frames: events.filter((e) => e.name === "DroppedFrame").length };
}

const wanted = (name) => !options.only || name.includes(options.only);
const web = await serve();
const browser = await launch();
const system = await browser.newBrowserCDPSession();
const folder = mkdtempSync(join(tmpdir(), "dyocense-budgets-"));
/** A file on the disk, as a person chooses one: none of it goes through the page's own thread. */
function give(page, name, bytes) {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return page.locator("input[type=file]").setInputFiles(file);
}
const withPage = async (body, more) => {
  const it = await open(browser, web.address, more);
  try {
    const got = await body(it);
    if (it.foreign().length) throw new Error(`asked elsewhere: ${it.foreign()}`);
    return got;
  } finally {
    await it.context.close();
  }
};
/** Milliseconds from the page's own start until a selector matches. */
const until = (page, selector) =>
  page.evaluate(
    (s) =>
      new Promise((done) => {
        const look = () => (document.querySelector(s) ? done(performance.now()) : requestAnimationFrame(look));
        look();
      }),
    selector,
  );

/* --- the table ------------------------------------------------------------------------------------------------------------------- */

const steps = {
  async size() {
    const s = sizes();
    say("page shell, gzip", s.first / KB, 60, "KB");
    say("all screens, gzip", s.all / KB, 120, "KB");
    say("wasm, everything, gzip", s.wasm / KB, 1024, "KB");
  },
  async start() {
    const opened = (selector) => best(async () => {
      const before = await worked();
      return withPage(async ({ page }) => {
        const ms = await until(page, selector);
        return { ms, cpu: spent(before, await worked()) };
      });
    });
    const cold = await opened(".drop button");
    say("page usable, cold", cold.ms, 1000, "ms", cold);
    const ready = await opened('main[data-state="empty"] dyo-eoq-curve');
    say("with wasm ready", ready.ms, 1500, "ms", ready);
    const again = () =>
      withPage(
        async ({ page, context }) => {
          await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
          await context.setOffline(true);
          await page.reload();
          return { ms: await until(page, 'main[data-state="empty"] .drop button') };
        },
        { kept: true },
      );
    say("from its cache, offline, wasm ready", (await best(again)).ms, 700, "ms");
  },
  async files() {
    const read = (name, bytes) => () =>
      withPage(async ({ page }) => {
        await reached(page, "", "empty");
        const got = await timed(async () => {
          await give(page, name, bytes);
          await page.waitForSelector('main[data-screen="data"][data-state="ready"] .lines svg');
        });
        const { bytes: memory } = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
        return { ...got, memory: memory / 2 ** 20 };
      });
    const csv = await best(read("sales.csv", longCsv(20_000, 20)));
    say("file to picture: 20,000 rows CSV", csv.ms, 1000, "ms", csv);
    const xlsx = await best(read("sales.xlsx", longXlsx(20_000, 20)));
    say("file to picture: 20,000 rows XLSX", xlsx.ms, 2000, "ms", xlsx);
    const text = longCsv(1_000_000, 1000);
    const big = await best(read("big.csv", text), 1);
    say("file to picture: 1,000,000 rows CSV", big.ms, 8000, "ms", { ...big, note: `memory ${(big.memory - csv.memory).toFixed(0)} MB above that of 20,000 rows; the file has ${(text.length / 2 ** 20).toFixed(0)} MB` });
  },
  async forecast() {
    const file = daily(1096);
    const forecast = (model) => () =>
      withPage(async ({ page }) => {
        await give(page, "daily.csv", file);
        await reached(page, "data", "ready");
        await page.evaluate(async () => {
          const settle = (ok) => new Promise((done) => (function look() { ok() ? done() : setTimeout(look); })());
          const main = () => document.querySelector("main[data-screen=forecast][data-state=ready]");
          globalThis.settle = settle;
          globalThis.shown = () => document.querySelector("dyo-forecast-chart")?.forecast;
          globalThis.set = (selector, v, event) => {
            const el = document.querySelector(selector);
            el.value = v;
            el.dispatchEvent(new Event(event, { bubbles: true }));
          };
          document.querySelector('nav a[href="#/forecast"]').click();
          await settle(() => main() && document.querySelector("#model") && globalThis.shown());
          globalThis.set("#horizon", "365", "input");
          await settle(() => main() && globalThis.shown()?.predictions.length === 365);
        });
        if (!["quick", "auto"].includes(model))
          await page.evaluate(async (other) => {
            globalThis.set("#model", other, "change");
            await globalThis.settle(() => document.querySelector("main").dataset.state === "ready" && globalThis.shown().model_type === other);
          }, model === "theta" ? "ets" : "theta");
        return timed(() =>
          page.evaluate(async (name) => {
            const start = performance.now();
            const { shown, set, settle } = globalThis;
            if (name === "quick" || name === "auto") set("#horizon", "364", "input");
            else set("#model", name, "change");
            await settle(() => (name === "quick" ? shown().predictions.length === 364 : name === "auto" ? shown().predictions.length === 364 && shown().selection : shown().model_type === name));
            return performance.now() - start;
          }, model),
        );
      });
    const quick = await best(forecast("quick"));
    say("first forecast picture, 3 years daily, 365 steps", quick.ms, 1000, "ms");
    for (const m of ["theta", "ets", "arima"]) {
      const one = await best(forecast(m));
      say(`model ${m}`, one.ms, 300, "ms", { ...one, note: "with its backtest" });
    }
    const auto = await best(forecast("auto"));
    say("automatic choice", auto.ms, 3000, "ms", auto);
  },
  async drag() {
    const drag = () =>
      withPage(async ({ page, go }) => {
        await openSample(page);
        await go("stock");
        const got = await timed(() => page.evaluate(async () => {
          const times = [];
          const slider = document.querySelector("#order_cost");
          for (let i = 0; i < 12; i++) {
            const before = document.querySelector("dyo-eoq-curve").result;
            slider.value = String(Number(slider.value) + Number(slider.step));
            const start = performance.now();
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            while (document.querySelector("dyo-eoq-curve").result === before) await new Promise((r) => setTimeout(r));
            times.push(performance.now() - start);
          }
          return times.sort((a, b) => a - b)[6];
        }));
        return { ms: got.ms, cpu: got.cpu / 12 };
      });
    const got = await best(drag);
    say("dragging a setting to the picture (median of 12)", got.ms, 100, "ms", { cpu: got.cpu, note: "processor: everything that one step sets going" });
  },
  async draw() {
    const longest = {};
    /** The longest task while something is done, remembered under its name. */
    const task = async (page, name, what) => {
      const t = await tasks(page, what);
      const before = longest[name];
      if (!before || t.cpu < before.cpu) longest[name] = t;
      return t;
    };
    const once = () =>
      withPage(async ({ page }) => {
        const hour = (i) => new Date(Date.UTC(2010, 0, 1) + i * 36e5).toISOString().slice(0, 16).replace("T", " ");
        const text = ["time,quantity", ...Array.from({ length: 100_000 }, (_, i) => `${hour(i)},${i === 54_321 ? 900 : 100 + (i % 24) + ((i * 7919) % 13)}`)].join("\n");
        page.setDefaultTimeout(120_000); // the other models are compared at first
        await reached(page, "", "empty");
        await task(page, "read", () => give(page, "hours.csv", text).then(() => reached(page, "data", "ready")));
        await task(page, "forecast opened", async () => {
          await page.evaluate(() => (location.hash = "#/forecast"));
          await page.getByLabel("Model", { exact: true }).selectOption("naive");
          await reached(page, "forecast", "ready");
        });
        const drawn = await task(page, "drawn", () =>
          page.evaluate(async () => {
            const line = () => document.querySelector("dyo-forecast-chart").renderRoot.querySelector("[data-line=history]")?.getAttribute("d");
            const before = line();
            const start = performance.now();
            document.querySelector("input[name=range][value=all]").click();
            while (line() === before || !line()) await new Promise((go) => setTimeout(go));
            return performance.now() - start;
          }),
        );
        const chart = page.locator("dyo-forecast-chart").first();
        await task(page, "pointed at", async () => {
          const box = await chart.locator("svg[role=img]").boundingBox();
          for (let i = 0; i < 20; i++) await page.mouse.move(box.x + 80 + i * 20, box.y + 100);
          await page.waitForTimeout(100);
        });
        await task(page, "looked at closer", () => chart.getByRole("button", { name: "Zoom in" }).click());
        await task(page, "shown as table", () => chart.locator("summary").click());
        await task(page, "saved as CSV", () => Promise.all([page.waitForEvent("download"), chart.getByRole("button", { name: /CSV/ }).click()]));
        return { ms: drawn.result, cpu: drawn.cpu };
      });
    const got = await best(once);
    say("100,000 points drawn for the first time", got.ms, 50, "ms", { cpu: got.cpu, note: "processor: the longest task of the main thread meanwhile" });
    for (const [name, t] of Object.entries(longest)) say(`100,000 points ${name}: longest task`, t.ms, 50, "ms", { cpu: t.cpu });
  },
  async roster() {
    const got = await best(() =>
      withPage(async ({ page }) => {
        await page.evaluate(() => (location.hash = "#/staff"));
        await openRoster(page);
        await page.evaluate(async () => {
          const r = document.querySelector("dyo-roster");
          const kinds = ["Early", "Late", "Night"];
          const clock = [["06:00", "14:00"], ["14:00", "22:00"], ["22:00", "06:00"]];
          const employees = Array.from({ length: 100 }, (_, i) => ({ id: `p${i}`, name: `Person ${i + 1}` }));
          const shifts = Array.from({ length: 28 }, (_, day) => kinds.map((type, k) => ({ id: `${type}-${day}`, type, day, start_time: clock[k][0], end_time: clock[k][1] }))).flat();
          const assignments = employees.flatMap((e, i) => Array.from({ length: 28 }, (_, d) => d).filter((d) => (d + i) % 7 < 5).map((d) => ({ employee_id: e.id, shift_id: `${kinds[(i + Math.floor((d + i) / 7)) % 3]}-${d}`, hours: 8, cost: 160 })));
          Object.assign(r, { employees, shifts, fixed: [], forbidden: [], away: new Map(), result: { status: "feasible", assignments, coverage: shifts.map((s) => ({ shift_id: s.id, required: 20, assigned: 22 })) } });
          await r.updateComplete;
          r.scrollIntoView({ block: "center" });
          while (r.renderRoot.querySelectorAll("tbody tr:not(.gap)").length < 100) await new Promise((go) => setTimeout(go, 20));
        });
        const t = await tasks(page, () =>
          page.evaluate(async () => {
            const box = document.querySelector("dyo-roster").renderRoot.querySelector(".box");
            let [late, last, frames] = [0, performance.now(), 0];
            for (let y = 0; y < 2000; y += 40) {
              box.scrollTop = y;
              const now = await new Promise((r) => requestAnimationFrame(r));
              if (frames && now - last > 25) late++;
              last = now;
              frames++;
            }
            return { late, frames };
          }),
        );
        return { ms: t.result.late, longest: t.ms, cpu: t.cpu };
      }),
    );
    say("roster 100 × 28 scrolled: late frames of 50", got.ms, 0, "frames", { cpu: got.cpu > 16.7 ? 1 : 0, note: "processor: 0 where no task takes a frame's time" });
    say("roster scrolled: longest task", got.longest, 16.7, "ms", { cpu: got.cpu });
  },
};

for (const [name, step] of Object.entries(steps)) if (wanted(name)) await step();
await browser.close();
await web.stop();
rmSync(folder, { recursive: true });
const widths = table[0].map((_, c) => Math.max(...table.map((r) => r[c].length)));
console.log(`\nBest of ${rounds}; load average ${loadavg()[0].toFixed(1)}\n`);
for (const r of [["what", "clock", "processor", "limit", "", ""], ...table]) console.log(`| ${r.map((v, c) => v.padEnd(widths[c])).join(" | ")} |`);
if (failed.length) process.exitCode = 1;
