// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes in a request: they go by handle, and the module reads them in pieces.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "../dist/node.js";
import { refusal } from "./helpers.mjs";

const dyo = await load();
const text = "date,größe\n2024-01-01,5\n2024-01-02,6.5\n";
const bytes = new TextEncoder().encode(text);
const parse = (content, options) => dyo.series.parse({ content }, options);
const expected = await parse(text);

/** A long CSV: one series of n days. */
function long(n) {
  let out = "date,units\n";
  for (let i = 0; i < n; i++) out += `${new Date(Date.UTC(2000, 0, 1 + i)).toISOString().slice(0, 10)},${i}\n`;
  return new TextEncoder().encode(out);
}

test("bytes, a buffer, Node's Buffer and text say the same, and stay as they were", async () => {
  assert.deepEqual(expected.series[0].values, [5, 6.5]);
  assert.equal(expected.series[0].name, "größe");
  for (const content of [bytes, bytes.slice().buffer, Buffer.from(text)]) {
    assert.deepEqual(await parse(content), expected);
    assert.equal(content.byteLength, bytes.length);
  }
  assert.deepEqual(await dyo.series.parse({ content_base64: Buffer.from(text).toString("base64") }), expected);
});

test("a part of a buffer and shared memory are read where they lie", async () => {
  const wide = new Uint8Array(bytes.length + 20).fill(0xff);
  wide.set(bytes, 10);
  assert.deepEqual(await parse(wide.subarray(10, 10 + bytes.length)), expected);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  assert.deepEqual(await parse(shared), expected);
});

test("a file of many blocks comes through whole", async () => {
  const { series, rows_used } = await parse(long(20_000), { typed: true });
  assert.equal(rows_used, 20_000);
  assert.ok(series[0].values instanceof Float64Array);
  assert.equal(series[0].values.at(-1), 19_999);
  assert.equal(series[0].frequency, "D");
});

test("what the caller does with the bytes while the call waits does not count", async () => {
  const mine = bytes.slice();
  let later;
  const first = parse(long(5000), { onProgress: () => void (later ??= parse(mine)) });
  await first;
  mine.fill(0x78);
  assert.deepEqual(await later, expected);
});

test("transfer moves the bytes", async () => {
  const mine = bytes.slice();
  assert.deepEqual(await parse(mine, { transfer: true }), expected);
  assert.equal(mine.buffer.byteLength, 0);
});

test("no bytes at all is an empty file; bytes where none belong are refused at their place", async () => {
  await refusal(parse(new Uint8Array(0)), "insufficient_data", "/content");
  const { message } = await refusal(dyo.series.parse({ content: text, name: bytes }), "invalid_input", "/name");
  assert.match(message, /found bytes; text/);
  await refusal(dyo.series.parse({ content: { $bytes: 0 } }), "invalid_input", "/content/$bytes");
  await refusal(parse(Float64Array.of(1)), "invalid_input", "/content");
  await refusal(parse(Int8Array.of(1)), "invalid_input", "/content");
});

test("a file by its name is for the native command line", async () => {
  await refusal(dyo.series.parse({ path: "sales.csv" }), "unsupported", "/path");
});
