// Others on the same numbers: HiGHS in wasm, and the loops one would write oneself in JavaScript and Python.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** min sum order/q + hold q under two limits, by bisection on one price inside bisection on the other. */
export function bisection({ n, order, hold, money, space, budget, storage }) {
  let q = new Float64Array(n);
  const fill = (a, b) => {
    let m = 0;
    let s = 0;
    for (let i = 0; i < n; i++) {
      const x = Math.sqrt(order[i] / (hold[i] + a * money[i] + b * space[i]));
      q[i] = x;
      m += money[i] * x;
      s += space[i] * x;
    }
    return [m, s];
  };
  const least = (ok) => {
    if (ok(0)) return 0;
    let hi = 1;
    while (!ok(hi)) hi *= 2;
    let lo = 0;
    while (hi - lo > 1e-10 * hi) {
      const mid = (lo + hi) / 2;
      if (ok(mid)) hi = mid;
      else lo = mid;
    }
    return hi;
  };
  const spaceFor = (a) => least((b) => fill(a, b)[1] <= storage);
  const a = least((x) => fill(x, spaceFor(x))[0] <= budget);
  fill(a, spaceFor(a));
  let cost = 0;
  for (let i = 0; i < n; i++) cost += order[i] / q[i] + hold[i] * q[i];
  return cost;
}

const sum = (terms) => {
  const lines = [];
  for (let i = 0; i < terms.length; i += 8) lines.push(terms.slice(i, i + 8).join(" + "));
  return lines.join("\n + ");
};

async function highs(lp, options) {
  const solver = await (await import("highs")).default();
  const began = performance.now();
  const r = solver.solve(lp, { output_flag: false, ...options });
  return { ms: performance.now() - began, status: r.Status, cost: r.ObjectiveValue };
}

/** The convex program as an LP: each product's cost above `cuts` of its tangents, so that the optimum is a lower bound. */
export function highsTangents({ n, order, hold, money, space, budget, storage }, cuts = 40, limit = 60) {
  const rows = [];
  for (let i = 0; i < n; i++) {
    const top = Math.sqrt(order[i] / hold[i]);
    for (let k = 0; k < cuts; k++) {
      const q = top * 4 ** (-k / (cuts - 1));
      const slope = hold[i] - order[i] / (q * q);
      rows.push(`c${i} ${slope > 0 ? "-" : "+"} ${Math.abs(slope)} q${i} >= ${(2 * order[i]) / q}`);
    }
  }
  const each = (f) => sum(Array.from({ length: n }, (_, i) => f(i)));
  const lp =
    `Minimize\n obj: ${each((i) => `c${i}`)}\nSubject To\n ${rows.join("\n ")}\n m: ${each((i) => `${money[i]} q${i}`)} <= ${budget}\n` +
    ` s: ${each((i) => `${space[i]} q${i}`)} <= ${storage}\nEnd\n`;
  return highs(lp, { time_limit: limit });
}

/** Whole lots as a MIP: one binary for each number of lots of a product up to its unconstrained order. Exact. */
export function highsLots({ products, budget, storage_capacity }, gap, limit = 60) {
  const cost = [];
  const money = [];
  const space = [];
  const one = [];
  const names = [];
  products.forEach((p, i) => {
    const hold = (p.unit_cost * p.holding_cost_rate) / 2;
    const most = Math.ceil(Math.sqrt((p.annual_demand * p.order_cost) / hold) / p.lot_size) + 1;
    const mine = [];
    for (let k = 1; k <= most; k++) {
      const q = k * p.lot_size;
      const x = `x${i}_${k}`;
      mine.push(x);
      cost.push(`${(p.annual_demand * p.order_cost) / q + hold * q} ${x}`);
      money.push(`${(p.unit_cost * q) / 2} ${x}`);
      space.push(`${(p.storage_per_unit * q) / 2} ${x}`);
    }
    one.push(` o${i}: ${sum(mine)} = 1`);
    names.push(...mine);
  });
  const lp =
    `Minimize\n obj: ${sum(cost)}\nSubject To\n${one.join("\n")}\n m: ${sum(money)} <= ${budget}\n s: ${sum(space)} <= ${storage_capacity}\n` +
    `Binary\n ${names.join("\n ")}\nEnd\n`;
  return highs(lp, { time_limit: limit, mip_rel_gap: gap });
}

/** What peer.py measured, or null where there is no python3. */
export function python(input) {
  const script = fileURLToPath(new URL("./peer.py", import.meta.url));
  const r = spawnSync("python3", [script], { input: JSON.stringify(input), encoding: "utf8", maxBuffer: 1 << 28 });
  if (r.error?.code === "ENOENT") return null;
  if (r.status !== 0) throw new Error(`peer.py: ${r.error?.message ?? r.stderr}`);
  return JSON.parse(r.stdout);
}
