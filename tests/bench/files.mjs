// SPDX-License-Identifier: GPL-3.0-or-later
// Files to series: seconds, and how far memory grows beside what must be kept.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativePath } from "../lib/project.mjs";
import { workbook } from "../lib/zip.mjs";
import { numbers } from "./instances.mjs";

const DAYS = 1000;
const PRODUCTS = 1000;

/** A day's sales of every product in a long CSV of about 64 MB, with columns that are no series of their own. */
function writeSales(path) {
  const next = numbers(11);
  const file = openSync(path, "w");
  writeSync(file, "order_date,sku,store_name,region,units,unit_price,discount,note\n");
  for (let d = 0; d < DAYS; d++) {
    const day = new Date(Date.UTC(2022, 0, 1 + d)).toISOString().slice(0, 10);
    let text = "";
    for (let k = 0; k < PRODUCTS; k++) {
      const units = Math.floor(200 * next());
      const sku = `SKU-${String(k).padStart(5, "0")}`;
      text += `${day},${sku},Store north,EU,${units},${(5 + 95 * next()).toFixed(2)},${(9 * next()).toFixed(2)},promo week\n`;
    }
    writeSync(file, text);
  }
  closeSync(file);
}

/** Seconds, share of a processor and peak of memory in MB of one native call, as time(1) tells them. */
function nativeCall(request) {
  const r = spawnSync("/usr/bin/env", ["time", "-f", "%e %U %S %M", nativePath, "call", "series.parse", request], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
  });
  if (r.status !== 0) throw new Error(r.stderr);
  const [seconds, user, system, kb] = r.stderr.trim().split(/\s+/).map(Number);
  return { seconds, share: (user + system) / seconds, mb: kb / 1024, reply: r.stdout };
}

export async function parseCsv({ load, row, check }) {
  const folder = mkdtempSync(join(tmpdir(), "dyo-bench-"));
  try {
    const path = join(folder, "sales.csv");
    const request = join(folder, "request.json");
    writeSales(path);
    const size = `${(statSync(path).size / 1e6).toFixed(0)} MB, ${DAYS * PRODUCTS} rows, ${PRODUCTS} series`;

    writeFileSync(request, JSON.stringify({ content: "date,y\n2024-01-01,1\n" }));
    const idle = nativeCall(request).mb;
    writeFileSync(request, JSON.stringify({ path }));
    const native = nativeCall(request);
    const { series } = JSON.parse(native.reply);
    check(series.length === PRODUCTS && series.every((s) => s.values.length === DAYS), "1,000 series of 1,000 days");
    const kept = (16 * DAYS * PRODUCTS + native.reply.length) / 2 ** 20; // a date and a value each, and the text of the reply
    row("series.parse, long CSV, native", native.seconds, "s", { target: 4, share: native.share, note: size });
    row("  memory it adds", native.mb - idle, "MB", { target: 2 * kept, note: `it must keep ${kept.toFixed(0)} MB` });

    const dyo = await load();
    const content = readFileSync(path);
    const before = process.cpuUsage();
    const began = performance.now();
    const reply = await dyo.series.parse({ content }, { typed: true });
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(before);
    check(reply.series.length === PRODUCTS && reply.rows_used === DAYS * PRODUCTS, "the same in wasm");
    row("series.parse, long CSV, wasm in Node.js", seconds, "s", { target: 8, share: (user + system) / 1e6 / seconds });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ROWS = 100_000;

/** A workbook of 100,000 rows and 5 columns: dates, 100 SKUs and 7 stores as shared strings, whole and decimal numbers. */
function salesWorkbook() {
  const next = numbers(7);
  const table = [["date", "sku", "store", "units", "price"]];
  for (let i = 0; i < ROWS; i++)
    table.push([
      { date: 45292 + Math.floor(i / 700) },
      `SKU-${i % 100}`,
      `Store ${Math.floor(i / 100) % 7}`,
      Math.floor(next() * 100),
      Math.round(next() * 10000) / 100,
    ]);
  return workbook({ Sales: table });
}

export async function parseXlsx({ load, row, check }) {
  const folder = mkdtempSync(join(tmpdir(), "dyo-bench-"));
  const columns = { date_column: "date", group_by: ["sku", "store"], value_columns: ["units"] };
  const fits = (r) => check(r.series.length === 700 && r.rows_used === ROWS, "700 series of 100,000 rows");
  try {
    const path = join(folder, "sales.xlsx");
    const request = join(folder, "request.json");
    const content = salesWorkbook();
    writeFileSync(path, content);
    writeFileSync(request, JSON.stringify({ path, ...columns }));
    const native = nativeCall(request);
    fits(JSON.parse(native.reply));
    const note = `${ROWS} rows, 5 columns, ${(content.length / 1e6).toFixed(1)} MB`;
    row("series.parse, XLSX, native", native.seconds, "s", { target: 3, share: native.share, note });
    const dyo = await load();
    const before = process.cpuUsage();
    const began = performance.now();
    fits(await dyo.series.parse({ content, ...columns }));
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(before);
    row("series.parse, XLSX, wasm in Node.js", seconds, "s", { share: (user + system) / 1e6 / seconds });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
