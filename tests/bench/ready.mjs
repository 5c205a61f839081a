// In a fresh process: what the first result takes, from before the package is imported, and the processor time of the process up to
// there, its own start included. node ready.mjs nothing|dyocense|forecast|highs|augurs [ADDRESS]
import { readFileSync } from "node:fs";

const [, , which, address] = process.argv;
const values = Float64Array.from({ length: 84 }, (_, i) => 20 + [0, 2, 4, 6, 9, 14, 1][i % 7] + ((i * 7919) % 5));

const first = {
  nothing() {},
  async dyocense({ load }) {
    const dyo = await load();
    await dyo.inventory.eoq({ annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 });
  },
  async forecast({ load }) {
    const dyo = await load();
    await dyo.forecast.create({ series: { values }, forecast_horizon: 30, model_type: "ets", seasonal_periods: [7] });
  },
  async highs({ default: make }) {
    const solver = await make();
    solver.solve("Minimize\n obj: x\nSubject To\n c: x >= 1\nEnd\n", { output_flag: false });
  },
  augurs({ initSync, MSTL }) {
    initSync({ module: readFileSync(new URL(address.replace(/\.js$/, "_bg.wasm"))) });
    const model = MSTL.ets([7]);
    model.fit(values);
    model.predict(30, 0.95);
  },
};
const began = performance.now();
await first[which](address && (await import(address)));
const inside = performance.now() - began;
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ inside, processor: (user + system) / 1000 }));
