// SPDX-License-Identifier: GPL-3.0-or-later
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "../dist/node.js";
import { refusal } from "./helpers.mjs";

const dyo = await load();
const n = 200;
const demand = Array.from({ length: n }, (_, i) => 5 + ((7 * i) % 11));
const rest = { order_cost: 40, holding_cost: 0.5 };
const lots = (d, options) => dyo.inventory.lotSizing({ ...rest, demand: d }, options);
const expected = await lots(demand);

test("float arrays give what plain arrays give, and the input stays as it was", async () => {
  const floats = Float64Array.from(demand);
  assert.deepEqual(await lots(floats), expected);
  assert.deepEqual([...floats], demand);
  assert.equal(floats.buffer.byteLength, 8 * n);
});

test("results are plain arrays whatever the input was, unless typed ones are asked for", async () => {
  const plain = await lots(Float64Array.from(demand));
  assert.ok(Array.isArray(plain.orders));
  for (const d of [demand, Float64Array.from(demand)]) {
    const typed = await lots(d, { typed: true });
    assert.ok(typed.orders instanceof Float64Array);
    assert.deepEqual([...typed.orders], expected.orders);
    assert.equal(typed.total_cost, expected.total_cost);
  }
});

test("a typed result is the caller's own memory", async () => {
  const typed = await lots(demand, { typed: true });
  const copy = [...typed.orders];
  await lots(
    demand.map((x) => x + 1),
    { typed: true },
  );
  assert.deepEqual([...typed.orders], copy);
  assert.equal(typed.orders.buffer.byteLength, 8 * n);
});

test("short arrays of a typed result stay plain", async () => {
  assert.ok(Array.isArray((await lots([1, 2, 3], { typed: true })).orders));
});

test("other number arrays are taken too; bytes and big integers are not numbers", async () => {
  for (const Kind of [Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array])
    assert.deepEqual(await lots(Kind.from(demand)), expected);
  for (const bytes of [Uint8Array.from(demand), Buffer.from(demand), new ArrayBuffer(8)])
    assert.match((await refusal(lots(bytes), "invalid_input", "/demand")).message, /found bytes; an array of numbers/);
  for (const Kind of [Int8Array, Uint8ClampedArray])
    assert.match((await refusal(lots(Kind.from(demand)), "invalid_input", "/demand")).message, /Float64Array/);
  await refusal(lots(BigInt64Array.of(1n)), "invalid_input", "/demand");
  await refusal(lots(new DataView(new ArrayBuffer(8))), "invalid_input", "/demand");
});

test("a part of a buffer and shared memory are read where they lie", async () => {
  const wide = new Float64Array(n + 20).fill(NaN);
  wide.set(demand, 10);
  assert.deepEqual(await lots(wide.subarray(10, 10 + n)), expected);
  const shared = new Float64Array(new SharedArrayBuffer(8 * n));
  shared.set(demand);
  assert.deepEqual(await lots(shared), expected);
  assert.deepEqual(await lots(shared, { transfer: true }), expected);
});

test("the same array twice, and several arrays at once", async () => {
  const floats = Float64Array.from(demand);
  const holding_cost = new Float64Array(n).fill(0.5);
  assert.deepEqual(await dyo.inventory.lotSizing({ demand: floats, order_cost: 40, holding_cost }), expected);
  const ones = new Float64Array(n).fill(1);
  assert.deepEqual(
    await dyo.inventory.lotSizing({ demand: ones, order_cost: 40, holding_cost: ones }),
    await dyo.inventory.lotSizing({ demand: [...ones], order_cost: 40, holding_cost: [...ones] }),
  );
});

test("infinities, and missing values where none may miss, are refused at their place", async () => {
  for (const x of [Infinity, -Infinity, NaN]) {
    const floats = Float64Array.from(demand);
    floats[150] = x;
    await refusal(lots(floats), "invalid_input", "/demand/150");
  }
  await refusal(lots(Float64Array.from(demand, (x, i) => (i === 3 ? -1 : x))), "invalid_input", "/demand/3");
});

test("a float array where no numbers belong is refused", async () => {
  await refusal(
    dyo.inventory.lotSizing({ ...rest, demand, initial_inventory: Float64Array.of(1) }),
    "invalid_input",
    "/initial_inventory",
  );
});

test("transfer moves the buffers, shared ones once, and gives the same result", async () => {
  const floats = Float64Array.from(demand);
  assert.deepEqual(await lots(floats, { transfer: true }), expected);
  assert.equal(floats.buffer.byteLength, 0);

  const both = new Float64Array(2 * n);
  both.set(demand);
  both.fill(0.5, n);
  const input = { demand: both.subarray(0, n), order_cost: 40, holding_cost: both.subarray(n) };
  assert.deepEqual(await dyo.inventory.lotSizing(input, { transfer: true }), expected);
  assert.equal(both.length, 0);
  await refusal(dyo.inventory.lotSizing(input, { transfer: true }), "invalid_input"); // they are gone
});

test("nothing moves when the input is refused before it is sent", async () => {
  const floats = Float64Array.from(demand);
  await refusal(
    dyo.inventory.lotSizing({ demand: floats, order_cost: NaN, holding_cost: 1 }, { transfer: true }),
    "invalid_input",
    "/order_cost",
  );
  assert.equal(floats.length, n);
});
