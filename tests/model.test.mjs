// Model strings as others may hand them in: cut, of a newer version, with a byte or a number that no fit has written. Whatever the
// string, the reply of the program with sanitizers is an answer of finite numbers or a refusal that speaks of the model; and a string
// that was written natively gives the same forecast in wasm.
import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "./lib/bindings.mjs";
import { differences, notFinite, tolerance } from "./lib/compare.mjs";
import { asanPath, describeOp, nativePath, run, runLines, utf8Of } from "./lib/project.mjs";

const season = [3, -1, -2, 0];
const values = Array.from({ length: 24 }, (_, i) => 20 + 0.4 * i + season[i % 4] + ((i * 7) % 5) / 10);
const dates = values.map((_, i) => `${2019 + (i >> 2)}-${String(3 * (i % 4) + 1).padStart(2, "0")}-01`);
const price = values.map((_, i) => 5 + ((i * 3) % 7));
const models = describeOp("forecast.create").input.properties.model_type.enum.filter((word) => word && word !== "auto");

/** Strings tried of one kind and model; DYO_FULL=1 tries them all. */
const MOST = process.env.DYO_FULL ? Infinity : 150;

/** A request that makes a string holding most of what the model can: dates, a season, and a regressor where it takes one. */
function stringOf(model_type) {
  const plain = { series: { dates, values }, model_type, seasonal_periods: [4], forecast_horizon: 2, folds: 0, include_model: true };
  const priced = { ...plain, regressors: { price }, future_regressors: { price: [5, 6] } };
  for (const request of [priced, plain]) {
    const r = run(nativePath, ["call", "forecast.create"], { input: JSON.stringify(request) });
    if (r.status === 0) return { model: JSON.parse(r.stdout).model, future: request.future_regressors };
  }
  throw new Error(`${model_type} makes no model string`);
}

const made = new Map(models.map((m) => [m, stringOf(m)]));
const asked = (model, future) => ({ model, forecast_horizon: 2, ...(future && { future_regressors: future }) });
const brought = (model, future) => ({ model, observations: { dates: ["2025-01-01"], values: [30], ...(future && { regressors: { price: [5] } }) } });

async function replies(op, requests) {
  const r = await runLines(asanPath, op, requests.map((q) => JSON.stringify(q)));
  assert.equal(r.status, 0, `status ${r.status}, ${r.signal ?? ""} ${r.stderr.slice(0, 2000)}`);
  assert.equal(r.lines.length, requests.length);
  return r.lines.map((line) => JSON.parse(utf8Of(line)));
}

const codes = new Set(["invalid_input", "unsupported", "insufficient_data", "too_large"]);
const places = /^(\/model|\/future_regressors.*|\/observations.*|\/forecast_horizon)$/;

/** What is wrong with the reply to a string that was tampered with; null where nothing is. */
function fault(reply) {
  if (!reply.error) return notFinite(reply) ? `a number that is not finite at ${notFinite(reply)}` : null;
  const { code, path, message } = reply.error;
  return codes.has(code) && places.test(path) && message.length > 12 ? null : `${code} at "${path}": ${message}`;
}

async function noneIsAtFault(strings, future) {
  for (const [op, ask] of [["forecast.predict", asked], ["forecast.update", brought]]) {
    const got = await replies(op, strings.map((s) => ask(s, future)));
    const bad = got.map((reply, i) => [fault(reply), strings[i]]).filter(([why]) => why);
    assert.equal(bad.length, 0, `${op}, ${bad.length} of ${got.length}: ${bad.slice(0, 5).map((b) => b.join("\n    ").slice(0, 700)).join("\n")}`);
  }
}

// A byte of each kind: what JSON is made of, what a number may go on with, text, control, two and four bytes of UTF-8.
const bytes = ['"', "\\", "{", "}", "[", "]", ":", ",", "0", "9", "-", ".", "e", "E", "t", "n", "a", "Z", "_", " ", "\u0001", "\u007f", "é", "\u{1f600}"];
const numbers = [0, -1, 1, 0.5, 1.5, 2, 7, 1000, -1e308, 1e308, 1e-308, 5e-324, 1e15, 2147483647, 2147483648, -2147483649, null, "1", true, [], [1], {}];

/** Copies of a value with one place put to another one each: every number, word and array, at any depth. */
function* tampered(doc, path = []) {
  const value = path.reduce((v, k) => v[k], doc);
  const inner = value !== null && typeof value === "object";
  for (const key of inner ? Object.keys(value).slice(0, 40) : []) yield* tampered(doc, [...path, key]);
  if (path.length === 0) return;
  const put = (x) => {
    const copy = structuredClone(doc);
    const parent = path.slice(0, -1).reduce((v, k) => v[k], copy);
    if (x === undefined) delete parent[path.at(-1)];
    else parent[path.at(-1)] = x;
    return JSON.stringify(copy);
  };
  for (const x of numbers) yield put(x);
  if (!Array.isArray(path.slice(0, -1).reduce((v, k) => v[k], doc))) yield put(undefined);
  if (Array.isArray(value)) {
    yield put([...value, ...value]);
    yield put(value.slice(1));
    yield put([...value, 0]);
  }
}

for (const [name, { model, future }] of made) {
  test(`${name}: a string cut anywhere is called cut`, async () => {
    const cuts = Array.from({ length: Math.ceil(model.length / 7) }, (_, i) => model.slice(0, 7 * i));
    for (const reply of await replies("forecast.predict", cuts.map((s) => asked(s, future)))) {
      assert.equal(reply.error?.code, "invalid_input");
      assert.equal(reply.error.path, "/model");
      assert.match(reply.error.message, /^the model string is cut or damaged: /);
    }
  });

  test(`${name}: a string of a newer version says so, whatever else it holds`, async () => {
    const later = { ...JSON.parse(model), dyocense_model: 7 };
    const strange = { ...later, model_type: "of tomorrow", more: [1], state: 3 };
    for (const reply of await replies("forecast.predict", [later, strange].map((d) => asked(JSON.stringify(d), future)))) {
      assert.deepEqual([reply.error?.code, reply.error?.path], ["unsupported", "/model"]);
      assert.match(reply.error.message, /format 7, of a newer version/);
    }
  });

  test(`${name}: one byte of any kind anywhere gives an answer or a refusal`, async () => {
    const stride = Math.max(1, Math.ceil(model.length / MOST));
    const places = Array.from({ length: Math.ceil(model.length / stride) }, (_, i) => i * stride);
    await noneIsAtFault(places.map((i) => model.slice(0, i) + bytes[(i * 7) % bytes.length] + model.slice(i + (i % 3 > 0))), future);
  });

  test(`${name}: a forged state gives an answer or a refusal`, async () => {
    const all = [...tampered(JSON.parse(model))];
    await noneIsAtFault(all.filter((_, i) => i % Math.max(1, Math.ceil(all.length / MOST)) === 0), future);
  });

  test(`${name}: written natively, the same forecast in wasm`, async () => {
    const { load } = await importPackage();
    const dyo = await load();
    const native = JSON.parse(run(nativePath, ["call", "forecast.predict"], { input: JSON.stringify(asked(model, future)) }).stdout);
    const wasm = await dyo.forecast.predict(asked(model, future));
    assert.deepEqual(differences(wasm, native, tolerance({ rtol: 1e-6 }), { whole: true }), []);
  });
}
