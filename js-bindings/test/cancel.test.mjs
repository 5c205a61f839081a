// SPDX-License-Identifier: GPL-3.0-or-later
import assert from "node:assert/strict";
import test from "node:test";
import { DyoError, load } from "../dist/node.js";
import { opNames } from "../dist/ops.gen.js";
import { harris, harrisEoq, refusal } from "./helpers.mjs";
import { slow } from "./slow.mjs";

const dyo = await load();
const solve = (options) => dyo.call(slow.op, slow.input, options);

test("progress is told as fractions that do not fall, with a stage in words", async () => {
  const seen = [];
  const stop = new AbortController();
  await solve({ onProgress: (p) => seen.push(p) && seen.length >= 5 && stop.abort(), signal: stop.signal }).catch((e) =>
    assert.equal(e.code, "cancelled"),
  );
  assert.ok(seen.length > 0);
  for (const [i, { fraction, stage }] of seen.entries()) {
    assert.ok(fraction >= (i ? seen[i - 1].fraction : 0) && fraction <= 1, `${fraction}`);
    assert.ok(typeof stage === "string" && stage.length > 0);
  }
});

test("a signal that was aborted before rejects at once, and nothing is read", async () => {
  const reason = new Error("changed my mind");
  const untouched = {
    get annual_demand() {
      throw new Error("was read");
    },
  };
  const error = await refusal(dyo.inventory.eoq(untouched, { signal: AbortSignal.abort(reason) }), "cancelled", "");
  assert.equal(error.cause, reason);
});

test("an abort from onProgress rejects with cancelled, and the best answer so far where there is one", async () => {
  const stop = new AbortController();
  let calls = 0;
  const error = await refusal(
    solve({
      signal: stop.signal,
      onProgress: () => {
        calls++;
        stop.abort("enough");
      },
    }),
    "cancelled",
    "",
  );
  assert.equal(error.cause, "enough");
  assert.ok(calls < 50, `${calls} more looks`);
  if (error.partial !== undefined) slow.check(error.partial);
});

test("an onProgress that throws ends the call with what it threw", async () => {
  const thrown = new Error("in the callback");
  let calls = 0;
  const error = await refusal(
    solve({
      onProgress: () => {
        calls++;
        throw thrown;
      },
    }),
    "cancelled",
    "",
  );
  assert.equal(error.cause, thrown);
  assert.equal(calls, 1);
  assert.ok(Math.abs((await dyo.inventory.eoq(harris)).eoq / harrisEoq - 1) < 1e-12);
});

test("a call made inside onProgress waits for its turn and reads its input when it was made", async () => {
  let inner;
  const stop = new AbortController();
  const demand = new Float64Array(3).fill(4);
  const asked = { demand, order_cost: 1, holding_cost: 1 };
  const outer = solve({
    signal: stop.signal,
    onProgress: () => {
      inner ??= [dyo.inventory.eoq(harris), dyo.inventory.lotSizing(asked)];
      demand.fill(NaN);
      stop.abort();
    },
  });
  await refusal(outer, "cancelled");
  const [eoq, lots] = await Promise.all(inner);
  assert.ok(Math.abs(eoq.eoq / harrisEoq - 1) < 1e-12);
  assert.equal(
    lots.orders.reduce((a, b) => a + b),
    12,
  );
});

test("a signal that is never aborted changes nothing", async () => {
  const { signal } = new AbortController();
  assert.deepEqual(await dyo.inventory.eoq(harris, { signal, onProgress: () => {} }), await dyo.inventory.eoq(harris));
});

test("every operation takes a signal and an onProgress, on this thread and in a worker", async () => {
  const pool = await load({ workers: 1 });
  const stopped = { signal: AbortSignal.abort(), onProgress() {} };
  const going = { signal: new AbortController().signal, onProgress() {} };
  for (const one of [dyo, pool])
    for (const op of opNames) {
      await refusal(one.call(op, {}, stopped), "cancelled", "");
      await one.call(op, {}, going).catch((e) => assert.ok(e instanceof DyoError && e.code !== "internal" && e.code !== "cancelled", `${op}: ${e.stack}`));
    }
  await pool.close();
});
