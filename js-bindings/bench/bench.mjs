// SPDX-License-Identifier: GPL-3.0-or-later
// What a call costs from JavaScript, as JSON lines {name, value, unit, limit?}. The limits are the project's own.
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";

const entry = new URL("../dist/node.js", import.meta.url);
const print = (name, value, unit, limit) =>
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(4)), unit, ...(limit && { limit }) }));

// The least of several short runs: other work on the machine only ever adds, and a short run has a chance to escape it.
const time = async (times, job) => {
  const start = performance.now();
  for (let i = 0; i < times; i++) await job(i);
  return performance.now() - start;
};
const best = async (rounds, times, job) => {
  const found = [];
  for (let i = 0; i < rounds; i++) found.push(await time(times, job));
  return Math.min(...found);
};

const rounds = 15;
const inNode = (program) =>
  execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });

const first = `
  const t = performance.now();
  const { load } = await import(${JSON.stringify(entry.href)});
  const dyo = await load();
  await dyo.inventory.eoq({ annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 });
  console.log(performance.now() - t);`;
const found = Array.from({ length: rounds }, () => {
  const times = [performance.now()];
  const inside = Number(inNode(first));
  times.push(performance.now());
  inNode("");
  times.push(performance.now());
  return { inside, whole: times[1] - times[0], empty: times[2] - times[1] };
});
const least = (key) => Math.min(...found.map((one) => one[key]));
print("import, compile and first EOQ, in Node", least("inside"), "ms", 60);
print("an empty Node process", least("empty"), "ms");
print("a Node process up to its first EOQ, beyond an empty one", least("whole") - least("empty"), "ms", 200);

const { load } = await import(entry.href);
const dyo = await load();
const eoq = (i) => dyo.inventory.eoq({ annual_demand: 10000 + i, order_cost: 50, holding_cost_per_unit: 2 });
const stock = (i) => dyo.inventory.safetyStock({ demand_std_dev: 10 + i, lead_time_days: 9 });
await time(3000, eoq);
print("one EOQ, warm", ((await best(60, 200, eoq)) / 200) * 1000, "us", 50);
await time(1000, stock);
print("1,000 safety stocks through one instance, warm", await best(30, 1000, stock), "ms", 50);

const cold = async () => {
  const fresh = await load();
  return time(1000, (i) => fresh.inventory.safetyStock({ demand_std_dev: 10 + i, lead_time_days: 9 }));
};
print(
  "1,000 safety stocks through a new instance",
  Math.min(await cold(), await cold(), await cold(), await cold(), await cold()),
  "ms",
  50,
);

const n = 10_000;
const series = Float64Array.from({ length: n }, (_, i) => 5 + (i % 7));
const lots = (demand, options) => dyo.inventory.lotSizing({ demand, order_cost: 100, holding_cost: 0.5 }, options);
print(
  "lot sizing of 10,000 periods, typed arrays in and out",
  await best(3, 1, () => lots(series, { typed: true })),
  "ms",
);
const plain = [...series];
print("lot sizing of 10,000 periods, plain arrays", await best(3, 1, () => lots(plain)), "ms");

const products = Array.from({ length: 100_000 }, (_, i) => ({
  id: `P${i}`,
  annual_demand: 100 + ((37 * i) % 900),
  order_cost: 20 + (i % 30),
  unit_cost: 1 + ((13 * i) % 97) / 7,
  holding_cost_rate: 0.2,
}));
const plan = () => dyo.inventory.multiProduct({ products, budget: 2e6, constraint_basis: "average" });
print("a plan for 100,000 products, objects in and out", await best(2, 1, plan), "ms", 2000);
