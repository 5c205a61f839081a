// SPDX-License-Identifier: GPL-3.0-or-later
// A request that takes long enough to show progress: capacitated lot sizing, a mixed-integer program.
import assert from "node:assert/strict";

const periods = 40;
const demand = Array.from({ length: periods }, (_, i) => 40 + ((37 * i) % 53));

export const slow = {
  op: "inventory.lot_sizing",
  input: {
    demand,
    order_cost: demand.map((_, i) => 300 + ((91 * i) % 200)),
    holding_cost: 1.3,
    capacity: 110,
    time_limit_s: 20,
  },
  /** A plan that keeps up with demand. */
  check({ orders }) {
    let stock = 0;
    for (const [i, q] of orders.entries()) {
      assert.ok(q >= -1e-6 && q <= 110 + 1e-6, `${q}`);
      stock += q - demand[i];
      assert.ok(stock >= -1e-6, `short in period ${i}`);
    }
  },
};
