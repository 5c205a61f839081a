// The names that users rely on: operations, paths, fields, words and defaults that may be added to but not renamed or
// dropped.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeOp, nativePath, run } from "./lib/project.mjs";
import { alternatives } from "./lib/schema.mjs";

const words = (text) => text.trim().split(/\s+/);
const product = words(
  "id annual_demand order_cost holding_cost_per_unit holding_cost_rate unit_cost storage_per_unit min_order_quantity max_order_quantity lot_size",
);
const stock =
  words(`demand_std_dev lead_time_days avg_daily_demand lead_time_std_dev review_period_days service_level service_type
      order_quantity
  demand_distribution demand_history`);
const stockDefaults = {
  avg_daily_demand: 0,
  lead_time_std_dev: 0,
  review_period_days: 0,
  service_level: 0.95,
  service_type: "cycle",
  demand_distribution: "normal",
};
const stockWords = {
  service_type: ["cycle", "fill_rate"],
  demand_distribution: ["normal", "gamma", "poisson", "negative_binomial", "empirical"],
};
const stockOut = words("safety_stock z_score service_level lead_time_demand_mean lead_time_demand_std_dev recommendation");

const contract = {
  "inventory.eoq": {
    path: "optimizer/inventory/eoq",
    required: words("annual_demand order_cost"),
    input:
      words(`annual_demand order_cost holding_cost_per_unit holding_cost_rate unit_cost price_breaks
      price_breaks/*/min_quantity price_breaks/*/unit_cost
      production_rate backorder_cost_per_unit discount_type min_order_quantity lot_size days_per_year`),
    output:
      words(`eoq num_orders_per_year days_between_orders total_annual_cost ordering_cost holding_cost purchase_cost
      backorder_cost max_backorder
      max_inventory unit_cost recommendation total_with_purchase`),
    defaults: { days_per_year: 365 },
    words: { discount_type: ["all_units", "incremental"] },
  },
  "inventory.safety_stock": {
    path: "optimizer/inventory/safety-stock",
    required: words("lead_time_days"),
    input: stock,
    output: stockOut,
    defaults: stockDefaults,
    words: stockWords,
  },
  "inventory.reorder_point": {
    path: "optimizer/inventory/reorder-point",
    required: words("lead_time_days"),
    input: [...stock, "on_hand", "on_order"],
    output: [...stockOut, ...words("reorder_point expected_shortage_per_cycle fill_rate order_now")],
    defaults: stockDefaults,
    words: stockWords,
  },
  "inventory.multi_product": {
    path: "optimizer/inventory/multi-product",
    required: ["products"],
    input: [
      ...product.map((f) => `products/*/${f}`),
      ...words(
        "products budget storage_capacity max_orders_per_year constraint_basis joint_order_cost gap_tolerance time_limit_s",
      ),
    ],
    output:
      words(`status products products/*/id products/*/order_quantity products/*/eoq products/*/orders_per_year
      products/*/annual_cost products/*/investment
      products/*/storage products/*/multiple total_annual_cost unconstrained_cost lower_bound gap budget_used
      storage_used shadow_prices shadow_prices/budget
      shadow_prices/storage shadow_prices/orders base_cycle conflict stopped_by`),
    words: { constraint_basis: ["peak", "average"] },
  },
  "inventory.lot_sizing": {
    path: "optimizer/inventory/lot-sizing",
    required: words("demand order_cost holding_cost"),
    input: words("demand order_cost holding_cost unit_cost capacity initial_inventory"),
    output: words("orders inventory total_cost status gap stopped_by"),
  },
  "inventory.newsvendor": {
    path: "optimizer/inventory/newsvendor",
    required: ["demand"],
    input: words(
      "unit_cost price salvage_value underage_cost overage_cost demand demand/distribution demand/mean demand/std_dev demand/samples",
    ),
    output: words("order_quantity critical_ratio expected_cost expected_profit expected_lost_sales"),
    words: { "demand/distribution": ["normal", "poisson", "gamma", "negative_binomial", "empirical"] },
  },
  "inventory.policy": {
    path: "optimizer/inventory/policy",
    required: words("type demand holding_cost stockout_cost"),
    input: words(
      "type demand demand/distribution demand/mean demand/std_dev lead_time fixed_cost holding_cost stockout_cost",
    ),
    output: words("reorder_point order_quantity order_up_to expected_cost"),
    words: { type: ["r_q", "s_S", "base_stock"] },
  },
  "inventory.pareto": {
    path: "optimizer/inventory/pareto",
    required: ["products"],
    input: [
      ...product.map((f) => `products/*/${f}`),
      ...words("products products/*/demand_std_dev products/*/lead_time_days points service_levels"),
    ],
    output:
      words(`frontier frontier/*/service_level frontier/*/total_cost frontier/*/holding_cost
      frontier/*/safety_stock_investment
      frontier/*/expected_backorders knee`),
    defaults: { points: 20 },
  },
};

/** The alternatives of the schema at a path of field names, where * stands for any element. */
function at(schema, path) {
  return path.split("/").reduce(
    (some, step) =>
      some.flatMap((s) => {
        const next = step === "*" ? s.items : s.properties?.[step];
        return next ? alternatives(next, schema).map((a) => ({ ...a, default: next.default ?? a.default })) : [];
      }),
    alternatives(schema, schema),
  );
}

for (const [op, want] of Object.entries(contract)) {
  describe(`the contract of ${op}`, () => {
    test("its path, fields, words and defaults are there", () => {
      const listed = JSON.parse(run(nativePath, ["ops", "--json"]).stdout).operations.find((o) => o.name === op);
      assert.equal(listed?.path, `/api/v1/${want.path}`);
      const { input, output } = describeOp(op);
      assert.deepEqual(
        want.input.filter((f) => at(input, f).length === 0),
        [],
        "inputs are missing",
      );
      assert.deepEqual(
        want.output.filter((f) => at(output, f).length === 0),
        [],
        "outputs are missing",
      );
      for (const field of want.required) assert.ok(input.required.includes(field), `${field} is required`);
      for (const [field, value] of Object.entries(want.defaults ?? {}))
        assert.equal(at(input, field)[0].default, value, `default of ${field}`);
      for (const [field, list] of Object.entries(want.words ?? {})) {
        const known = at(input, field).flatMap((s) => s.enum ?? []);
        assert.deepEqual(
          list.filter((w) => !known.includes(w)),
          [],
          `words of ${field}`,
        );
      }
    });
  });
}
