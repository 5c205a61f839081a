// SPDX-License-Identifier: GPL-3.0-or-later
// What must compile, and what must not. Compiled by types.test.mjs, never run.
import {
  connect,
  load,
  DyoError,
  type CallOptions,
  type CompiledModule,
  type CoreOps,
  type Dyo,
  type ErrorCode,
  type ForecastCreateInput,
  type InventoryEoqInput,
  type LoadOptions,
} from "dyocense";
import { load as loadInline } from "dyocense/inline";
import { opNames } from "dyocense/ops";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T | void => {};

export async function operations(dyo: Dyo) {
  const answer = await dyo.inventory.eoq({ annual_demand: 1, order_cost: 2, holding_cost_per_unit: 3 });
  is<Same<typeof answer, CoreOps["inventory.eoq"]["out"]>>();
  const n: number = answer.eoq;

  const { safety_stock } = await dyo.inventory.safetyStock({ demand_std_dev: 1, lead_time_days: 2 });
  is<Same<typeof safety_stock, number>>();

  // @ts-expect-error a misspelt field
  await dyo.inventory.eoq({ anual_demand: 1, order_cost: 2 });
  // @ts-expect-error a missing field
  await dyo.inventory.eoq({ order_cost: 2 });
  // @ts-expect-error a wrong type
  await dyo.inventory.eoq({ annual_demand: "1", order_cost: 2 });
  // @ts-expect-error no such field in the answer
  answer.eoqq;
  // @ts-expect-error no such operation
  await dyo.inventory.eoqq({});
  // @ts-expect-error no such group
  dyo.inventroy;
  // @ts-expect-error snake case is for names on the wire
  dyo.inventory.safety_stock;
  // @ts-expect-error the input is not optional
  await dyo.inventory.eoq();
  return n;
}

export async function byName(dyo: Dyo) {
  const answer = await dyo.call("inventory.eoq", { annual_demand: 1, order_cost: 2 });
  is<Same<typeof answer, CoreOps["inventory.eoq"]["out"]>>();
  // @ts-expect-error no such operation
  await dyo.call("inventory.eqo", {});
  // @ts-expect-error another operation's input
  await dyo.call("inventory.safety_stock", { annual_demand: 1, order_cost: 2 });
  await dyo.describe("inventory.eoq").then((d) => d.input);
  // @ts-expect-error no such operation
  await dyo.describe("inventory.eqo");
  const names: readonly (keyof CoreOps)[] = opNames;
  return names;
}

export async function arrays(dyo: Dyo) {
  const rest = { order_cost: 1, holding_cost: 1 } as const;
  const fixed = [1, 2, 3] as const;
  await dyo.inventory.lotSizing({ ...rest, demand: fixed });
  await dyo.inventory.lotSizing({ ...rest, demand: new Float64Array(3) });
  await dyo.inventory.lotSizing({ ...rest, demand: new Float32Array(3) });
  // @ts-expect-error bytes are not numbers
  await dyo.inventory.lotSizing({ ...rest, demand: new Uint8Array(3) });
  await dyo.series.parse({ content: new Uint8Array(3) });
  await dyo.series.parse({ content: new ArrayBuffer(3) });
  await dyo.series.parse({ content: "date,y\n2024-01-01,1\n" });
  // @ts-expect-error numbers are no file
  await dyo.series.parse({ content: new Float64Array(3) });
  // @ts-expect-error text is not a number
  await dyo.inventory.lotSizing({ ...rest, demand: ["1"] });

  const plain = await dyo.inventory.lotSizing({ ...rest, demand: [1] });
  is<Same<typeof plain.orders, number[] | undefined>>();
  const typed = await dyo.inventory.lotSizing({ ...rest, demand: [1] }, { typed: true });
  is<Same<typeof typed.orders, number[] | Float64Array | undefined>>();
  is<Same<typeof typed.total_cost, number | null>>();
  const named = await dyo.call("inventory.lot_sizing", { ...rest, demand: [1] }, { typed: true });
  is<Same<typeof named.orders, number[] | Float64Array | undefined>>();
}

export async function bands(dyo: Dyo, levels: number[], asked: ForecastCreateInput) {
  const series = { values: [1, 2, 3] };
  const one = await dyo.forecast.create({ series, forecast_horizon: 3 });
  is<Same<(typeof one.confidence_intervals.lower)[0], number>>();
  is<Same<typeof one.predictions, number[]>>();
  const same = await dyo.forecast.create({ series, forecast_horizon: 3, confidence_level: 0.8 }, { typed: true });
  is<Same<typeof same.confidence_intervals.lower, number[] | Float64Array>>();
  const several = await dyo.forecast.create({ series, forecast_horizon: 3, confidence_level: levels });
  several.confidence_intervals.map((band) => band.lower[0]);
  const written = await dyo.forecast.create({ series, forecast_horizon: 3, confidence_level: [0.8, 0.95] });
  written.confidence_intervals[0]?.upper;
  const either = await dyo.forecast.create(asked);
  // @ts-expect-error one or several: which is known only when it runs
  either.confidence_intervals.lower;
  // @ts-expect-error a misspelt field
  await dyo.forecast.create({ series, forecast_horizn: 3 });
  // @ts-expect-error no level
  await dyo.forecast.create({ series, forecast_horizon: 3, confidence_level: "high" });
}

export async function options(dyo: Dyo, input: InventoryEoqInput, signal?: AbortSignal) {
  const given: CallOptions = {
    signal,
    onProgress: ({ fraction, stage }) => void [fraction.toFixed(), stage.length],
    transfer: true,
  };
  await dyo.inventory.eoq(input, given);
  const perhaps = await dyo.inventory.lotSizing({ demand: [1], order_cost: 1, holding_cost: 1 }, given);
  is<Same<typeof perhaps.orders, number[] | Float64Array | undefined>>();
  // @ts-expect-error no such option
  await dyo.inventory.eoq(input, { onprogress: () => {} });
  // @ts-expect-error not a signal
  await dyo.inventory.eoq(input, { signal: true });
  // @ts-expect-error the tree is read-only
  dyo.inventory.eoq = dyo.inventory.eoq;
  await dyo.close();
}

export async function sources(module: CompiledModule) {
  const all: LoadOptions[] = [
    {},
    { wasm: undefined },
    { wasm: "x.wasm" },
    { wasm: new URL("file:///x.wasm") },
    { wasm: new Uint8Array(8) },
    { wasm: new ArrayBuffer(8) },
    { wasm: module },
    { wasm: fetch("x.wasm") },
    { workers: 2 },
    { workers: "auto", worker: "worker.js" },
  ];
  for (const one of all) await load(one);
  is<Same<typeof load, typeof loadInline>>();
  // @ts-expect-error no source
  await load({ wasm: 7 });
  // @ts-expect-error no such number of workers
  await load({ workers: "all" });
  // @ts-expect-error no such option
  await load({ wsam: "x.wasm" });
}

export async function daemon() {
  const dyo = await connect({ url: "http://127.0.0.1:8787", token: "dyo_x" });
  is<Same<typeof dyo, Dyo>>();
  // @ts-expect-error where it is must be said
  await connect({});
}

export function errors(e: unknown) {
  if (!(e instanceof DyoError)) throw e;
  const code: ErrorCode = e.code;
  if (code === "invalid_input") return e.path.split("/");
  // @ts-expect-error no such code
  if (e.code === "invalid") return [];
  return [e.message, String(e.partial), String(e.cause)];
}
