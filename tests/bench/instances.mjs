// What the benches solve. Multi-product instances come from the shared generator where it is at hand, so that peers get
// the same numbers.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../lib/project.mjs";

const generator = join(root, "../shared/tools/opt/gen.py");

/** Numbers that look random and are the same everywhere (mulberry32). */
export function numbers(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function normals(seed) {
  const next = numbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

let told = false;
function tellOnce(why) {
  if (!told)
    console.error(
      `NOTE: ${why}: the multi-product instances are made here instead, and are not those of the shared generator`,
    );
  told = true;
}

function fromGenerator(n, mode) {
  const folder = mkdtempSync(join(tmpdir(), "dyo-bench-"));
  try {
    for (const args of [
      ["inv", n, 1, mode, "i.json"],
      ["request", "i.json", "r.json"],
    ]) {
      const r = spawnSync("python3", [generator, ...args.map(String)], { cwd: folder, encoding: "utf8" });
      if (r.status !== 0) {
        tellOnce(`python3 gen.py ${args.join(" ")} failed (${r.error?.message ?? r.stderr.trim().split("\n").at(-1)})`);
        return null;
      }
    }
    return JSON.parse(readFileSync(join(folder, "r.json"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownInstance(n, mode) {
  const next = numbers(77 + n);
  const normal = normals(n);
  const cents = (x) => Math.round(100 * x) / 100;
  const products = Array.from({ length: n }, (_, i) => ({
    id: `p${i + 1}`,
    annual_demand: cents(Math.exp(6.5 + 1.2 * normal())),
    order_cost: cents(15 + 105 * next()),
    unit_cost: cents(Math.exp(2.5 + normal())) || 0.01,
    holding_cost_rate: 0.22,
    storage_per_unit: cents(100 * Math.exp(-3 + 0.8 * normal())) / 100 || 1e-4,
  }));
  let money = 0;
  let space = 0;
  for (const p of products) {
    const q = eoq(p);
    money += (q * p.unit_cost) / 2;
    space += (q * p.storage_per_unit) / 2;
  }
  const [a, b] = { loose: [2, 2], tight: [0.7, 0.75], verytight: [0.3, 0.35] }[mode];
  return { products, budget: cents(money * a), storage_capacity: cents(space * b), constraint_basis: "average" };
}

export const eoq = (p) => Math.sqrt((2 * p.annual_demand * p.order_cost) / (p.unit_cost * p.holding_cost_rate));

const made = new Map();
/** A request of inventory.multi_product with n products under a budget and a store room, both on average stock. */
export function multiProduct(n, mode = "tight") {
  const key = `${n} ${mode}`;
  if (!made.has(key)) {
    if (!existsSync(generator)) tellOnce(`${generator} does not exist`);
    made.set(key, (existsSync(generator) && fromGenerator(n, mode)) || ownInstance(n, mode));
  }
  return made.get(key);
}

/** The same with whole lots, 4 to 12 of them in an unconstrained order. */
export function wholeLots(n) {
  const r = structuredClone(multiProduct(n));
  r.products.forEach((p, i) => {
    p.lot_size = Math.max(1, Math.round(eoq(p) / (4 + (i % 9))));
  });
  return r;
}

/** The arrays of the continuous model: minimise sum of order/q + hold q, with money and space of average stock. */
export function arraysOf({ products, budget, storage_capacity }) {
  const pick = (f) => Float64Array.from(products, f);
  return {
    n: products.length,
    order: pick((p) => p.annual_demand * p.order_cost),
    hold: pick((p) => (p.unit_cost * p.holding_cost_rate) / 2),
    money: pick((p) => p.unit_cost / 2),
    space: pick((p) => p.storage_per_unit / 2),
    budget,
    storage: storage_capacity,
  };
}

/** n requests of inventory.safety_stock. */
export function safetyStocks(n) {
  const next = numbers(n);
  return Array.from({ length: n }, () => ({
    avg_daily_demand: 20 + 80 * next(),
    demand_std_dev: 5 + 20 * next(),
    lead_time_days: 2 + 20 * next(),
    lead_time_std_dev: 2 * next(),
    service_level: 0.9 + 0.0999 * next(),
  }));
}
