// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is given as input ends in an answer or in a DyoError that points at the place, and the next call works.
import assert from "node:assert/strict";
import test, { afterEach } from "node:test";
import vm from "node:vm";
import { connect, load } from "../dist/node.js";
import { harris, harrisEoq, refusal, source } from "./helpers.mjs";
import { hostile, hostileOptions } from "./hostile.mjs";

const dyo = await load();
const { decode, encode } = await source("encode");
const eoq = (more) => dyo.inventory.eoq({ ...harris, ...more });
const lots = (more) => dyo.inventory.lotSizing({ demand: [10, 20, 30], order_cost: 5, holding_cost: 1, ...more });

afterEach(async () => assert.ok(Math.abs((await eoq({})).eoq / harrisEoq - 1) < 1e-12));

test("numbers that JSON does not have are refused at their place, not turned into null", async () => {
  for (const x of [NaN, Infinity, -Infinity]) {
    const error = await refusal(eoq({ annual_demand: x }), "invalid_input", "/annual_demand");
    assert.match(error.message, new RegExp(`found ${x};`));
    await refusal(lots({ demand: [1, x, 3] }), "invalid_input", "/demand/1");
    await refusal(eoq({ unit_cost: x }), "invalid_input", "/unit_cost"); // null would have meant "not given"
  }
  assert.match((await refusal(eoq({ annual_demand: 10n }), "invalid_input", "/annual_demand")).message, /10n/);
});

test("what is no data is refused at its place", async () => {
  const cases = [
    () => 1,
    Symbol("x"),
    new Map(),
    new Set(),
    new WeakMap(),
    Promise.resolve(1),
    new ArrayBuffer(8),
    /x/,
    new Error("x"),
    new Date(NaN),
  ];
  for (const x of cases) await refusal(eoq({ unit_cost: x }), "invalid_input", "/unit_cost");
  for (const x of [undefined, () => 1, Symbol("x")])
    await refusal(lots({ demand: [1, x] }), "invalid_input", "/demand/1");
  await refusal(lots({ demand: [1, , 3] }), "invalid_input", "/demand/1"); // a hole
  assert.match((await refusal(eoq({ unit_cost: Promise.resolve(1) }), "invalid_input")).message, /await/);
  for (const x of [undefined, () => 1, 10n, Symbol("x"), NaN]) await refusal(dyo.inventory.eoq(x), "invalid_input", "");
});

test("a wrong type is the core's to refuse, with what was found", async () => {
  assert.match((await refusal(eoq({ order_cost: "4,20" }), "invalid_input", "/order_cost")).message, /"4,20"/);
  await refusal(eoq({ order_cost: {} }), "invalid_input", "/order_cost");
  await refusal(eoq({ order_cost: [] }), "invalid_input", "/order_cost");
  await refusal(eoq({ order_cost: true }), "invalid_input", "/order_cost");
  for (const x of [null, 5, "x", [], true]) await refusal(dyo.inventory.eoq(x), "invalid_input", "");
});

test("cycles are refused where they close", async () => {
  const cycle = { ...harris };
  cycle.unit_cost = [{ again: cycle }];
  await refusal(dyo.inventory.eoq(cycle), "invalid_input", "/unit_cost/0/again");
  const list = [];
  list.push(list);
  await refusal(lots({ demand: list }), "invalid_input", "/demand/0");
  const twice = { min_quantity: 1 };
  assert.equal(encode([twice, twice]).text, '[{"min_quantity":1},{"min_quantity":1}]'); // the same value twice is no cycle
});

test("nesting is followed to the core's depth of 64 and not beyond", async () => {
  const nested = (n) => (n ? [nested(n - 1)] : 1);
  await refusal(eoq({ unit_cost: nested(64) }), "invalid_input", "/unit_cost" + "/0".repeat(63));
  await refusal(eoq({ unit_cost: nested(63) }), "invalid_input", "/unit_cost"); // deep enough for the core to be asked
  let deep = 1;
  for (let i = 0; i < 1e6; i++) deep = [deep];
  await refusal(eoq({ unit_cost: deep }), "invalid_input");
});

test("getters, proxies and toJSON that throw are refused at their place, whatever they throw", async () => {
  const boom = new Error("boom");
  for (const thrown of [
    boom,
    "text",
    undefined,
    Object.create(null),
    Symbol("x"),
    {
      toString() {
        throw boom;
      },
    },
  ]) {
    const input = { ...harris };
    Object.defineProperty(input, "unit_cost", {
      enumerable: true,
      get() {
        throw thrown;
      },
    });
    const error = await refusal(dyo.inventory.eoq(input), "invalid_input", "/unit_cost");
    assert.equal(error.cause, thrown);
  }
  const trap = () => {
    throw boom;
  };
  await refusal(eoq({ unit_cost: new Proxy({}, { ownKeys: trap }) }), "invalid_input", "/unit_cost");
  await refusal(dyo.inventory.eoq(new Proxy({}, { get: trap })), "invalid_input");
  await refusal(eoq({ unit_cost: { toJSON: trap } }), "invalid_input", "/unit_cost");
  await refusal(
    eoq({
      unit_cost: {
        toJSON() {
          return this;
        },
      },
    }),
    "invalid_input",
    "/unit_cost",
  );
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  await refusal(eoq({ unit_cost: proxy }), "invalid_input", "/unit_cost");
});

test("a getter is read once", async () => {
  let reads = 0;
  const { annual_demand, ...others } = harris;
  const input = {
    ...others,
    get annual_demand() {
      return reads++ ? NaN : annual_demand;
    },
  };
  assert.ok(Math.abs((await dyo.inventory.eoq(input)).eoq / harrisEoq - 1) < 1e-12);
  assert.equal(reads, 1);
});

test("values with a JSON form of their own are taken by it", async () => {
  const decimal = { toJSON: () => 50 };
  assert.ok(Math.abs((await eoq({ order_cost: decimal })).eoq / harrisEoq - 1) < 1e-12);
  assert.equal(encode({ at: new Date("2025-05-12T08:00:00Z") }).text, '{"at":"2025-05-12T08:00:00.000Z"}');
});

test("text that is not well-formed is refused at its place", async () => {
  for (const text of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
    await refusal(eoq({ discount_type: text }), "invalid_input", "/discount_type");
    const error = await refusal(eoq({ ["a" + text]: 1 }), "invalid_input");
    assert.ok(error.path.startsWith("/a"));
  }
  await refusal(eoq({ discount_type: "a\0b" }), "invalid_input", "/discount_type");
  assert.equal(JSON.parse(encode('\u{1F600} "\\\n\u2028').text), '\u{1F600} "\\\n\u2028');
});

test("names of prototypes are names like others", async () => {
  const polluted = JSON.parse('{"__proto__":{"eoq":1},"constructor":1,"annual_demand":1}');
  await refusal(dyo.inventory.eoq(polluted), "invalid_input");
  assert.equal({}.eoq, undefined);
  for (const key of ["constructor", "toString", "hasOwnProperty", "__proto__"]) {
    const input = { ...harris };
    Object.defineProperty(input, key, { value: 1, enumerable: true });
    await refusal(dyo.inventory.eoq(input), "invalid_input", `/${key}`);
  }
  const bare = Object.assign(Object.create(null), harris);
  assert.ok(Math.abs((await dyo.inventory.eoq(bare)).eoq / harrisEoq - 1) < 1e-12);
});

test("a result with hostile names is rebuilt without touching a prototype", () => {
  const text = '{"__proto__":{"$float64":0},"m":{"constructor":{"$float64":1}},"x":[{"__proto__":[{"$float64":0}]}]}';
  const arrays = [Float64Array.of(1), Float64Array.of(2)];
  const value = decode({ text, arrays });
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(Object.getOwnPropertyDescriptor(value, "__proto__").value, arrays[0]);
  assert.equal(value.m.constructor, arrays[1]);
  assert.equal(Object.getOwnPropertyDescriptor(value.x[0], "__proto__").value[0], arrays[0]);
  assert.equal({}.length, undefined);
});

test("a handle cannot be forged", async () => {
  await refusal(
    lots({ demand: { $float64: 0 }, holding_cost: Float64Array.of(1, 1, 1) }),
    "invalid_input",
    "/demand/$float64",
  );
});

test("a pointer's names are escaped", async () => {
  await refusal(eoq({ "a/b~c": NaN }), "invalid_input", "/a~1b~0c");
});

test("objects of another realm are taken like our own", async () => {
  const { input, floats, map } = vm.runInNewContext(
    "({ input: { annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 }, floats: new Float64Array([10, 20, 30]), map: new Map() })",
  );
  assert.ok(Math.abs((await dyo.inventory.eoq(input)).eoq / harrisEoq - 1) < 1e-12);
  assert.deepEqual(await lots({ demand: floats }), await lots({}));
  await refusal(lots({ demand: map }), "invalid_input", "/demand");
});

test("a million elements of the wrong kind are refused at the first", async () => {
  await refusal(lots({ demand: new Array(1e6).fill("x") }), "invalid_input", "/demand/0");
  await refusal(lots({ demand: new Array(4e9) }), "invalid_input", "/demand/0");
  const names = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`f${i}`, i]));
  await refusal(eoq(names), "invalid_input");
  await refusal(eoq({ discount_type: "x".repeat(1e6) }), "invalid_input", "/discount_type");
});

test("what every door refuses, and options that are none", async () => {
  for (const [what, input, path] of hostile) await refusal(dyo.inventory.eoq(input), "invalid_input", path, what);
  for (const options of hostileOptions)
    assert.match((await refusal(dyo.inventory.eoq(harris, options), "invalid_input", "")).message, /^options of a call: (found|unknown|could not be read)/);
  assert.match((await refusal(dyo.inventory.eoq(harris, { onprogress() {} }), "invalid_input")).message, /unknown option "onprogress"; \{ signal, onProgress/);
  await eoq(Object.create({ annual_demand: NaN })); // what is inherited is no input
  const inherited = Object.create({ signal: AbortSignal.abort() });
  await refusal(dyo.inventory.eoq(harris, inherited), "cancelled"); // but options may be
  for (const options of ["x.wasm", 7, { wokers: 2 }, { get wasm() { throw new Error("boom"); } }])
    assert.match((await refusal(load(options), "invalid_input", "")).message, /^load\(\): /);
  for (const options of ["http://127.0.0.1:8787", { url: "127.0.0.1:8787" }, { url: "ftp://x" }, { url: "http://x", tokn: "" }, { url: Symbol("x") }])
    assert.match((await refusal(connect(options), "invalid_input", "")).message, /^connect\(/);
  const { message } = await refusal(connect({ url: "http://127.0.0.1:9", token: "secret\n" }), "invalid_input", "");
  assert.doesNotMatch(message, /secret/);
});

test("numbers travel without losing a digit", async () => {
  for (const x of [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 123456789012345680000, -0, 2 ** 53 + 2])
    assert.equal(Number(encode(x).text), x === 0 ? 0 : x);
});
