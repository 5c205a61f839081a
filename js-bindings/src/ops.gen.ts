// Printed from the table of operations by `./dev gen`. Do not edit.

/** What went wrong, the same at every door. */
export type Status =
  | "invalid_json"
  | "invalid_input"
  | "unknown_operation"
  | "insufficient_data"
  | "unsupported"
  | "too_large"
  | "cancelled"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "upstream_error"
  | "out_of_memory"
  | "internal";

/** Input of `inventory.eoq`. Order size that minimises ordering plus holding cost, with production rate, backorders and quantity discounts. */
export interface InventoryEoqInput {
  /** Expected demand, steady over the year. Unit: units/year. */
  annual_demand: number;
  /** Fixed cost of placing one order or setting up one run, whatever its size. Unit: money/order. */
  order_cost: number;
  /** Cost of keeping one unit in stock for a year. Give this or holding_cost_rate. Unit: money/unit/year. */
  holding_cost_per_unit?: number | null;
  /** Cost of keeping stock for a year as a share of the price paid for it. Needs unit_cost or price_breaks. Unit: 1/year. */
  holding_cost_rate?: number | null;
  /** Price of one unit. With price_breaks: the price below the first of them. Unit: money/unit. */
  unit_cost?: number | null;
  /** Rate at which an order comes in, above annual_demand. Missing: all at once. Unit: units/year. */
  production_rate?: number | null;
  /** Cost of letting one unit of demand wait for a year. Missing: nobody may wait. Unit: money/unit/year. */
  backorder_cost_per_unit?: number | null;
  /** Prices by order size, min_quantity rising and unit_cost not rising. */
  price_breaks?: Array<{
    /** Smallest order at this price. Unit: units. */
    min_quantity: number;
    /** Price of each unit (all_units) or of each unit from min_quantity on (incremental). Unit: money/unit. */
    unit_cost: number;
  }> | null;
  /** Whether a price holds for all units of the order or only for those from min_quantity on. Default all_units. */
  discount_type?: "all_units" | "incremental" | null;
  /** Smallest order allowed. Unit: units. */
  min_order_quantity?: number | null;
  /** Orders are whole multiples of this. Unit: units. */
  lot_size?: number | null;
  /** Days that demand is spread over. Unit: days. Default 365. */
  days_per_year?: number | null;
}

/** Output of `inventory.eoq`. Harris (1913); discounts and backorders after Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 3. */
export interface InventoryEoqOutput {
  /** The order quantity of least yearly cost among those allowed. Unit: units. */
  eoq: number;
  /** annual_demand / eoq. Unit: orders/year. */
  num_orders_per_year: number;
  /** days_per_year / num_orders_per_year. Unit: days. */
  days_between_orders: number;
  /** Ordering, holding and backorder cost; with price_breaks purchase cost as well. Unit: money/year. */
  total_annual_cost: number;
  /** order_cost times the number of orders. Unit: money/year. */
  ordering_cost: number;
  /** Cost of the average stock. Unit: money/year. */
  holding_cost: number;
  /** Cost of a year's units at this order size, where a price is known. Unit: money/year. */
  purchase_cost?: number;
  /** Cost of demand that waits; 0 without backorder_cost_per_unit. Unit: money/year. */
  backorder_cost: number;
  /** All of the above with purchase cost, where a price is known. Unit: money/year. */
  total_with_purchase?: number;
  /** Demand that waits when an order begins to come in. Unit: units. */
  max_backorder: number;
  /** Most stock ever on hand. Unit: units. */
  max_inventory: number;
  /** Stock on hand on average over time. Unit: units. */
  average_inventory: number;
  /** Average price paid at this order size, where a price is known. Unit: money/unit. */
  unit_cost?: number;
  /** How long one order takes to come in, with production_rate. Unit: days. */
  production_days?: number;
  /** Which of price_breaks applies, counted from 0; missing below the first. */
  price_break?: number;
  /** The answer in a sentence, rounded. */
  recommendation: string;
}

/** Input of `inventory.safety_stock`. Stock to hold against uncertain demand and lead time for a cycle or fill-rate service level. */
export interface InventorySafetyStockInput {
  /** Standard deviation of one day's demand. Required, except with poisson and empirical, which take no notice of it. Unit: units/day. */
  demand_std_dev?: number | null;
  /** Mean time from an order to its arrival. Unit: days. */
  lead_time_days: number;
  /** Mean demand of a day. empirical takes it from demand_history. Unit: units/day. Default 0. */
  avg_daily_demand?: number | null;
  /** Standard deviation of the lead time. Unit: days. Default 0. */
  lead_time_std_dev?: number | null;
  /** Time between looks at the stock, which the safety stock has to cover as well; 0 is continuous review. Unit: days. Default 0. */
  review_period_days?: number | null;
  /** Service to keep, below 1: the share of replenishment cycles without a stock-out (cycle) or the share of demand met met from stock (fill_rate). Unit: 0..1. Default 0.95. */
  service_level?: number | null;
  /** What service_level means. Default cycle. */
  service_type?: "cycle" | "fill_rate" | null;
  /** Size of an order. Required by fill_rate. Unit: units. */
  order_quantity?: number | null;
  /** Family of demand over lead time and review period, fitted to its mean and standard deviation. poisson uses the mean alone (with lead_time_std_dev it becomes the negative binomial of Poisson demand over a gamma lead time). negative_binomial needs a variance above the mean. empirical sums demand_history over every window of that length, counting part of a day as that part of its demand, and takes a variable lead time as normal, by its three-point Gauss-Hermite rule. Default normal. */
  demand_distribution?: "normal" | "gamma" | "poisson" | "negative_binomial" | "empirical" | null;
  /** Demand of past days in order, for empirical. Unit: units/day. */
  demand_history?: number[] | Float64Array | null;
}

/** Output of `inventory.safety_stock`. Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 6. */
export interface InventorySafetyStockOutput {
  /** Stock beyond mean lead-time demand at which to order; negative where the service is kept with less. Unit: units. */
  safety_stock: number;
  /** safety_stock / lead_time_demand_std_dev; null where demand is certain, save for normal cycle service. Unit: standard deviations. */
  z_score: number | null;
  /** The service asked for. Unit: 0..1. */
  service_level: number;
  /** Mean demand over lead time and review period. Unit: units. */
  lead_time_demand_mean: number;
  /** Its standard deviation, of the distribution used. Unit: units. */
  lead_time_demand_std_dev: number;
  /** Share of cycles without a stock-out that this stock gives. Unit: 0..1. */
  cycle_service_level: number;
  /** Share of demand met from stock that it gives: 1 - expected shortage of a cycle / order_quantity; null without order_quantity. Unit: 0..1. */
  fill_rate: number | null;
  /** The answer in a sentence, rounded. */
  recommendation: string;
}

/** Input of `inventory.reorder_point`. Stock level at which to order again, and whether that is now. */
export interface InventoryReorderPointInput {
  /** Standard deviation of one day's demand. Required, except with poisson and empirical, which take no notice of it. Unit: units/day. */
  demand_std_dev?: number | null;
  /** Mean time from an order to its arrival. Unit: days. */
  lead_time_days: number;
  /** Mean demand of a day. empirical takes it from demand_history. Unit: units/day. Default 0. */
  avg_daily_demand?: number | null;
  /** Standard deviation of the lead time. Unit: days. Default 0. */
  lead_time_std_dev?: number | null;
  /** Time between looks at the stock, which the safety stock has to cover as well; 0 is continuous review. Unit: days. Default 0. */
  review_period_days?: number | null;
  /** Service to keep, below 1: the share of replenishment cycles without a stock-out (cycle) or the share of demand met met from stock (fill_rate). Unit: 0..1. Default 0.95. */
  service_level?: number | null;
  /** What service_level means. Default cycle. */
  service_type?: "cycle" | "fill_rate" | null;
  /** Size of an order. Required by fill_rate. Unit: units. */
  order_quantity?: number | null;
  /** Family of demand over lead time and review period, fitted to its mean and standard deviation. poisson uses the mean alone (with lead_time_std_dev it becomes the negative binomial of Poisson demand over a gamma lead time). negative_binomial needs a variance above the mean. empirical sums demand_history over every window of that length, counting part of a day as that part of its demand, and takes a variable lead time as normal, by its three-point Gauss-Hermite rule. Default normal. */
  demand_distribution?: "normal" | "gamma" | "poisson" | "negative_binomial" | "empirical" | null;
  /** Demand of past days in order, for empirical. Unit: units/day. */
  demand_history?: number[] | Float64Array | null;
  /** Stock on hand, less what customers wait for. Unit: units. */
  on_hand?: number | null;
  /** Stock ordered and not yet arrived. Unit: units. Default 0. */
  on_order?: number | null;
}

/** Output of `inventory.reorder_point`. Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 6. */
export interface InventoryReorderPointOutput {
  /** Order when stock on hand and on order together fall to this: mean lead-time demand plus safety stock. Unit: units. */
  reorder_point: number;
  /** reorder_point less mean lead-time demand; negative where the service is kept with less. Unit: units. */
  safety_stock: number;
  /** safety_stock / lead_time_demand_std_dev; null where demand is certain, save for normal cycle service. Unit: standard deviations. */
  z_score: number | null;
  /** The service asked for. Unit: 0..1. */
  service_level: number;
  /** Mean demand over lead time and review period. Unit: units. */
  lead_time_demand_mean: number;
  /** Its standard deviation, of the distribution used. Unit: units. */
  lead_time_demand_std_dev: number;
  /** Mean demand beyond the reorder point before an order arrives. Unit: units. */
  expected_shortage_per_cycle: number;
  /** Share of cycles without a stock-out that this gives. Unit: 0..1. */
  cycle_service_level: number;
  /** Share of demand met from stock that it gives: 1 - expected_shortage_per_cycle / order_quantity, not below 0; null without order_quantity. Unit: 0..1. */
  fill_rate: number | null;
  /** Whether on_hand and on_order together are at or below the reorder point; what is not given counts as none. */
  order_now: boolean;
  /** The answer in sentences, rounded. */
  recommendation: string;
}

/** Input of `inventory.multi_product`. Order sizes of many products under a budget, storage and order-count limit, with a proven bound and shadow prices. */
export interface InventoryMultiProductInput {
  /** The products that share the limits below; at least one. */
  products: Array<{
    /** Name of the product; each may be there once. */
    id: string;
    /** Expected demand, steady over the year; with 0 the product is never ordered. Unit: units/year. */
    annual_demand: number;
    /** Fixed cost of ordering this product once; with joint_order_cost what it adds to a joint order. Unit: money/order. */
    order_cost: number;
    /** Cost of keeping one unit in stock for a year. Give this or holding_cost_rate. Unit: money/unit/year. */
    holding_cost_per_unit?: number | null;
    /** Cost of keeping stock for a year as a share of unit_cost, which it needs. Unit: 1/year. */
    holding_cost_rate?: number | null;
    /** Price of one unit; needed for a budget. Unit: money/unit. */
    unit_cost?: number | null;
    /** Room one unit takes, in the unit of storage_capacity; needed for it. Unit: storage/unit. */
    storage_per_unit?: number | null;
    /** Smallest order allowed. Unit: units. */
    min_order_quantity?: number | null;
    /** Largest order allowed. Unit: units. */
    max_order_quantity?: number | null;
    /** Orders are whole multiples of this. Unit: units. */
    lot_size?: number | null;
  }>;
  /** Most money in stock: the sum of unit_cost times order quantity (peak), or half of it (average). Unit: money. */
  budget?: number | null;
  /** Room there is: the sum of storage_per_unit times order quantity (peak), or half of it (average). Unit: storage. */
  storage_capacity?: number | null;
  /** Most orders a year over all products; each product's order counts, joint or not. Unit: orders/year. */
  max_orders_per_year?: number | null;
  /** Whether budget and storage_capacity hold for all full orders at once (peak) or for average stock (average). Default peak. */
  constraint_basis?: "peak" | "average" | null;
  /** Cost shared by products ordered together: paid once every base cycle, whether or not a product is due (cyclic policy; no product need be in every cycle). 0 or missing: each product orders by itself. Not with lot_size. Unit: money/order. */
  joint_order_cost?: number | null;
  /** How far above the proven bound the plan may cost, as a share of its cost. Unit: 0..1. Default 0.0001. */
  gap_tolerance?: number | null;
  /** Time after which the best plan so far is given. Unit: seconds. Default 10. */
  time_limit_s?: number | null;
}

/** Output of `inventory.multi_product`. Concave dual of the convex program with a duality-gap certificate; whole lots by Lagrangian bound and branch and bound; joint replenishment by enumeration of the cyclic policies. */
export interface InventoryMultiProductOutput {
  /** optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: proven that no plan keeps the limits; unknown: no plan was found, and none excluded. */
  status: "optimal" | "feasible" | "infeasible" | "unknown";
  /** The plan, in the order of the request; empty without one. */
  products: Array<{
    /** Name of the product. */
    id: string;
    /** Quantity of each order; 0 without demand. Unit: units. */
    order_quantity: number;
    /** Economic order quantity of the product by itself, without any limit. Unit: units. */
    eoq: number;
    /** annual_demand / order_quantity. Unit: orders/year. */
    orders_per_year: number;
    /** The product's own ordering and holding cost. Unit: money/year. */
    annual_cost: number;
    /** Money in stock as the budget counts it (constraint_basis); null without unit_cost. Unit: money. */
    investment: number | null;
    /** Room taken as storage_capacity counts it (constraint_basis); null without storage_per_unit. Unit: storage. */
    storage: number | null;
    /** With joint_order_cost: the product is ordered every this many base cycles. */
    multiple?: number;
  }>;
  /** Ordering and holding cost of the plan, joint orders included; purchase is not. Unit: money/year. */
  total_annual_cost: number | null;
  /** The same without any limit, bound or lot: what the limits cost is the difference. Unit: money/year. */
  unconstrained_cost: number;
  /** No plan costs less than this. Unit: money/year. */
  lower_bound: number | null;
  /** (total_annual_cost - lower_bound) / total_annual_cost. Unit: 0..1. */
  gap: number | null;
  /** Sum of investment; null where a unit_cost is missing. Unit: money. */
  budget_used: number | null;
  /** Sum of storage; null where a storage_per_unit is missing. Unit: storage. */
  storage_used: number | null;
  /** Sum of orders_per_year. Unit: orders/year. */
  orders_used: number | null;
  /** What one more unit of each limit is worth; with whole lots or joint orders, in the bound. All null without a plan. */
  shadow_prices: {
    /** Yearly cost saved by one more unit of budget; null without a budget. Unit: money/year/money. */
    budget: number | null;
    /** Yearly cost saved by one more unit of storage; null without storage_capacity. Unit: money/year/storage. */
    storage: number | null;
    /** Yearly cost saved by one more order a year; null without max_orders_per_year. Unit: money/order. */
    orders: number | null;
  };
  /** With joint_order_cost: time between joint orders. Unit: years. */
  base_cycle?: number;
  /** With joint_order_cost: its part of total_annual_cost. Unit: money/year. */
  joint_annual_cost?: number;
  /** Infeasible: what cannot be kept together. */
  conflict?: {
    /** Fields of the request that cannot all be kept: the limits, and the kinds of bounds on quantities but for which they could be. */
    constraints: string[];
    /** Products whose smallest (or, for orders, largest) quantity alone breaks one of these limits. */
    products: string[];
    /** The conflict and its cure in a sentence, rounded. */
    message: string;
  };
  /** Infeasible: the smallest budget that works with the other limits as they are, or moved as well where several fail by themselves; with joint_order_cost anything above it. Unit: money. */
  least_budget?: number;
  /** Infeasible: the smallest storage_capacity that works with the other limits as they are, or moved as well where several fail by themselves; with joint_order_cost anything above it. Unit: storage. */
  least_storage?: number;
  /** Infeasible: the smallest max_orders_per_year that works with the other limits as they are, or moved as well where several fail by themselves; with joint_order_cost anything above it. Unit: orders/year. */
  least_orders?: number;
  /** What ended the work: the gap was closed (or the conflict proven), its budget was used, time ran out, or it was cancelled. */
  stopped_by: "gap" | "iterations" | "time" | "cancelled";
}

/** Input of `inventory.lot_sizing`. When and how much to order for a known demand per period. */
export interface InventoryLotSizingInput {
  /** Demand of each period, to be met from stock or that period's order. Unit: units/period. */
  demand: number[] | Float64Array;
  /** Fixed cost of ordering in a period: one number, or one a period. Unit: money/order. */
  order_cost: number | number[] | Float64Array;
  /** Cost of a unit in stock at the end of a period: one number, or one a period. Unit: money/unit/period. */
  holding_cost: number | number[] | Float64Array;
  /** Price of a unit ordered in a period: one number, or one a period. Missing: not counted. Unit: money/unit. */
  unit_cost?: number | number[] | Float64Array | null;
  /** Largest order of a period: one number, or one a period. Missing: no limit. Unit: units/order. */
  capacity?: number | number[] | Float64Array | null;
  /** Stock before the first period. Unit: units. Default 0. */
  initial_inventory?: number | null;
  /** How far above the proven bound the plan may cost, as a share of its cost. Unit: 0..1. Default 0.000001. */
  gap_tolerance?: number | null;
  /** Time after which the best plan so far is given. Unit: seconds. Default 10. */
  time_limit_s?: number | null;
}

/** Output of `inventory.lot_sizing`. Wagner and Whitin (1958); with capacities the exact dynamic program of Chen, Hearn and Lee (1994). */
export interface InventoryLotSizingOutput {
  /** optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: no plan meets demand. */
  status: "optimal" | "feasible" | "infeasible";
  /** Quantity ordered in each period; missing when infeasible. Unit: units. */
  orders?: number[];
  /** Stock at the end of each period; missing when infeasible. Unit: units. */
  inventory?: number[];
  /** Cost of the plan: ordering, holding and purchase. Unit: money. */
  total_cost: number | null;
  /** Fixed cost of the periods with an order. Unit: money. */
  ordering_cost?: number;
  /** Cost of stock at the ends of periods, what is left of initial_inventory included. Unit: money. */
  holding_cost?: number;
  /** Cost of the units ordered. Unit: money. */
  purchase_cost?: number;
  /** Periods with an order. */
  num_orders?: number;
  /** No plan costs less than this. Unit: money. */
  lower_bound?: number;
  /** (total_cost - lower_bound) / total_cost. Unit: 0..1. */
  gap: number | null;
  /** What ended the work: the gap was closed, its budget was used, time ran out, or it was cancelled. */
  stopped_by: "gap" | "iterations" | "time" | "cancelled";
  /** Infeasible: where capacity falls short of demand, in a sentence. */
  conflict?: string;
  /** Infeasible: the first period, counted from 1, whose demand cannot be met. */
  shortage_period?: number;
  /** Infeasible: how much is missing by that period. Unit: units. */
  shortage?: number;
  /** Infeasible: the smallest capacity, the same in all periods, that works. Unit: units/order. */
  least_capacity?: number;
}

/** Input of `inventory.newsvendor`. One order for one selling season under uncertain demand. */
export interface InventoryNewsvendorInput {
  /** What one unit costs to buy. Give prices (this and price) or underage_cost and overage_cost. Unit: money/unit. */
  unit_cost?: number | null;
  /** What one unit sells for, above unit_cost. Unit: money/unit. */
  price?: number | null;
  /** What a leftover unit brings, below unit_cost; negative where it costs to get rid of. Missing: 0. Unit: money/unit. */
  salvage_value?: number | null;
  /** Cost of each unit of demand not met. Unit: money/unit. */
  underage_cost?: number | null;
  /** Cost of each unit left over. Unit: money/unit. */
  overage_cost?: number | null;
  /** Demand of the season. Of normal demand the part below zero counts as returns. */
  demand: {
    /** Family of demand. Missing: empirical where samples are given, else normal. */
    distribution?: "normal" | "gamma" | "poisson" | "negative_binomial" | "empirical" | null;
    /** Mean demand. Required, except by empirical. Unit: units. */
    mean?: number | null;
    /** Standard deviation. Required by normal, gamma and negative_binomial (there its square must exceed the mean); poisson takes no notice of it. Unit: units. */
    std_dev?: number | null;
    /** Observed demands, all equally likely, for empirical. Unit: units. */
    samples?: number[] | Float64Array | null;
  };
}

/** Output of `inventory.newsvendor`. Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 4.3. */
export interface InventoryNewsvendorOutput {
  /** The quantity of least expected cost, not below 0. Unit: units. */
  order_quantity: number;
  /** underage_cost / (underage_cost + overage_cost): the service level that pays. Unit: 0..1. */
  critical_ratio: number;
  /** Expected cost of demand not met and units left over together. Unit: money. */
  expected_cost: number;
  /** Expected sales and salvage less purchase; null without prices. Unit: money. */
  expected_profit: number | null;
  /** Mean demand not met. Unit: units. */
  expected_lost_sales: number;
  /** Mean demand less expected_lost_sales. Unit: units. */
  expected_sales: number;
  /** Mean number of units left over. Unit: units. */
  expected_leftover: number;
  /** Probability that all demand is met. Unit: 0..1. */
  service_level: number;
  /** expected_sales / mean demand; null where mean demand is 0. Unit: 0..1. */
  fill_rate: number | null;
  /** As given, or price less unit_cost. Unit: money/unit. */
  underage_cost: number;
  /** As given, or unit_cost less salvage_value. Unit: money/unit. */
  overage_cost: number;
  /** The answer in a sentence, rounded. */
  recommendation: string;
}

/** Input of `inventory.policy`. Exact optimal (r,Q), (s,S) or base-stock policy for stochastic demand with backorders. */
export interface InventoryPolicyInput {
  /** r_q: watch the stock always, order a fixed quantity. s_S: look once a period, order up to S when at or below s. base_stock: order up to one level every period. */
  type: "r_q" | "s_S" | "base_stock";
  /** Demand of one unit of time (a period, where periodic), independent of that of others. */
  demand: {
    /** Family of demand. Missing: empirical where samples are given, else normal. */
    distribution?: "normal" | "gamma" | "poisson" | "negative_binomial" | "empirical" | null;
    /** Mean demand. Required, except by empirical. Unit: units. */
    mean?: number | null;
    /** Standard deviation. Required by normal, gamma and negative_binomial (there its square must exceed the mean); poisson takes no notice of it. Unit: units. */
    std_dev?: number | null;
    /** Observed demands, all equally likely, for empirical. Unit: units. */
    samples?: number[] | Float64Array | null;
  };
  /** From order to arrival; for s_S and base_stock 0 means in time for the period's demand. Unit: units of time. Default 0. */
  lead_time?: number | null;
  /** Cost of placing an order, whatever its size. Unit: money/order. Default 0. */
  fixed_cost?: number | null;
  /** Cost of keeping one unit in stock for one unit of time. Unit: money/unit/unit of time. */
  holding_cost: number;
  /** Cost of one unit of demand waiting for one unit of time. Unit: money/unit/unit of time. */
  stockout_cost: number;
}

/** Output of `inventory.policy`. Federgruen and Zheng (1992) for (r,Q); Zheng and Federgruen (1991) for (s,S). */
export interface InventoryPolicyOutput {
  /** r or s: order when the inventory position (on hand, on order, less what waits) is at or below this. Not for base_stock. Unit: units. */
  reorder_point?: number;
  /** Q, of r_q alone; 0 where orders cost nothing and demand is continuous: order each bit of demand as it comes. Unit: units. */
  order_quantity?: number;
  /** S, of s_S and base_stock. Unit: units. */
  order_up_to?: number;
  /** Ordering, carrying and waiting cost together: the least there is. Unit: money/unit of time. */
  expected_cost: number;
  /** fixed_cost times orders_per_unit_time. Unit: money/unit of time. */
  ordering_cost: number;
  /** holding_cost times expected_on_hand. Unit: money/unit of time. */
  carrying_cost: number;
  /** stockout_cost times expected_backorders. Unit: money/unit of time. */
  waiting_cost: number;
  /** Mean stock on hand; periodic: at the end of a period. Unit: units. */
  expected_on_hand: number;
  /** Mean demand waiting; periodic: at the end of a period. Unit: units. */
  expected_backorders: number;
  /** How often an order is placed; null where that is without end (order_quantity 0). Unit: orders/unit of time. */
  orders_per_unit_time: number | null;
  /** s_S with normal or gamma demand: demand and policy are on multiples of this. Unit: units. */
  grid_step?: number;
  /** The answer in a sentence, rounded. */
  recommendation: string;
}

/** Input of `inventory.pareto`. What better service costs: the frontier of yearly cost against service level, with its knee. */
export interface InventoryParetoInput {
  /** The products; at least one. */
  products: Array<{
    /** Name of the product; each may be there once. */
    id: string;
    /** Expected demand; with 0 the product is neither ordered nor kept. Unit: units/year. */
    annual_demand: number;
    /** Fixed cost of ordering this product once. Unit: money/order. */
    order_cost: number;
    /** Cost of keeping one unit in stock for a year. Give this or holding_cost_rate. Unit: money/unit/year. */
    holding_cost_per_unit?: number | null;
    /** Cost of keeping stock for a year as a share of unit_cost, which it needs. Unit: 1/year. */
    holding_cost_rate?: number | null;
    /** Price of one unit; needed for safety_stock_investment. Unit: money/unit. */
    unit_cost?: number | null;
    /** Not used here; taken so that the products of inventory.multi_product can be sent as they are. Unit: storage/unit. */
    storage_per_unit?: number | null;
    /** Smallest order allowed. Unit: units. */
    min_order_quantity?: number | null;
    /** Largest order allowed. Unit: units. */
    max_order_quantity?: number | null;
    /** Orders are whole multiples of this. Unit: units. */
    lot_size?: number | null;
    /** Standard deviation of one day's demand; days are independent. Unit: units/day. */
    demand_std_dev: number;
    /** Time from order to delivery. Unit: days. */
    lead_time_days: number;
  }>;
  /** Service levels to sweep, from 0.5 (fill_rate: 0.9) to 0.999 in equal steps of the normal quantile; not used with service_levels. Default 20. */
  points?: number | null;
  /** The service levels to look at, in any order. Unit: 0..1. */
  service_levels?: number[] | Float64Array | null;
  /** cycle: every product has the service level as its chance of no stockout in an order cycle. fill_rate: the service level is the share of all units that come from stock, reached at least cost over the products (safety stock may then be negative, down to minus half an order). Default cycle. */
  service_type?: "cycle" | "fill_rate" | null;
}

/** Output of `inventory.pareto`. Sweep of one Lagrange multiplier; normal lead-time demand. */
export interface InventoryParetoOutput {
  /** Points by rising service level and cost; levels that another one beats at no more cost are left out. */
  frontier: Array<{
    /** The service level asked for. Unit: 0..1. */
    service_level: number;
    /** Ordering and holding cost, safety stock included. Unit: money/year. */
    total_cost: number;
    /** Cost of keeping cycle and safety stock. Unit: money/year. */
    holding_cost: number;
    /** unit_cost times safety stock over all products; null where a unit_cost is missing. Unit: money. */
    safety_stock_investment: number | null;
    /** Units that are short when asked for, over all products. Unit: units/year. */
    expected_backorders: number;
    /** Share of all units that come from stock: 1 - expected_backorders / demand. Unit: 0..1. */
    fill_rate: number;
    /** Cost of placing orders, the same at every point. Unit: money/year. */
    ordering_cost: number;
    /** Safety stock of each product, in their order; left out where products times points exceed 1,000,000. Unit: units. */
    safety_stock?: number[];
  }>;
  /** The point furthest below the straight line from first to last, both axes scaled to 0..1: where more service begins to be dear. null with fewer than 3 points. */
  knee: {
    /** Which point of frontier, counted from 0. */
    index: number;
    /** The service level asked for. Unit: 0..1. */
    service_level: number;
    /** Ordering and holding cost, safety stock included. Unit: money/year. */
    total_cost: number;
    /** Cost of keeping cycle and safety stock. Unit: money/year. */
    holding_cost: number;
    /** unit_cost times safety stock over all products; null where a unit_cost is missing. Unit: money. */
    safety_stock_investment: number | null;
    /** Units that are short when asked for, over all products. Unit: units/year. */
    expected_backorders: number;
    /** Share of all units that come from stock: 1 - expected_backorders / demand. Unit: 0..1. */
    fill_rate: number;
  } | null;
  /** What is the same at all points. */
  products: Array<{
    /** Name of the product. */
    id: string;
    /** Its best order quantity within its bounds and lots. Unit: units. */
    order_quantity: number;
    /** Standard deviation of demand over the lead time: demand_std_dev times the root of lead_time_days. Unit: units. */
    lead_time_demand_std_dev: number;
  }>;
}

/** Input of `inventory.plan`. What to order, when, and what lies there too long, for each item from its sales history. */
export interface InventoryPlanInput {
  /** The items to plan. */
  items: Array<{
    /** The item's own name, once in the plan. */
    sku: string;
    /** What people call it; comes back in the answer. */
    name?: string | null;
    /** Stock on hand, less what customers wait for. Unit: units. */
    on_hand: number;
    /** Stock ordered and not yet arrived. Unit: units. Default 0. */
    on_order?: number | null;
    /** Days until on_order arrives; lead_time_days where absent. Unit: days. */
    on_order_days?: number | null;
    /** Price paid for a unit. Unit: money/unit. */
    unit_cost?: number | null;
    /** Fixed cost of an order, in place of the plan's. Unit: money/order. */
    order_cost?: number | null;
    /** Cost of keeping stock for a year as a share of unit_cost, in place of the plan's. Unit: 1/year. */
    holding_cost_rate?: number | null;
    /** Cost of keeping one unit for a year, in place of the rate. Unit: money/unit/year. */
    holding_cost_per_unit?: number | null;
    /** Mean time from an order to its arrival, in place of the plan's. Unit: days. */
    lead_time_days?: number | null;
    /** Standard deviation of the lead time, in place of the plan's. Unit: days. */
    lead_time_std_dev?: number | null;
    /** Days between looks at the stock, in place of the plan's. Unit: days. */
    review_period_days?: number | null;
    /** Service to keep, below 1, in place of the plan's. Unit: 0..1. */
    service_level?: number | null;
    /** Smallest order allowed. Unit: units. */
    min_order_quantity?: number | null;
    /** Orders are whole multiples of this; of 1 where absent. Unit: units. */
    lot_size?: number | null;
    /** Most stock allowed, on hand and on order together. Unit: units. */
    max_stock?: number | null;
    /** Forecasting model, in place of the plan's. */
    model_type?: "auto" | "naive" | "seasonal_naive" | "drift" | "ets" | "arima" | "theta" | "croston" | "prophet" | "xgboost" | "ensemble" | null;
    /** Family of demand over the lead time; auto goes by how regular and how uncertain it is. Default auto. */
    demand_distribution?: "auto" | "normal" | "gamma" | "poisson" | "negative_binomial" | null;
    /** Past sales. Give this or forecast. */
    history?: {
      /** Date of each value, ISO 8601; absent: the values are numbered and end the day before as_of. */
      dates?: string[] | null;
      /** Units sold, oldest first; null where it is not known. A period without sales is 0. Unit: units. */
      values: (number | null)[] | Float64Array;
      /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates, daily without them. */
      frequency?: string | null;
      /** What becomes of several values in one period. Default sum. */
      aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
    } | null;
    /** Expected demand, where it is known already. */
    forecast?: {
      /** Mean demand of a day. Unit: units/day. */
      mean: number;
      /** Standard deviation of a day's demand. Unit: units/day. */
      std_dev: number;
    } | null;
  }>;
  /** Fixed cost of placing one order. Unit: money/order. Default 50. */
  order_cost?: number | null;
  /** Cost of keeping stock for a year as a share of unit_cost. Unit: 1/year. Default 0.25. */
  holding_cost_rate?: number | null;
  /** Service to keep, below 1. Unit: 0..1. Default 0.95. */
  service_level?: number | null;
  /** What service_level means: the share of cycles without a stock-out, or the share of demand met from stock. Default cycle. */
  service_type?: "cycle" | "fill_rate" | null;
  /** Mean time from an order to its arrival. Unit: days. Default 7. */
  lead_time_days?: number | null;
  /** Standard deviation of the lead time. Unit: days. Default 0. */
  lead_time_std_dev?: number | null;
  /** Days between looks at the stock; 0: always. Unit: days. Default 0. */
  review_period_days?: number | null;
  /** Forecasting model; auto takes the one of least root mean squared error in a rolling backtest. Default auto. */
  model_type?: "auto" | "naive" | "seasonal_naive" | "drift" | "ets" | "arima" | "theta" | "croston" | "prophet" | "xgboost" | "ensemble" | null;
  /** Days looked ahead for yearly demand, dates of orders and of stock-outs. Unit: days. Default 365. */
  horizon_days?: number | null;
  /** The plan's date; absent: the day after the latest history ends, a month's history with the month. */
  as_of?: string | null;
  /** Days that a year's demand is spread over. Unit: days. Default 365. */
  days_per_year?: number | null;
  /** Days of demand above reorder point plus order size from which stock counts as too much. Unit: days. Default 30. */
  excess_days?: number | null;
  /** What a period without a value means: not known, or nothing sold, then up to the end of the latest history too. Default missing. */
  gaps?: "missing" | "zero" | null;
  /** Return each item's stock, day by day, if nothing more is ordered. Default false. */
  include_projection?: boolean | null;
  /** Seed of simulated intervals. Default 1. */
  seed?: number | null;
}

/** Output of `inventory.plan`. Silver, Pyke and Thomas, chapters 4 to 7; lead-time demand after Hyndman, Koehler, Ord and Snyder (2008), section 6.4. */
export interface InventoryPlanOutput {
  /** The plan's date; null where nothing in the request has one. */
  as_of: string | null;
  /** One for each item, in the order of the items. */
  recommendations: Array<{
    /** The item's code. */
    sku: string;
    /** Its name, where it has one. */
    name?: string;
    /** What to do. */
    action: "ORDER_NOW" | "REDUCE_STOCK" | "MAINTAIN";
    /** To order now; 0 unless the action is ORDER_NOW. Unit: units. */
    order_quantity: number;
    /** order_quantity times unit_cost. Unit: money. */
    order_value: number | null;
    /** Day by which stock is down to the reorder point; null where not within horizon_days, or without dates. */
    order_by: string | null;
    /** Size of a usual order, in whole lots. Unit: units. */
    next_order_quantity: number;
    /** Order when stock on hand and on order together fall to this: mean lead-time demand plus safety stock. Unit: units. */
    reorder_point: number;
    /** reorder_point less mean lead-time demand. Unit: units. */
    safety_stock: number;
    /** Economic order quantity; null without a price or demand. Unit: units. */
    eoq: number | null;
    /** Stock on hand and on order after an order, before whole lots. Unit: units. */
    order_up_to: number;
    /** Stock on hand and on order. Unit: units. */
    position: number;
    /** Days the stock on hand lasts; null without demand, and beyond a million. Unit: days. */
    days_of_cover: number | null;
    /** First day whose expected demand is not met if nothing more is ordered; null where not within horizon_days, or without dates. */
    stockout_date: string | null;
    /** Stock above what REDUCE_STOCK allows. Unit: units. */
    excess_stock: number;
    /** Cost of holding the excess for a year. Unit: money/year. */
    potential_saving: number | null;
    /** Stock on hand times unit_cost. Unit: money. */
    stock_value: number | null;
    /** Expected demand, of horizon_days brought to a year. Unit: units/year. */
    annual_demand: number;
    /** annual_demand times unit_cost. Unit: money/year. */
    annual_value: number | null;
    /** In falling order of annual_value: A begins below 80 % of the sum, B below 95 %, C is the rest; by units where no item has a price. */
    abc_class: string | null;
    /** X: variation up to 0.5, Y: up to 1, Z: above. */
    xyz_class: string | null;
    /** Coefficient of variation of demand: by week for daily histories of at least eight weeks, else by period. */
    variation: number | null;
    /** Share of demand met from stock under this plan. Unit: 0..1. */
    fill_rate: number | null;
    /** Share of cycles without a stock-out. Unit: 0..1. */
    cycle_service_level: number;
    /** Expected demand over lead time and review period. Unit: units. */
    lead_time_demand_mean: number;
    /** Its standard deviation. Unit: units. */
    lead_time_demand_std_dev: number;
    /** Its family. */
    demand_distribution: "normal" | "gamma" | "poisson" | "negative_binomial" | "empirical";
    /** How regular the history is. */
    demand_class: "smooth" | "erratic" | "intermittent" | "lumpy" | "none";
    /** The model used; average for a history too short for one, given for a forecast of the request, none without sales. */
    model_type: string;
    /** The demand the stock was planned for. */
    forecast: {
      /** Expected demand of a day over lead time and review period. Unit: units/day. */
      mean: number;
      /** Standard deviation of a day that, were days independent, gives that of lead-time demand. Unit: units/day. */
      std_dev: number;
    };
    /** With include_projection. */
    projected_stock?: {
      /** Each day, or its number from 1 where the plan has no date. */
      dates: string[];
      /** Expected stock on hand at the day's end, not below 0. Unit: units. */
      values: number[];
    };
    /** The recommendation in a sentence, rounded. */
    reason: string;
    /** Repairs and fallbacks of this item. */
    warnings: string[];
  }>;
  /** Value of what is to be ordered now, of items with a price. Unit: money. */
  total_order_value: number;
  /** Cost of holding all excess for a year. Unit: money/year. */
  total_potential_saving: number;
  /** Value of the stock on hand, of items with a price. Unit: money. */
  total_stock_value: number;
  /** Items by action. */
  counts: {
    /** Items to order. */
    order_now: number;
    /** Items with too much stock. */
    reduce_stock: number;
    /** Items to leave as they are. */
    maintain: number;
  };
  /** Remarks on the whole plan. */
  warnings: string[];
}

/** Input of `staffing.assign_tasks`. Who does which task, by value or cost, within skills and hours, with a proven bound. */
export interface StaffingAssignTasksInput {
  /** Those who do the tasks; at least one. */
  employees: Array<{
    /** Name of the employee; each may be there once. */
    id: string;
    /** Name to show. */
    name?: string | null;
    /** Hours of tasks this employee can take; missing: no limit. Unit: hours. */
    capacity_hours?: number | null;
    /** Cost of an hour, where costs does not say what a task costs. Unit: money/hour. Default 0. */
    hourly_rate?: number | null;
    /** What the employee can do. */
    skills?: string[] | null;
  }>;
  /** The tasks; each goes to one employee at most. At least one. */
  tasks: Array<{
    /** Name of the task; each may be there once. */
    id: string;
    /** Name to show. */
    name?: string | null;
    /** How long it takes. Unit: hours. Default 0. */
    hours?: number | null;
    /** What doing it is worth. Unit: value. Default 0. */
    value?: number | null;
    /** Skills of which its employee must have every one. */
    required_skills?: string[] | null;
    /** Where not every task can be done although it should (min_cost, require_all, or no values at all), a task counts 1 + priority. Default 0. */
    priority?: number | null;
  }>;
  /** What a task is worth when this employee does it: {employee: {task: value}}; the task's own value elsewhere. */
  values?: Record<string, Record<string, number>> | null;
  /** What a task costs when this employee does it: {employee: {task: cost}}; hourly_rate times hours elsewhere. */
  costs?: Record<string, Record<string, number>> | null;
  /** How long a task takes this employee: {employee: {task: hours}}; the task's own hours elsewhere. */
  hours_by_employee?: Record<string, Record<string, number>> | null;
  /** Most tasks an employee may have; missing: no limit. */
  max_tasks_per_employee?: number | null;
  /** max_value: the highest total value, whichever tasks that takes (without any value in the request: the most tasks); min_cost: the most tasks, and of such plans the cheapest. Default max_value. */
  objective?: "max_value" | "min_cost" | null;
  /** Whether every task must be done; where that cannot be, the plan leaves out as little as possible. Default false. */
  require_all?: boolean | null;
  /** How far the plan may be from the proven bound, as a share; 0: prove it. Unit: 0..1. Default 0.0001. */
  gap_tolerance?: number | null;
  /** Time after which the best plan so far is given. Unit: seconds. Default 10. */
  time_limit_s?: number | null;
  /** Of the random choices of the search. Default 1. */
  seed?: number | null;
}

/** Output of `staffing.assign_tasks`. Generalised assignment: Lagrangian bound of Fisher, Jaikumar and Van Wassenhove (1986) closed by branching; shortest augmenting paths of Jonker and Volgenant (1987) where capacity is a number of tasks. */
export interface StaffingAssignTasksOutput {
  /** optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: require_all, and proven that some task must be left out; unknown: require_all, and no plan with every task was found, but none excluded. */
  status: "optimal" | "feasible" | "infeasible" | "unknown";
  /** The plan, in the order of the tasks. */
  assignments: Array<{
    /** Who does the task. */
    employee_id: string;
    /** The task's id. */
    task_id: string;
    /** What it is worth. Unit: value. */
    value: number;
    /** How long it takes this employee. Unit: hours. */
    hours: number;
    /** What it costs. Unit: money. */
    cost: number;
  }>;
  /** Sum of value. Unit: value. */
  total_value: number;
  /** Sum of cost. Unit: money. */
  total_cost: number;
  /** Tasks that nobody does, in the order of the request. */
  unassigned: Array<{
    /** The task's id. */
    task_id: string;
    /** Why nobody does it. */
    reason: string;
  }>;
  /** What each employee has to do, in the order of the request. */
  employees: Array<{
    /** The employee. */
    id: string;
    /** Number of tasks. */
    tasks: number;
    /** Hours of these tasks. Unit: hours. */
    hours: number;
    /** Cost of these tasks. Unit: money. */
    cost: number;
    /** hours / capacity_hours; null without a capacity. Unit: 0..1. */
    utilization: number | null;
  }>;
  /** min_cost: no plan that leaves out as little costs less than this. Unit: money. */
  lower_bound?: number;
  /** max_value: no plan (with require_all: that leaves out as little) is worth more than this. Unit: value. */
  upper_bound?: number;
  /** Distance of the total from the bound, as a share of the larger of the two; null where no bound is known. Unit: 0..1. */
  gap: number | null;
  /** Time the work took. Unit: seconds. */
  solve_time_s: number;
  /** What ended the work: the gap was closed, its budget was used, time ran out, or it was cancelled. */
  stopped_by: "gap" | "iterations" | "time" | "cancelled";
}

/** Input of `staffing.schedule`. Who works when at least cost under coverage, skills, hours and rest, with a proven bound, or why no plan exists. */
export interface StaffingScheduleInput {
  /** The people; at least one. */
  employees: Array<{
    /** Name of the person in this request; each may be there once. */
    id: string;
    /** Name for sentences; the id where absent. */
    name?: string | null;
    /** Pay of an hour. Unit: money/hour. Default 0. */
    hourly_rate?: number | null;
    /** Most hours in the whole horizon; absent: no limit. Unit: hours. */
    max_hours?: number | null;
    /** Least hours in the whole horizon. Unit: hours. Default 0. */
    min_hours?: number | null;
    /** Most hours in each week, days 7w to 7w+6; absent: no limit. Unit: hours/week. */
    max_hours_per_week?: number | null;
    /** Least hours in each whole week; a last, shorter week has none. Unit: hours/week. Default 0. */
    min_hours_per_week?: number | null;
    /** What the person can do. */
    skills?: string[] | null;
    /** Shifts the person may work, by weekday "0" (Monday) to "6" (a shift's day mod 7). Absent: always. A weekday that is missing: not on that day. Ids that are not among shifts are told in warnings. */
    availability?: Record<string, string[]> | null;
    /** How much the person likes a shift, by its id: -10 to 10. See preference_weight. */
    preferences?: Record<string, number> | null;
    /** Most days worked in a row. Unit: days. */
    max_consecutive_days?: number | null;
    /** Least days worked in a row; a run at either end of the horizon is taken as long enough. Unit: days. */
    min_consecutive_days?: number | null;
    /** Least days off in a row; days off at either end of the horizon are taken as enough. Unit: days. */
    min_consecutive_days_off?: number | null;
    /** Most shifts that start on one day; absent: as many as do not overlap. Unit: shifts/day. */
    max_shifts_per_day?: number | null;
    /** Most weekends (days 5 and 6 of a week) with a shift on either day. Unit: weekends. */
    max_weekends?: number | null;
    /** Most shifts of a type in the whole horizon. */
    max_shifts_per_type?: Record<string, number> | null;
    /** Dates, YYYY-MM-DD, on which the person starts no shift; needs horizon_start. */
    unavailable_dates?: string[] | null;
    /** Paid once if the person works at all; 1 for all, with no pay, finds the fewest people. Unit: money. Default 0. */
    call_in_cost?: number | null;
  }>;
  /** The shifts of the whole horizon; at least one. */
  shifts: Array<{
    /** Name of the shift in this request; each may be there once. */
    id: string;
    /** Name for sentences; the id where absent. */
    name?: string | null;
    /** Type of shift, such as early or night, that max_shifts_per_type and forbidden_successions speak of. */
    type?: string | null;
    /** Day on which it starts, from 0; the weekday is day mod 7, 0 = Monday. Unit: day. */
    day: number;
    /** When it begins: HH:MM. */
    start_time: string;
    /** HH:MM (24:00 is midnight); at or before start_time it is on the next day. Shifts that only touch do not overlap. */
    end_time: string;
    /** Paid hours: less than the clock times where a break is unpaid, never more; absent: the clock times. Unit: hours. */
    duration_hours?: number | null;
    /** Skills that everybody in the shift must hold, all of them. */
    required_skills?: string[] | null;
    /** Counts for unpopular_weight; absent: where the shift runs into the night (22:00 to 06:00) or starts on a Saturday or Sunday. */
    unpopular?: boolean | null;
    /** In place of the request's understaffing_penalty for this shift. Unit: money/head. */
    understaffing_penalty?: number | null;
    /** In place of the request's overstaffing_penalty for this shift. Unit: money/head. */
    overstaffing_penalty?: number | null;
  }>;
  /** People needed in each shift, by its id; 1 where absent (or max_coverage where that is lower). */
  min_coverage?: Record<string, number> | null;
  /** Most people in a shift, by its id; no limit where absent. Never exceeded. */
  max_coverage?: Record<string, number> | null;
  /** People with a skill needed among those of a shift: shift id, then skill, then number. A person counts for every skill they hold, so that one who is cook and lead fills one of each. */
  skill_coverage?: Record<string, Record<string, number>> | null;
  /** Least time between the end of a shift and the start of the next. Unit: hours. Default 0. */
  min_rest_hours?: number | null;
  /** Types of shift that may not be worked on the day after one of another type. */
  forbidden_successions?: Array<{
    /** Type of the shift worked on a day. */
    from: string;
    /** Type that may then not be worked on the next day. */
    to: string;
  }> | null;
  /** Assignments that must be made. */
  fixed?: Array<{
    /** Id of the person. */
    employee_id: string;
    /** Id of the shift. */
    shift_id: string;
  }> | null;
  /** Assignments that must not be made. */
  forbidden?: Array<{
    /** Id of the person. */
    employee_id: string;
    /** Id of the shift. */
    shift_id: string;
  }> | null;
  /** Wishes for and against single shifts; one that is refused costs its weight. */
  shift_requests?: Array<{
    /** Id of the person. */
    employee_id: string;
    /** Id of the shift. */
    shift_id: string;
    /** on: wants to work it; off: wants not to. */
    wish: "on" | "off";
    /** Cost of refusing it. Unit: money. Default 1. */
    weight?: number | null;
  }> | null;
  /** Hours of a week above overtime_threshold cost this multiple of hourly_rate; absent: no more than others. */
  overtime_multiplier?: number | null;
  /** Where overtime begins; needs overtime_multiplier. Unit: hours/week. Default 40. */
  overtime_threshold?: number | null;
  /** Cost of each hour by which a person's hours differ from their fair share, either way. The fair share is the hours min_coverage demands, times the person's part of all max_hours (or max_hours_per_week over the horizon; without either as much as the largest), rounded up to the greatest common part of all hours; see fair_hours. Unit: money/hour. Default 0. */
  fairness_weight?: number | null;
  /** The same for unpopular shifts: cost of each one by which a person differs from their fair share, which is rounded up to whole shifts; see fair_unpopular_shifts. Unit: money/shift. Default 0. */
  unpopular_weight?: number | null;
  /** What a point of preferences is worth. Absent: so little that all preferences together never cost as much as the smallest difference between two plans: they decide between plans equally good otherwise. Unit: money/point. */
  preference_weight?: number | null;
  /** Cost of each head that min_coverage or skill_coverage lacks; absent: coverage is hard. Unit: money/head. */
  understaffing_penalty?: number | null;
  /** Cost of each head above min_coverage. Unit: money/head. Default 0. */
  overstaffing_penalty?: number | null;
  /** Date of day 0, YYYY-MM-DD, a Monday; needed for unavailable_dates. */
  horizon_start?: string | null;
  /** Time after which the best plan so far is given. Unit: seconds. Default 5. */
  time_limit_s?: number | null;
  /** How far the plan's objective may be above the proven bound, as a share of it; 0 proves the optimum (to a millionth of it where pay is no whole number of small units). Unit: 0..1. Default 0.0001. */
  gap_tolerance?: number | null;
  /** Seed of the search. Default 1. */
  seed?: number | null;
}

/** Output of `staffing.schedule`. Lagrangian decomposition by person with exact dynamic programs; rules of rosters after Curtois and Qu (2014). */
export interface StaffingScheduleOutput {
  /** optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: proven that no plan keeps coverage and rules, and the best understaffed one is given; unknown: no full plan was found, and none excluded. */
  status: "optimal" | "feasible" | "infeasible" | "unknown";
  /** The plan, by employee, then by time. */
  assignments: Array<{
    /** Who works it. */
    employee_id: string;
    /** In which shift. */
    shift_id: string;
    /** Paid hours. Unit: hours. */
    hours: number;
    /** hourly_rate times hours; what overtime costs more is with the employee. Unit: money. */
    cost: number;
  }>;
  /** Money alone: wages, overtime, calls. Unit: money. */
  total_cost: number;
  /** What is minimised: the sum of objective_parts. Unit: money. */
  objective: number;
  /** No plan has a lower objective; infeasible: no plan that lacks as few heads. null where the plan may lack more heads than it must. Unit: money. */
  lower_bound: number | null;
  /** (objective - lower_bound) / |objective|; null without a bound, or where objective is 0 and the bound is below it. Unit: 0..1. */
  gap: number | null;
  /** Every shift has its people and their skills. */
  coverage_met: boolean;
  /** Mean utilization of the employees who have one. Unit: 0..1. */
  avg_utilization: number | null;
  /** Heads that hard coverage lacks in the plan; its skills count by themselves. Unit: people. */
  heads_short: number;
  /** Proven: no plan lacks fewer. Unit: people. */
  least_heads_short: number;
  /** What the objective is the sum of. */
  objective_parts: {
    /** Hours at hourly_rate. Unit: money. */
    wages: number;
    /** What overtime costs more. Unit: money. */
    overtime: number;
    /** call_in_cost of those who work. Unit: money. */
    calls: number;
    /** Penalties for heads missing where coverage is soft. Unit: money. */
    understaffing: number;
    /** Penalties for heads above min_coverage. Unit: money. */
    overstaffing: number;
    /** Weights of refused shift_requests. Unit: money. */
    requests: number;
    /** Hours and unpopular shifts away from the fair shares, at their weights. Unit: money. */
    fairness: number;
    /** Minus preference_score times preference_weight. Unit: money. */
    preferences: number;
  };
  /** Sum of preferences over the assignments. Unit: points. */
  preference_score: number;
  /** With preferences: the weight used. Unit: money/point. */
  preference_weight?: number;
  /** Each person's plan, in the order of the request. */
  employees: Array<{
    /** Id of the person. */
    id: string;
    /** Shifts worked. Unit: shifts. */
    shifts: number;
    /** Paid hours. Unit: hours. */
    hours: number;
    /** Hours of weeks above overtime_threshold; 0 without overtime_multiplier. Unit: hours. */
    overtime_hours: number;
    /** Wages, overtime and call_in_cost. Unit: money. */
    cost: number;
    /** hours / max_hours (or max_hours_per_week for each week begun); null without either. Unit: 0..1. */
    utilization: number | null;
    /** With fairness_weight: the fair share. Unit: hours. */
    fair_hours?: number;
    /** Unpopular shifts worked. Unit: shifts. */
    unpopular_shifts: number;
    /** With unpopular_weight: the fair share. Unit: shifts. */
    fair_unpopular_shifts?: number;
  }>;
  /** Each shift, in the order of the request. */
  coverage: Array<{
    /** Id of the shift. */
    shift_id: string;
    /** min_coverage. Unit: people. */
    required: number;
    /** People in the plan. Unit: people. */
    assigned: number;
  }>;
  /** Shifts with too few people, or too few of a skill. */
  uncovered: Array<{
    /** Id of the shift. */
    shift_id: string;
    /** The skill of skill_coverage that is short; absent: heads of any. */
    skill?: string;
    /** How many are needed. Unit: people. */
    required: number;
    /** How many the plan has. Unit: people. */
    assigned: number;
    /** Why nobody else is in it, in a sentence. */
    reason: string;
  }>;
  /** Infeasible: a smallest set of shifts, people and rules that cannot hold together. */
  conflict?: {
    /** count: a shift needs more people than may work it; skill: more hours of a skill are demanded than its holders have; overlap: shifts at the same time need more people than there are; hours: the same of hours in general; rules: a set of rules, none of which can be left out. */
    cause: "count" | "skill" | "overlap" | "hours" | "rules";
    /** The conflict in a sentence or two. */
    message: string;
    /** Ids of the shifts that cannot all be covered. */
    shifts: string[];
    /** Ids of the people who could work in them. */
    employees: string[];
    /** Fields of the request that cannot all hold. */
    rules: string[];
    /** Heads that these shifts alone must lack, as far as this cause shows. Unit: people. */
    short_heads?: number;
    /** Smallest changes that would help with this conflict, each by itself; others may then show. */
    changes: Array<{
      /** hours: more hours for a person; skill: teach it; availability: open a shift to a person; people: hire; coverage: ask for less; rule: ease it. */
      kind: "hours" | "skill" | "availability" | "people" | "coverage" | "rule";
      /** Whom it concerns. */
      employee_id?: string;
      /** Which shift it concerns. */
      shift_id?: string;
      /** Which skill it concerns. */
      skill?: string;
      /** How many hours, people or heads. */
      amount?: number;
      /** The change in a sentence. */
      message: string;
    }>;
  };
  /** What ended the work: the gap was closed, the search had no more to do, time ran out, or it was cancelled. */
  stopped_by: "gap" | "iterations" | "time" | "cancelled";
  /** Time taken, by the host's clock; 0 without one. Unit: seconds. */
  solve_time_s: number;
  /** What in the request was passed over. */
  warnings: string[];
}

/** Input of `staffing.pareto`. What fairness, coverage or preferences cost: the frontier of schedules, each with its proof, and its knee. */
export interface StaffingParetoInput {
  /** The people; at least one. */
  employees: Array<{
    /** Name of the person in this request; each may be there once. */
    id: string;
    /** Name for sentences; the id where absent. */
    name?: string | null;
    /** Pay of an hour. Unit: money/hour. Default 0. */
    hourly_rate?: number | null;
    /** Most hours in the whole horizon; absent: no limit. Unit: hours. */
    max_hours?: number | null;
    /** Least hours in the whole horizon. Unit: hours. Default 0. */
    min_hours?: number | null;
    /** Most hours in each week, days 7w to 7w+6; absent: no limit. Unit: hours/week. */
    max_hours_per_week?: number | null;
    /** Least hours in each whole week; a last, shorter week has none. Unit: hours/week. Default 0. */
    min_hours_per_week?: number | null;
    /** What the person can do. */
    skills?: string[] | null;
    /** Shifts the person may work, by weekday "0" (Monday) to "6" (a shift's day mod 7). Absent: always. A weekday that is missing: not on that day. Ids that are not among shifts are told in warnings. */
    availability?: Record<string, string[]> | null;
    /** How much the person likes a shift, by its id: -10 to 10. See preference_weight. */
    preferences?: Record<string, number> | null;
    /** Most days worked in a row. Unit: days. */
    max_consecutive_days?: number | null;
    /** Least days worked in a row; a run at either end of the horizon is taken as long enough. Unit: days. */
    min_consecutive_days?: number | null;
    /** Least days off in a row; days off at either end of the horizon are taken as enough. Unit: days. */
    min_consecutive_days_off?: number | null;
    /** Most shifts that start on one day; absent: as many as do not overlap. Unit: shifts/day. */
    max_shifts_per_day?: number | null;
    /** Most weekends (days 5 and 6 of a week) with a shift on either day. Unit: weekends. */
    max_weekends?: number | null;
    /** Most shifts of a type in the whole horizon. */
    max_shifts_per_type?: Record<string, number> | null;
    /** Dates, YYYY-MM-DD, on which the person starts no shift; needs horizon_start. */
    unavailable_dates?: string[] | null;
    /** Paid once if the person works at all; 1 for all, with no pay, finds the fewest people. Unit: money. Default 0. */
    call_in_cost?: number | null;
  }>;
  /** The shifts of the whole horizon; at least one. */
  shifts: Array<{
    /** Name of the shift in this request; each may be there once. */
    id: string;
    /** Name for sentences; the id where absent. */
    name?: string | null;
    /** Type of shift, such as early or night, that max_shifts_per_type and forbidden_successions speak of. */
    type?: string | null;
    /** Day on which it starts, from 0; the weekday is day mod 7, 0 = Monday. Unit: day. */
    day: number;
    /** When it begins: HH:MM. */
    start_time: string;
    /** HH:MM (24:00 is midnight); at or before start_time it is on the next day. Shifts that only touch do not overlap. */
    end_time: string;
    /** Paid hours: less than the clock times where a break is unpaid, never more; absent: the clock times. Unit: hours. */
    duration_hours?: number | null;
    /** Skills that everybody in the shift must hold, all of them. */
    required_skills?: string[] | null;
    /** Counts for unpopular_weight; absent: where the shift runs into the night (22:00 to 06:00) or starts on a Saturday or Sunday. */
    unpopular?: boolean | null;
    /** In place of the request's understaffing_penalty for this shift. Unit: money/head. */
    understaffing_penalty?: number | null;
    /** In place of the request's overstaffing_penalty for this shift. Unit: money/head. */
    overstaffing_penalty?: number | null;
  }>;
  /** People needed in each shift, by its id; 1 where absent (or max_coverage where that is lower). */
  min_coverage?: Record<string, number> | null;
  /** Most people in a shift, by its id; no limit where absent. Never exceeded. */
  max_coverage?: Record<string, number> | null;
  /** People with a skill needed among those of a shift: shift id, then skill, then number. A person counts for every skill they hold, so that one who is cook and lead fills one of each. */
  skill_coverage?: Record<string, Record<string, number>> | null;
  /** Least time between the end of a shift and the start of the next. Unit: hours. Default 0. */
  min_rest_hours?: number | null;
  /** Types of shift that may not be worked on the day after one of another type. */
  forbidden_successions?: Array<{
    /** Type of the shift worked on a day. */
    from: string;
    /** Type that may then not be worked on the next day. */
    to: string;
  }> | null;
  /** Assignments that must be made. */
  fixed?: Array<{
    /** Id of the person. */
    employee_id: string;
    /** Id of the shift. */
    shift_id: string;
  }> | null;
  /** Assignments that must not be made. */
  forbidden?: Array<{
    /** Id of the person. */
    employee_id: string;
    /** Id of the shift. */
    shift_id: string;
  }> | null;
  /** Wishes for and against single shifts; one that is refused costs its weight. */
  shift_requests?: Array<{
    /** Id of the person. */
    employee_id: string;
    /** Id of the shift. */
    shift_id: string;
    /** on: wants to work it; off: wants not to. */
    wish: "on" | "off";
    /** Cost of refusing it. Unit: money. Default 1. */
    weight?: number | null;
  }> | null;
  /** Hours of a week above overtime_threshold cost this multiple of hourly_rate; absent: no more than others. */
  overtime_multiplier?: number | null;
  /** Where overtime begins; needs overtime_multiplier. Unit: hours/week. Default 40. */
  overtime_threshold?: number | null;
  /** Cost of each hour by which a person's hours differ from their fair share, either way. The fair share is the hours min_coverage demands, times the person's part of all max_hours (or max_hours_per_week over the horizon; without either as much as the largest), rounded up to the greatest common part of all hours; see fair_hours. Unit: money/hour. Default 0. */
  fairness_weight?: number | null;
  /** The same for unpopular shifts: cost of each one by which a person differs from their fair share, which is rounded up to whole shifts; see fair_unpopular_shifts. Unit: money/shift. Default 0. */
  unpopular_weight?: number | null;
  /** What a point of preferences is worth. Absent: so little that all preferences together never cost as much as the smallest difference between two plans: they decide between plans equally good otherwise. Unit: money/point. */
  preference_weight?: number | null;
  /** Cost of each head that min_coverage or skill_coverage lacks; absent: coverage is hard. Unit: money/head. */
  understaffing_penalty?: number | null;
  /** Cost of each head above min_coverage. Unit: money/head. Default 0. */
  overstaffing_penalty?: number | null;
  /** Date of day 0, YYYY-MM-DD, a Monday; needed for unavailable_dates. */
  horizon_start?: string | null;
  /** Time after which the best plan so far is given. Unit: seconds. Default 5. */
  time_limit_s?: number | null;
  /** How far the plan's objective may be above the proven bound, as a share of it; 0 proves the optimum (to a millionth of it where pay is no whole number of small units). Unit: 0..1. Default 0.0001. */
  gap_tolerance?: number | null;
  /** Seed of the search. Default 1. */
  seed?: number | null;
  /** "cost" and one of "fairness" (hours away from the fair shares), "coverage" (heads short; every shift may then lack people) and "preference" (sum of preferences); cost and fairness where absent. The weight of the second is swept: fairness_weight, understaffing_penalty or preference_weight of the request then say nothing. */
  objectives?: string[] | null;
  /** Most points to look for; time_limit_s is for all of them together, gap_tolerance for each. Default 10. */
  points?: number | null;
}

/** Output of `staffing.pareto`. Weights between neighbours, Aneja and Nair (1979); each point as staffing.schedule. */
export interface StaffingParetoOutput {
  /** The worst of the points: optimal where each is, by its own proof. */
  status: "optimal" | "feasible" | "infeasible" | "unknown";
  /** Points by rising cost, each better in the other objective than all before it. */
  frontier: Array<{
    /** The objective without what is swept: total_cost, and any other penalties. Unit: money. */
    cost: number;
    /** fairness: hours away from the fair shares, over all people; coverage: heads short; preference: sum of preferences (the only one of which more is better). */
    other: number;
    /** Money alone: wages, overtime, calls. Unit: money. */
    total_cost: number;
    /** What a unit of the other objective was worth here. Unit: money. */
    weight: number;
    /** What was minimised here: cost and weight times other (preference: minus). Unit: money. */
    objective: number;
    /** No plan has a lower objective at this weight; as in staffing.schedule. Unit: money. */
    lower_bound: number | null;
    /** (objective - lower_bound) / |objective|. Unit: 0..1. */
    gap: number | null;
    /** As in staffing.schedule, at this weight. */
    status: "optimal" | "feasible" | "infeasible" | "unknown";
    /** Heads that the plan lacks. Unit: people. */
    heads_short: number;
    /** The plan of this point. */
    assignments: Array<{
      /** Who works it. */
      employee_id: string;
      /** In which shift. */
      shift_id: string;
      /** Paid hours. Unit: hours. */
      hours: number;
      /** hourly_rate times hours; what overtime costs more is with the employee. Unit: money. */
      cost: number;
    }>;
  }>;
  /** The point furthest below the straight line from first to last, both axes scaled to 0..1: where more begins to be dear. null with fewer than 3 points. */
  knee: {
    /** Which point of frontier, counted from 0. */
    index: number;
    /** The objective without what is swept: total_cost, and any other penalties. Unit: money. */
    cost: number;
    /** fairness: hours away from the fair shares, over all people; coverage: heads short; preference: sum of preferences (the only one of which more is better). */
    other: number;
  } | null;
  /** Infeasible: a smallest set of shifts, people and rules that cannot hold together. */
  conflict?: {
    /** count: a shift needs more people than may work it; skill: more hours of a skill are demanded than its holders have; overlap: shifts at the same time need more people than there are; hours: the same of hours in general; rules: a set of rules, none of which can be left out. */
    cause: "count" | "skill" | "overlap" | "hours" | "rules";
    /** The conflict in a sentence or two. */
    message: string;
    /** Ids of the shifts that cannot all be covered. */
    shifts: string[];
    /** Ids of the people who could work in them. */
    employees: string[];
    /** Fields of the request that cannot all hold. */
    rules: string[];
    /** Heads that these shifts alone must lack, as far as this cause shows. Unit: people. */
    short_heads?: number;
    /** Smallest changes that would help with this conflict, each by itself; others may then show. */
    changes: Array<{
      /** hours: more hours for a person; skill: teach it; availability: open a shift to a person; people: hire; coverage: ask for less; rule: ease it. */
      kind: "hours" | "skill" | "availability" | "people" | "coverage" | "rule";
      /** Whom it concerns. */
      employee_id?: string;
      /** Which shift it concerns. */
      shift_id?: string;
      /** Which skill it concerns. */
      skill?: string;
      /** How many hours, people or heads. */
      amount?: number;
      /** The change in a sentence. */
      message: string;
    }>;
  };
  /** What ended the work, of the points the most pressing: cancel, time, iterations, else gap. */
  stopped_by: "gap" | "iterations" | "time" | "cancelled";
  /** Time taken, by the host's clock; 0 without one. Unit: seconds. */
  solve_time_s: number;
  /** What in the request was passed over. */
  warnings: string[];
}

/** Input of `staffing.labor_cost`. What hours worked cost: straight time, daily and weekly overtime, double time, night and weekend premiums. */
export interface StaffingLaborCostInput {
  /** Who is paid, and how much an hour: the employees of staffing.schedule as they are; only id, name and hourly_rate are used. */
  employees: Array<{
    /** Name of the person in this request; each may be there once. */
    id: string;
    /** Name for sentences; the id where absent. */
    name?: string | null;
    /** Pay of an hour. Unit: money/hour. Default 0. */
    hourly_rate?: number | null;
    /** Most hours in the whole horizon; absent: no limit. Unit: hours. */
    max_hours?: number | null;
    /** Least hours in the whole horizon. Unit: hours. Default 0. */
    min_hours?: number | null;
    /** Most hours in each week, days 7w to 7w+6; absent: no limit. Unit: hours/week. */
    max_hours_per_week?: number | null;
    /** Least hours in each whole week; a last, shorter week has none. Unit: hours/week. Default 0. */
    min_hours_per_week?: number | null;
    /** What the person can do. */
    skills?: string[] | null;
    /** Shifts the person may work, by weekday "0" (Monday) to "6" (a shift's day mod 7). Absent: always. A weekday that is missing: not on that day. Ids that are not among shifts are told in warnings. */
    availability?: Record<string, string[]> | null;
    /** How much the person likes a shift, by its id: -10 to 10. See preference_weight. */
    preferences?: Record<string, number> | null;
    /** Most days worked in a row. Unit: days. */
    max_consecutive_days?: number | null;
    /** Least days worked in a row; a run at either end of the horizon is taken as long enough. Unit: days. */
    min_consecutive_days?: number | null;
    /** Least days off in a row; days off at either end of the horizon are taken as enough. Unit: days. */
    min_consecutive_days_off?: number | null;
    /** Most shifts that start on one day; absent: as many as do not overlap. Unit: shifts/day. */
    max_shifts_per_day?: number | null;
    /** Most weekends (days 5 and 6 of a week) with a shift on either day. Unit: weekends. */
    max_weekends?: number | null;
    /** Most shifts of a type in the whole horizon. */
    max_shifts_per_type?: Record<string, number> | null;
    /** Dates, YYYY-MM-DD, on which the person starts no shift; needs horizon_start. */
    unavailable_dates?: string[] | null;
    /** Paid once if the person works at all; 1 for all, with no pay, finds the fewest people. Unit: money. Default 0. */
    call_in_cost?: number | null;
  }>;
  /** The shifts that assignments name, with their days and clock times. */
  shifts?: Array<{
    /** Name of the shift in this request; each may be there once. */
    id: string;
    /** Name for sentences; the id where absent. */
    name?: string | null;
    /** Type of shift, such as early or night, that max_shifts_per_type and forbidden_successions speak of. */
    type?: string | null;
    /** Day on which it starts, from 0; the weekday is day mod 7, 0 = Monday. Unit: day. */
    day: number;
    /** When it begins: HH:MM. */
    start_time: string;
    /** HH:MM (24:00 is midnight); at or before start_time it is on the next day. Shifts that only touch do not overlap. */
    end_time: string;
    /** Paid hours: less than the clock times where a break is unpaid, never more; absent: the clock times. Unit: hours. */
    duration_hours?: number | null;
    /** Skills that everybody in the shift must hold, all of them. */
    required_skills?: string[] | null;
    /** Counts for unpopular_weight; absent: where the shift runs into the night (22:00 to 06:00) or starts on a Saturday or Sunday. */
    unpopular?: boolean | null;
    /** In place of the request's understaffing_penalty for this shift. Unit: money/head. */
    understaffing_penalty?: number | null;
    /** In place of the request's overstaffing_penalty for this shift. Unit: money/head. */
    overstaffing_penalty?: number | null;
  }> | null;
  /** Who worked which shift. This or hours. */
  assignments?: Array<{
    /** Who worked. */
    employee_id: string;
    /** In which shift. */
    shift_id: string;
    /** Paid hours, where they differ from those of the shift. Unit: hours. */
    hours?: number | null;
    /** Not used: the assignments of staffing.schedule can be passed as they are. Unit: money. */
    cost?: number | null;
  }> | null;
  /** Hours by employee id, where the days are not known. This or assignments. */
  hours?: Record<string, number | number[] | Float64Array> | null;
  /** Hours of a week beyond which overtime is paid. Unit: hours/week. Default 40. */
  overtime_threshold?: number | null;
  /** What an hour of overtime is paid. Unit: of hourly_rate. Default 1.5. */
  overtime_multiplier?: number | null;
  /** Hours of a day beyond which overtime is paid. Missing: none by the day. Unit: hours/day. */
  daily_threshold?: number | null;
  /** Hours beyond which double time is paid. Missing: none. Unit: hours. */
  double_time_threshold?: number | null;
  /** What an hour of double time is paid. Unit: of hourly_rate. Default 2. */
  double_time_multiplier?: number | null;
  /** Whether double_time_threshold is of a day or a week. Missing: a day with assignments, a week with hours. */
  double_time_per?: "day" | "week" | null;
  /** Premium of night hours, on top of all else. */
  night?: {
    /** Extra pay of a night hour, 0.25 being a quarter of the rate. Unit: share of hourly_rate. */
    premium?: number | null;
    /** Extra pay of a night hour, in money. Unit: money/hour. */
    per_hour?: number | null;
    /** When the night begins, HH:MM; 22:00 where missing. */
    start_time?: string | null;
    /** When it ends, on the next day where that is at or before its start; 06:00 where missing. */
    end_time?: string | null;
  } | null;
  /** Premium of weekend hours, on top of all else. */
  weekend?: {
    /** Extra pay of a weekend hour. Unit: share of hourly_rate. */
    premium?: number | null;
    /** Extra pay of a weekend hour, in money. Unit: money/hour. */
    per_hour?: number | null;
    /** The days it is paid for, 0 = Monday; 5 and 6 where missing. Unit: weekday. */
    days?: number[] | null;
  } | null;
}

/** Output of `staffing.labor_cost`. 29 CFR 778.110 and 778.202; California Labor Code 510 for the daily rules: no hour is paid as overtime twice. */
export interface StaffingLaborCostOutput {
  /** One for each employee, in the request's order. */
  employees: Array<{
    /** The employee's id. */
    id: string;
    /** The name as given. */
    name?: string;
    /** All hours. Unit: hours. */
    hours: number;
    /** Hours at the plain rate. Unit: hours. */
    regular_hours: number;
    /** Hours of overtime, by the day or the week, each once. Unit: hours. */
    overtime_hours: number;
    /** Hours of double time; they are in no other kind. Unit: hours. */
    double_time_hours: number;
    /** Of all hours those at night; 0 where night is not asked for. Unit: hours. */
    night_hours: number;
    /** Of all hours those at the weekend; 0 where it is not asked for. Unit: hours. */
    weekend_hours: number;
    /** Pay of regular_hours. Unit: money. */
    regular_cost: number;
    /** Whole pay of overtime_hours, multiplier included. Unit: money. */
    overtime_cost: number;
    /** Whole pay of double_time_hours. Unit: money. */
    double_time_cost: number;
    /** Night and weekend premiums. Unit: money. */
    premium_cost: number;
    /** All of it. Unit: money. */
    total_cost: number;
  }>;
  /** One for each day with work, in order; not with hours. */
  days?: Array<{
    /** The day of the shifts, 0 being the first. Unit: days. */
    day: number;
    /** All hours. Unit: hours. */
    hours: number;
    /** Hours at the plain rate. Unit: hours. */
    regular_hours: number;
    /** Hours of overtime, by the day or the week, each once. Unit: hours. */
    overtime_hours: number;
    /** Hours of double time; they are in no other kind. Unit: hours. */
    double_time_hours: number;
    /** Of all hours those at night; 0 where night is not asked for. Unit: hours. */
    night_hours: number;
    /** Of all hours those at the weekend; 0 where it is not asked for. Unit: hours. */
    weekend_hours: number;
    /** Pay of regular_hours. Unit: money. */
    regular_cost: number;
    /** Whole pay of overtime_hours, multiplier included. Unit: money. */
    overtime_cost: number;
    /** Whole pay of double_time_hours. Unit: money. */
    double_time_cost: number;
    /** Night and weekend premiums. Unit: money. */
    premium_cost: number;
    /** All of it. Unit: money. */
    total_cost: number;
  }>;
  /** One for each skill that shifts with work require, in order of name; they add up to the total. Not with hours. */
  skills?: Array<{
    /** The skill; missing for shifts that need none. */
    skill?: string;
    /** Hours; of a shift that needs several skills each has an equal part. Unit: hours. */
    hours: number;
    /** Hours at the plain rate. Unit: hours. */
    regular_hours: number;
    /** Hours of overtime, by the day or the week, each once. Unit: hours. */
    overtime_hours: number;
    /** Hours of double time; they are in no other kind. Unit: hours. */
    double_time_hours: number;
    /** Of all hours those at night; 0 where night is not asked for. Unit: hours. */
    night_hours: number;
    /** Of all hours those at the weekend; 0 where it is not asked for. Unit: hours. */
    weekend_hours: number;
    /** Pay of regular_hours. Unit: money. */
    regular_cost: number;
    /** Whole pay of overtime_hours, multiplier included. Unit: money. */
    overtime_cost: number;
    /** Whole pay of double_time_hours. Unit: money. */
    double_time_cost: number;
    /** Night and weekend premiums. Unit: money. */
    premium_cost: number;
    /** All of it. Unit: money. */
    total_cost: number;
  }>;
  /** All hours of all employees. Unit: hours. */
  total_hours: number;
  /** Hours at the plain rate. Unit: hours. */
  regular_hours: number;
  /** Hours of overtime, by the day or the week, each once. Unit: hours. */
  overtime_hours: number;
  /** Hours of double time; they are in no other kind. Unit: hours. */
  double_time_hours: number;
  /** Of all hours those at night; 0 where night is not asked for. Unit: hours. */
  night_hours: number;
  /** Of all hours those at the weekend; 0 where it is not asked for. Unit: hours. */
  weekend_hours: number;
  /** Pay of regular_hours. Unit: money. */
  regular_cost: number;
  /** Whole pay of overtime_hours, multiplier included. Unit: money. */
  overtime_cost: number;
  /** Whole pay of double_time_hours. Unit: money. */
  double_time_cost: number;
  /** Night and weekend premiums. Unit: money. */
  premium_cost: number;
  /** All of it. Unit: money. */
  total_cost: number;
  /** What overtime and double time cost above the plain rate: saved if the same hours were straight time. Unit: money. */
  overtime_extra_cost: number;
}

/** Input of `staffing.requirements`. How many people each interval of a demand forecast needs for a service level, and from that the coverage of shifts. */
export interface StaffingRequirementsInput {
  /** Calls or customers of each interval in order, such as the predictions of forecast.create. Below 0 counts as 0. Unit: customers/interval. */
  demand: number[] | Float64Array;
  /** Length of an interval. Unit: minutes. Default 30. */
  interval_minutes?: number | null;
  /** Day of the first interval, as shifts count them: 0 is a Monday. Unit: days. Default 0. */
  start_day?: number | null;
  /** When the first interval begins, HH:MM; 00:00 where missing. */
  start_time?: string | null;
  /** Mean time a person is busy with a customer: one number, or one an interval. Unit: seconds. */
  average_handling_time_s: number | number[] | Float64Array;
  /** erlang_c: customers wait as long as it takes; erlang_a: they give up. Missing: erlang_a where patience_s is given. */
  model?: "erlang_c" | "erlang_a" | null;
  /** Mean time customers would wait before they give up. Unit: seconds. */
  patience_s?: number | null;
  /** Share of all customers to be answered within target_seconds; one who gives up is not answered. Unit: 0..1. Default 0.8. */
  service_level?: number | null;
  /** Wait that counts as service in time. Unit: seconds. Default 20. */
  target_seconds?: number | null;
  /** Longest mean wait allowed, if any. Unit: seconds. */
  max_average_wait_s?: number | null;
  /** Largest share that may give up, if any; erlang_a. Unit: 0..1. */
  max_abandonment?: number | null;
  /** Largest share of their time that people may be busy. Unit: 0..1. Default 1. */
  max_occupancy?: number | null;
  /** Share of paid time away from work: breaks, training, illness. Unit: 0..1. Default 0. */
  shrinkage?: number | null;
  /** People there at least, demand or not. Unit: people. Default 0. */
  min_staff?: number | null;
  /** Judge these instead of finding the fewest: one number, or one an interval. Whole. Unit: people. */
  staff?: number | number[] | Float64Array | null;
  /** Shifts to find the coverage of, with clock times. */
  shifts?: Array<{
    /** Name of the shift in this request; each may be there once. */
    id: string;
    /** Name for sentences; the id where absent. */
    name?: string | null;
    /** Type of shift, such as early or night, that max_shifts_per_type and forbidden_successions speak of. */
    type?: string | null;
    /** Day on which it starts, from 0; the weekday is day mod 7, 0 = Monday. Unit: day. */
    day: number;
    /** When it begins: HH:MM. */
    start_time: string;
    /** HH:MM (24:00 is midnight); at or before start_time it is on the next day. Shifts that only touch do not overlap. */
    end_time: string;
    /** Paid hours: less than the clock times where a break is unpaid, never more; absent: the clock times. Unit: hours. */
    duration_hours?: number | null;
    /** Skills that everybody in the shift must hold, all of them. */
    required_skills?: string[] | null;
    /** Counts for unpopular_weight; absent: where the shift runs into the night (22:00 to 06:00) or starts on a Saturday or Sunday. */
    unpopular?: boolean | null;
    /** In place of the request's understaffing_penalty for this shift. Unit: money/head. */
    understaffing_penalty?: number | null;
    /** In place of the request's overstaffing_penalty for this shift. Unit: money/head. */
    overstaffing_penalty?: number | null;
  }> | null;
  /** least: the fewest paid hours that reach every interval's need; max: each shift has the greatest need of its intervals. Default least. */
  coverage_rule?: "least" | "max" | null;
}

/** Output of `staffing.requirements`. Erlang (1917); Palm (1957), Mandelbaum and Zeltyn (2007) with impatient customers; shifts by least-cost flow. */
export interface StaffingRequirementsOutput {
  /** The queue that was taken. */
  model: "erlang_c" | "erlang_a";
  /** One for each interval of demand. */
  intervals: Array<{
    /** Day on which the interval begins. Unit: days. */
    day: number;
    /** When it begins, HH:MM. */
    start_time: string;
    /** As given, 0 where below. Unit: customers. */
    demand: number;
    /** People busy on average if nobody gave up: demand x handling time / interval. Unit: erlangs. */
    load: number;
    /** People at work. Unit: people. */
    staff: number;
    /** People to schedule: staff / (1 - shrinkage), rounded up. Unit: people. */
    scheduled: number;
    /** People of min_coverage there throughout; with shifts. Unit: people. */
    on_duty?: number;
    /** Share answered within target_seconds; 1 without demand. Unit: 0..1. */
    service_level: number;
    /** Share not answered at once. Unit: 0..1. */
    wait_probability: number;
    /** Mean wait of all customers, until answer or giving up; null where the queue grows without end. Unit: seconds. */
    average_wait_s: number | null;
    /** Mean wait of those who are answered; null where nobody is, or the queue grows without end. Unit: seconds. */
    average_speed_of_answer_s: number | null;
    /** Share of their time that people are busy. Unit: 0..1. */
    occupancy: number;
    /** Share of customers who give up; 0 with erlang_c. Unit: 0..1. */
    abandonment: number;
  }>;
  /** Sum of demand. Unit: customers. */
  total_demand: number;
  /** Greatest staff. Unit: people. */
  peak_staff: number;
  /** Greatest scheduled. Unit: people. */
  peak_scheduled: number;
  /** Hours of scheduled over all intervals. Unit: hours. */
  staff_hours: number;
  /** Over all customers; 1 without demand. Unit: 0..1. */
  service_level: number;
  /** Over all customers; null where a queue grows without end. Unit: seconds. */
  average_wait_s: number | null;
  /** Busy hours over hours of staff. Unit: 0..1. */
  occupancy: number;
  /** Over all customers. Unit: 0..1. */
  abandonment: number;
  /** People for each shift, as staffing.schedule takes it; with shifts. */
  min_coverage?: Record<string, number>;
  /** Paid hours of min_coverage. Unit: hours. */
  shift_hours?: number;
  /** Intervals in which no shift lies over a moment with need; with shifts. */
  uncovered?: Array<{
    /** Place in intervals, from 0. */
    interval: number;
    /** The day it lies in. Unit: days. */
    day: number;
    /** When it begins. */
    start_time: string;
    /** People to schedule. Unit: people. */
    required: number;
    /** People there throughout. Unit: people. */
    assigned: number;
  }>;
  /** What was taken otherwise than written. */
  warnings: string[];
}

/** Input of `series.parse`. Series from a CSV or XLSX file, with what was understood, what was set aside and what must be asked. */
export interface SeriesParseInput {
  /** The file: bytes (from JavaScript), or its text. One of content, content_base64 and path is expected. */
  content?: Uint8Array | ArrayBuffer | string | null;
  /** The file's bytes in base64. */
  content_base64?: string | null;
  /** The file's name on this machine; on the native command line only. */
  path?: string | null;
  /** What the file is called, for messages. */
  name?: string | null;
  /** Kind of file; auto looks at its first bytes. Default auto. */
  format?: "auto" | "csv" | "xlsx" | null;
  /** Character between the cells of a CSV; absent: found among , ; tab and |. */
  delimiter?: string | null;
  /** Encoding of a CSV. Default auto. */
  encoding?: "auto" | "utf-8" | "utf-16" | "windows-1252" | null;
  /** XLSX: the sheet's name, or its number from 1; absent: the first with data. */
  sheet?: string | null;
  /** Row of the file, from 1, that names the columns; 0: none does; absent: found. */
  header_row?: number | null;
  /** long: groups such as SKU and store in columns; wide: a column a series; transposed: dates across the header. Default auto. */
  layout?: "auto" | "long" | "wide" | "transposed" | null;
  /** Name, or number from 1, of the column of dates; "": the rows are in order and have none; absent: found. */
  date_column?: string | null;
  /** Columns of numbers that become series; absent: found. */
  value_columns?: string[] | null;
  /** Columns that tell series apart, such as SKU and store; []: none; absent: found. */
  group_by?: string[] | null;
  /** Decimal mark of the numbers; absent: found. */
  decimal?: "." | "," | null;
  /** Order of day, month and year in dates such as 03/04/2025; absent: found. */
  date_order?: "dmy" | "mdy" | "ymd" | null;
  /** What becomes of several values of one series with the same date. Default sum. */
  aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  /** Sizes beyond which the file is refused. */
  limits?: {
    /** Size of the file. Unit: bytes. Default 2147483648. */
    bytes?: number | null;
    /** Rows of data. Unit: rows. Default 10000000. */
    rows?: number | null;
    /** Cells of a row. Unit: columns. Default 16384. */
    columns?: number | null;
    /** XLSX: size of what is packed in the file. Unit: bytes. Default 2147483648. */
    inflated?: number | null;
    /** XLSX: how many times larger than packed a part may be. Default 200. */
    ratio?: number | null;
    /** Text of one cell. Unit: bytes. Default 1048576. */
    field?: number | null;
  } | null;
}

/** Output of `series.parse`. RFC 4180; ECMA-376 for workbooks. */
export interface SeriesParseOutput {
  /** How the file was understood. */
  format: {
    /** csv or xlsx. */
    kind: string;
    /** Encoding of a CSV. */
    encoding?: string;
    /** Character between the cells of a CSV. */
    delimiter?: string;
    /** Decimal mark of the numbers. */
    decimal: string;
    /** dmy, mdy or ymd; absent where no date leaves it open. */
    date_order?: string;
    /** Sheet that was read. */
    sheet?: string;
    /** All sheets of the workbook. */
    sheets?: string[];
    /** long, wide or transposed; absent where a question stands in the way. */
    layout?: string;
    /** Row that names the columns; 0: none. */
    header_row: number;
    /** Column of dates. */
    date_column?: string;
    /** Columns of numbers that became series. */
    value_columns: string[];
    /** Columns that tell series apart. */
    group_by: string[];
  };
  /** What each column was taken for. */
  columns: Array<{
    /** Its name in the header, or "Column 3". */
    name: string;
    /** date, number, text or empty. */
    type: string;
    /** date, value, group or ignored. */
    role: string;
    /** Cells with nothing in them, or n/a and the like. Unit: cells. */
    missing: number;
    /** Its first different texts. */
    examples: string[];
  }>;
  /** The series, in the order of their first row; [] where a question must be answered first. */
  series: Array<{
    /** What tells it apart, such as "BOLT-M8 / store=3". */
    name: string;
    /** Column that holds its values; absent where the dates stand across. */
    column?: string;
    /** Its group columns and their texts. */
    dimensions: Record<string, string>;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min, where the dates have one. */
    frequency?: string;
    /** Dates, ascending, ISO 8601; absent where rows are numbered. */
    dates?: string[];
    /** Values; null where missing. */
    values: (number | null)[];
  }>;
  /** Rows and cells set aside, the first 1,000 of them. */
  rejected: Array<{
    /** Row of the file, from 1. */
    row: number;
    /** The column that is at fault; absent: the row as a whole. */
    column?: string;
    /** What stands there. */
    value?: string;
    /** Why it was set aside. */
    reason: string;
  }>;
  /** How many there are. */
  rejected_count: number;
  /** Rows of data in the file. Unit: rows. */
  rows_read: number;
  /** Rows that gave at least one value. Unit: rows. */
  rows_used: number;
  /** What the file leaves open. Asked again with the field set, it is answered. */
  questions: Array<{
    /** Field of the request that answers it. */
    field: string;
    /** Column it is about. */
    column?: string;
    /** The question. */
    message: string;
    /** Answers to choose from. */
    choices: Array<{
      /** To be given as the field's value. */
      value: string;
      /** What the file then says. */
      reading: string;
    }>;
  }>;
  /** Repairs made, and what was left out. */
  warnings: string[];
}

/** Input of `series.prepare`. A regular, complete series at the frequency asked for, and what was changed for it. */
export interface SeriesPrepareInput {
  /** The series as it is. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** Frequency wanted: H, D, W, M, Q, Y or minutes such as 15min; absent: the series' own. */
  frequency?: string | null;
  /** What becomes of several values in one period. Absent: sum for a coarser frequency, the series' own aggregate for values of one date. For a finer frequency sum is shared out evenly, mean, first and last are repeated or joined. */
  aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  /** What becomes of missing values. seasonal: the season's shape on a straight line. A finer frequency needs forward (each value for its whole period) or linear (straight lines between the dates). Default none. */
  fill?: "none" | "zero" | "linear" | "seasonal" | "forward" | null;
  /** Put what trend and season expect in place of outliers. Default false. */
  clean_outliers?: boolean | null;
  /** Days on which business is open, for daily and finer series and for adjust; absent: every day counts. */
  calendar?: {
    /** Weekdays on which business is open, 0 = Monday; absent: Monday to Friday. */
    weekdays?: number[] | null;
    /** Dates on which it is closed all the same. */
    holidays?: string[] | null;
    /** A closed day without a value counts as zero, or every closed day is left out of the series. Default zero. */
    closed?: "zero" | "drop" | null;
  } | null;
  /** Scale sums of months, quarters or years to an average length in days, or in business days of the calendar. Default none. */
  adjust?: "none" | "days" | "business_days" | null;
  /** First day of the weeks that finer values are put into. Default monday. */
  week_start?: "monday" | "sunday" | null;
  /** Keep or drop a first and a last coarser period that the series does not fill. Default keep. */
  partial?: "keep" | "drop" | null;
  /** First date to keep. */
  from?: string | null;
  /** Last date to keep. */
  to?: string | null;
  /** Seasonal periods of the series as it is, for outliers and seasonal filling; absent: detected; []: none. Unit: observations. */
  seasonal_periods?: number[] | Float64Array | null;
}

/** Output of `series.prepare`. Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3.1, 13.9; gaps as forecast::na.interp fills them. */
export interface SeriesPrepareOutput {
  /** The series made ready, as operations take it. */
  series: {
    /** Date of each value, where the request had dates. */
    dates?: string[];
    /** The values; null where one is missing. */
    values: (number | null)[];
    /** Frequency, where it is known. */
    frequency?: string;
  };
  /** Its frequency; null where nothing is known of it. */
  frequency: string | null;
  /** Seasonal periods found in it, ascending. Unit: observations. */
  seasonal_periods: number[];
  /** Values, missing ones included. */
  n: number;
  /** Values that are not missing. */
  known: number;
  /** Values that shared a date with another one. */
  merged: number;
  /** Missing values filled. */
  filled: number;
  /** Outliers replaced. */
  cleaned: number;
  /** Closed days that got zero or were left out. */
  closed: number;
  /** Values that were dropped: of closed days, or of partial periods. */
  dropped: number;
  /** What was changed, step by step and by date; the first 1000. */
  changes: Array<{
    /** Date, or number where the series has no dates. */
    date: string;
    /** What was done. */
    kind: "merged" | "closed" | "cleaned" | "filled" | "dropped";
    /** Value before; null: none, or several. */
    from: number | null;
    /** Value after; null: none. */
    to: number | null;
    /** Why it was changed. */
    note: string;
  }>;
  /** How many there are in all. */
  changes_count: number;
  /** The same in sentences, and remarks. */
  warnings: string[];
}

/** Input of `stats.adf`. Augmented Dickey-Fuller test for a unit root. */
export interface StatsAdfInput {
  /** The series, oldest first, without missing values. */
  values: number[] | Float64Array;
  /** Deterministic terms: none, constant, constant and trend, constant with linear and quadratic trend. Default c. */
  regression?: "n" | "c" | "ct" | "ctt" | null;
  /** How to choose the lags up to maxlag: by AIC, by BIC, by dropping lags until the last is significant at 5 %, or not at all (null): then maxlag is used. Default AIC. */
  autolag?: "none" | "AIC" | "BIC" | "t-stat" | null;
  /** Most lags of the differences; 12 (n/100)^(1/4) rounded up unless said (Schwert 1989), fewer for short series. */
  maxlag?: number | null;
}

/** Output of `stats.adf`. Said and Dickey (1984); p-values and critical values of MacKinnon (1994, 2010). */
export interface StatsAdfOutput {
  /** The t statistic of the lagged level. */
  statistic: number;
  /** MacKinnon's approximate p-value; small: no unit root. Unit: 0..1. */
  p_value: number;
  /** Lagged differences in the regression. */
  used_lag: number;
  /** Rows of the regression. */
  n_obs: number;
  /** Critical values for this many rows. */
  critical_values: Record<string, number>;
}

/** Input of `stats.kpss`. KPSS test for stationarity around a level or a trend. */
export interface StatsKpssInput {
  /** The series, oldest first, without missing values. */
  values: number[] | Float64Array;
  /** Stationary about a constant or about a constant and a trend. Default c. */
  regression?: "c" | "ct" | null;
  /** Lags of the long-run variance: a number, chosen from the data, or 12 (n/100)^(1/4) rounded up. Default auto. */
  nlags?: number | "auto" | "legacy" | null;
}

/** Output of `stats.kpss`. Kwiatkowski, Phillips, Schmidt and Shin (1992). */
export interface StatsKpssOutput {
  /** The KPSS statistic. */
  statistic: number;
  /** Interpolated in the published table, which ends at 0.01 and 0.1; small: not stationary. Unit: 0.01..0.1. */
  p_value: number;
  /** Lags used. */
  lags: number;
  /** Critical values. */
  critical_values: Record<string, number>;
}

/** Input of `stats.acf`. Autocorrelations, partial autocorrelations and Ljung-Box tests. */
export interface StatsAcfInput {
  /** The series, oldest first, without missing values. */
  values: number[] | Float64Array;
  /** Lags wanted, fewer than there are values; 10 log10(n) unless said. */
  nlags?: number | null;
}

/** Output of `stats.acf`. Box, Jenkins and Reinsel, Time Series Analysis; Ljung and Box (1978). */
export interface StatsAcfOutput {
  /** Autocorrelations, lag 1 first. Unit: -1..1. */
  acf: number[];
  /** Partial autocorrelations, lag 1 first. Unit: -1..1. */
  pacf: number[];
  /** The portmanteau test at each lag. */
  ljung_box: Array<{
    /** Autocorrelations up to this lag are tested together. */
    lag: number;
    /** Ljung-Box Q. */
    statistic: number;
    /** Chance of a larger Q were the series white noise. Unit: 0..1. */
    p_value: number;
  }>;
}

/** Input of `forecast.create`. Forecast a series with its intervals, by one model or the best of all in a backtest. */
export interface ForecastCreateInput {
  /** The series to forecast. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** The model; auto combines several by the features of the series. Default auto. */
  model_type?: "auto" | "naive" | "seasonal_naive" | "drift" | "ets" | "arima" | "theta" | "croston" | "prophet" | "xgboost" | "ensemble" | null;
  /** Steps to forecast. Unit: steps. Default 30. */
  forecast_horizon?: number | null;
  /** Level of the intervals, or a list of levels; 0.95 where absent. Unit: 0..1. */
  confidence_level?: number | number[] | Float64Array | null;
  /** Seasonal periods; absent: detected; []: none. Unit: observations. */
  seasonal_periods?: number[] | Float64Array | null;
  /** Series that explain this one, such as price or a promotion: numbers by name, one beside each value. */
  regressors?: Record<string, (number | null)[] | Float64Array> | null;
  /** Values of the regressors at the steps of the forecast: the same names, one value a step. */
  future_regressors?: Record<string, number[] | Float64Array> | null;
  /** Days that recur and change the values: their dates in the history and in the time to forecast. */
  holidays?: Array<{
    /** Name that the days share, up to 64 bytes. */
    name: string;
    /** Its days, past and future ones. */
    dates: string[];
    /** Days before each that have an effect too. Unit: days. Default 0. */
    lower_window?: number | null;
    /** Days after each that have an effect too. Unit: days. Default 0. */
    upper_window?: number | null;
    /** How large its effect may be; absent: as the model's parameters say. */
    prior_scale?: number | null;
  }> | null;
  /** Other series like this one, of the same frequency, each on a scale of its own: the trees of xgboost learn from all of them together, and from none beyond the last date of the series. */
  related_series?: Array<{
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  }> | null;
  /** Cut the forecast and its intervals at zero. Default false. */
  non_negative?: boolean | null;
  /** Settings of the model, by its own names; what is absent the model chooses. */
  params?: Record<string, unknown> | null;
  /** Widen the intervals until they hold, by factors from past forecasts; false: as the model gives them. Default true. */
  calibrate?: boolean | null;
  /** How much auto and ensemble may compute: fast leaves out what is slow to fit; best uses all there is. Default balanced. */
  effort?: "fast" | "balanced" | "best" | null;
  /** Origins of the rolling backtest behind accuracy_metrics and the scores of auto; 0: none is made. Default 3. */
  folds?: number | null;
  /** Return the parts the forecast consists of, where the model has parts. Default false. */
  include_components?: boolean | null;
  /** Return the fitted model as a string. Default false. */
  include_model?: boolean | null;
  /** Seed of simulated intervals. Default 1. */
  seed?: number | null;
}

/** Output of `forecast.create`. Hyndman and Athanasopoulos, Forecasting: Principles and Practice; each model's own paper stands with it. */
export interface ForecastCreateOutput {
  /** The model used. */
  model_type: string;
  /** The forecast, one value a step. */
  predictions: number[];
  /** Date of each step, or its number where the series has no dates. */
  dates: string[];
  /** Interval of each step; an array of such objects where the request gave a list of levels. */
  confidence_intervals: {
    /** Lower end of each step. */
    lower: number[];
    /** Upper end of each step. */
    upper: number[];
    /** The level, such as 95%. */
    confidence_level: string;
  } | Array<{
    /** Lower end of each step. */
    lower: number[];
    /** Upper end of each step. */
    upper: number[];
    /** The level, such as 95%. */
    confidence_level: string;
  }>;
  /** How the model was chosen. */
  selection?: {
    /** Why this model, or these weights. */
    reason: string;
    /** Models compared or combined. */
    candidates: Array<{
      /** Name of the model, or of the ensemble's member. */
      model_type: string;
      /** Mean absolute scaled error of its backtest (root mean squared where demand is intermittent); null where none could be made. */
      score: number | null;
      /** Its share in the forecast. Unit: 0..1. */
      weight: number;
    }>;
    /** Of the series, where they decided: strength of trend and seasons, entropy, autocorrelations and so on. */
    features?: Record<string, number>;
  };
  /** Diagnostics of the fit. */
  diagnostics?: {
    /** The fitted form, such as ETS(M,Ad,M). */
    form?: string;
    /** Orders p, d and q. */
    order?: number[];
    /** Seasonal orders P, D and Q, and the period m. */
    seasonal_order?: number[];
    /** Full Gaussian log-likelihood. */
    log_likelihood: number | null;
    /** Akaike's criterion; the error variance counts as a parameter. */
    aic: number | null;
    /** The same corrected for short series. */
    aicc: number | null;
    /** Schwarz's criterion. */
    bic: number | null;
    /** Variance of the one-step errors. */
    sigma2: number | null;
    /** Ljung-Box p-value of the residuals: small where they are still correlated. Unit: 0..1. */
    ljung_box_p: number | null;
    /** How the intervals were calibrated; absent where calibrate is false. */
    interval_calibration?: {
      /** Where the factors come from: none, a sample of series, or this series' own past forecasts as well. */
      method: "none" | "pooled" | "own";
      /** Width of the first step's 95% interval over the model's own. */
      first: number;
      /** The same of the last step. */
      last: number;
    };
  };
  /** Estimated parameters. */
  parameters?: Record<string, number>;
  /** Standard errors of the parameters, where the model gives them. */
  standard_errors?: Record<string, number>;
  /** Errors of a rolling backtest, not in-sample. */
  accuracy_metrics?: {
    /** Mean absolute error. */
    mae: number | null;
    /** Root mean squared error. */
    rmse: number | null;
    /** Mean absolute percentage error. Unit: percent. */
    mape: number | null;
    /** Symmetric mean absolute percentage error. Unit: 0..200. */
    smape: number | null;
    /** Error scaled by that of the seasonal naive forecast in the training part; below 1 is better. */
    mase: number | null;
    /** The same with squares. */
    rmsse: number | null;
    /** Mean quantile loss of the two interval ends. */
    pinball: number | null;
    /** Share of values inside the interval. Unit: 0..1. */
    coverage: number | null;
  };
  /** What the forecast consists of; prophet: predictions = trend * (1 + multiplicative_terms) + additive_terms. */
  components?: Record<string, number[]>;
  /** Frequency of the series. */
  frequency?: string;
  /** Seasonal periods used, in observations. */
  seasonal_periods: number[];
  /** The fitted model as a string, for forecast.predict and forecast.update. */
  model?: string;
  /** Repairs and remarks. */
  warnings: string[];
}

/** Input of `forecast.predict`. Forecast again from a fitted model's string. */
export interface ForecastPredictInput {
  /** A model string of forecast.create or forecast.update. */
  model: string;
  /** Steps to forecast. Unit: steps. Default 30. */
  forecast_horizon?: number | null;
  /** Level of the intervals, or a list of levels; 0.95 where absent. Unit: 0..1. */
  confidence_level?: number | number[] | Float64Array | null;
  /** Values of the regressors at the steps of the forecast: the same names, one value a step. */
  future_regressors?: Record<string, number[] | Float64Array> | null;
  /** Return the parts the forecast consists of, where the model has parts. Default false. */
  include_components?: boolean | null;
  /** Seed of simulated intervals. Default 1. */
  seed?: number | null;
}

/** Output of `forecast.predict`. The model's own. */
export interface ForecastPredictOutput {
  /** The model used. */
  model_type: string;
  /** The forecast, one value a step. */
  predictions: number[];
  /** Date of each step, or its number where the series has no dates. */
  dates: string[];
  /** Interval of each step; an array of such objects where the request gave a list of levels. */
  confidence_intervals: {
    /** Lower end of each step. */
    lower: number[];
    /** Upper end of each step. */
    upper: number[];
    /** The level, such as 95%. */
    confidence_level: string;
  } | Array<{
    /** Lower end of each step. */
    lower: number[];
    /** Upper end of each step. */
    upper: number[];
    /** The level, such as 95%. */
    confidence_level: string;
  }>;
  /** How the model was chosen. */
  selection?: {
    /** Why this model, or these weights. */
    reason: string;
    /** Models compared or combined. */
    candidates: Array<{
      /** Name of the model, or of the ensemble's member. */
      model_type: string;
      /** Mean absolute scaled error of its backtest (root mean squared where demand is intermittent); null where none could be made. */
      score: number | null;
      /** Its share in the forecast. Unit: 0..1. */
      weight: number;
    }>;
    /** Of the series, where they decided: strength of trend and seasons, entropy, autocorrelations and so on. */
    features?: Record<string, number>;
  };
  /** Diagnostics of the fit. */
  diagnostics?: {
    /** The fitted form, such as ETS(M,Ad,M). */
    form?: string;
    /** Orders p, d and q. */
    order?: number[];
    /** Seasonal orders P, D and Q, and the period m. */
    seasonal_order?: number[];
    /** Full Gaussian log-likelihood. */
    log_likelihood: number | null;
    /** Akaike's criterion; the error variance counts as a parameter. */
    aic: number | null;
    /** The same corrected for short series. */
    aicc: number | null;
    /** Schwarz's criterion. */
    bic: number | null;
    /** Variance of the one-step errors. */
    sigma2: number | null;
    /** Ljung-Box p-value of the residuals: small where they are still correlated. Unit: 0..1. */
    ljung_box_p: number | null;
    /** How the intervals were calibrated; absent where calibrate is false. */
    interval_calibration?: {
      /** Where the factors come from: none, a sample of series, or this series' own past forecasts as well. */
      method: "none" | "pooled" | "own";
      /** Width of the first step's 95% interval over the model's own. */
      first: number;
      /** The same of the last step. */
      last: number;
    };
  };
  /** Estimated parameters. */
  parameters?: Record<string, number>;
  /** Standard errors of the parameters, where the model gives them. */
  standard_errors?: Record<string, number>;
  /** Errors of a rolling backtest, not in-sample. */
  accuracy_metrics?: {
    /** Mean absolute error. */
    mae: number | null;
    /** Root mean squared error. */
    rmse: number | null;
    /** Mean absolute percentage error. Unit: percent. */
    mape: number | null;
    /** Symmetric mean absolute percentage error. Unit: 0..200. */
    smape: number | null;
    /** Error scaled by that of the seasonal naive forecast in the training part; below 1 is better. */
    mase: number | null;
    /** The same with squares. */
    rmsse: number | null;
    /** Mean quantile loss of the two interval ends. */
    pinball: number | null;
    /** Share of values inside the interval. Unit: 0..1. */
    coverage: number | null;
  };
  /** What the forecast consists of; prophet: predictions = trend * (1 + multiplicative_terms) + additive_terms. */
  components?: Record<string, number[]>;
  /** Frequency of the series. */
  frequency?: string;
  /** Seasonal periods used, in observations. */
  seasonal_periods: number[];
  /** The fitted model as a string, for forecast.predict and forecast.update. */
  model?: string;
  /** Repairs and remarks. */
  warnings: string[];
}

/** Input of `forecast.update`. Let new values pass through a fitted model without fitting it again. */
export interface ForecastUpdateInput {
  /** A model string of forecast.create or forecast.update. */
  model: string;
  /** What has come since. */
  observations: {
    /** Date of each value; they follow the model's last one, gaps count as missing. */
    dates?: string[] | null;
    /** New values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** Regressors beside the new values, where the model has them: the same names. */
    regressors?: Record<string, number[] | Float64Array> | null;
  };
}

/** Output of `forecast.update`. The model's own. */
export interface ForecastUpdateOutput {
  /** The model with the new values taken in; its parameters are unchanged. */
  model: string;
  /** The model. */
  model_type: string;
  /** Values taken in, missing ones included. */
  observations: number;
  /** Date of the last value, or its number. */
  last_date: string;
  /** Remarks, in sentences. */
  warnings: string[];
}

/** Input of `forecast.backtest`. Compare models by forecasting from past origins. */
export interface ForecastBacktestInput {
  /** The series. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** Models to compare; absent: all that suit the series. */
  model_types?: string[] | null;
  /** Steps forecast from each origin. Unit: steps. Default 12. */
  forecast_horizon?: number | null;
  /** Origins; fewer where the history is too short. Default 5. */
  folds?: number | null;
  /** Distance between origins. Unit: steps. Default 1. */
  step?: number | null;
  /** Level of the interval whose coverage is counted. Unit: 0..1. Default 0.95. */
  confidence_level?: number | null;
  /** Count the intervals that forecast.create gives; false: those the model gives. Default true. */
  calibrate?: boolean | null;
  /** Seasonal periods; absent: detected; []: none. Unit: observations. */
  seasonal_periods?: number[] | Float64Array | null;
  /** Series that explain this one: numbers by name, one beside each value. Their future counts as known. */
  regressors?: Record<string, (number | null)[] | Float64Array> | null;
  /** Days that recur and change the values. */
  holidays?: Array<{
    /** Name that the days share, up to 64 bytes. */
    name: string;
    /** Its days, past and future ones. */
    dates: string[];
    /** Days before each that have an effect too. Unit: days. Default 0. */
    lower_window?: number | null;
    /** Days after each that have an effect too. Unit: days. Default 0. */
    upper_window?: number | null;
    /** How large its effect may be; absent: as the model's parameters say. */
    prior_scale?: number | null;
  }> | null;
}

/** Output of `forecast.backtest`. Tashman (2000), International Journal of Forecasting 16. */
export interface ForecastBacktestOutput {
  /** Models in the order asked for. */
  models: Array<{
    /** The model. */
    model_type: string;
    /** Origins it was measured from. */
    folds: number;
    /** Mean absolute error. */
    mae: number | null;
    /** Root mean squared error. */
    rmse: number | null;
    /** Mean absolute percentage error. Unit: percent. */
    mape: number | null;
    /** Symmetric mean absolute percentage error. Unit: 0..200. */
    smape: number | null;
    /** Error scaled by that of the seasonal naive forecast in the training part. */
    mase: number | null;
    /** The same with squares. */
    rmsse: number | null;
    /** Mean quantile loss of the two interval ends. */
    pinball: number | null;
    /** Share of values inside the interval. Unit: 0..1. */
    coverage: number | null;
    /** The same for each step ahead. */
    by_step: Array<{
      /** Steps ahead. */
      step: number;
      /** Mean absolute error. */
      mae: number | null;
      /** Root mean squared error. */
      rmse: number | null;
      /** Mean absolute percentage error. Unit: percent. */
      mape: number | null;
      /** Symmetric mean absolute percentage error. Unit: 0..200. */
      smape: number | null;
      /** Error scaled by that of the seasonal naive forecast in the training part. */
      mase: number | null;
      /** The same with squares. */
      rmsse: number | null;
      /** Mean quantile loss of the two interval ends. */
      pinball: number | null;
      /** Share of values inside the interval. Unit: 0..1. */
      coverage: number | null;
    }>;
  }>;
  /** Least mean absolute scaled error (root mean squared where demand is intermittent); null where nothing could be measured. */
  best_model: string | null;
  /** Repairs and remarks. */
  warnings: string[];
}

/** Input of `forecast.tune`. Search for the settings of a model that forecast a series best from past origins, with every one tried. */
export interface ForecastTuneInput {
  /** The series. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** The model whose settings are searched. */
  model_type: "naive" | "seasonal_naive" | "drift" | "ets" | "arima" | "theta" | "croston" | "prophet" | "xgboost" | "ensemble";
  /** What to try, by the names of the model's params: a list of values, in which null leaves the setting to the model, or {"min","max"} and "log"; absent: what is usual for the model. */
  search?: Record<string, unknown> | null;
  /** Settings that stay as they are. */
  params?: Record<string, unknown> | null;
  /** Most settings to try: the first half at random, the rest near the best; all there are, where they are no more. Default 30. */
  trials?: number | null;
  /** The error to minimise; absent: mase, or rmsse where demand is intermittent. */
  metric?: "mase" | "mae" | "rmse" | "mape" | "smape" | "rmsse" | "pinball" | null;
  /** Steps forecast from each origin; at most a fifth of the history is taken. Unit: steps. Default 12. */
  forecast_horizon?: number | null;
  /** Origins; fewer where the history is too short. Default 4. */
  folds?: number | null;
  /** Distance between origins; absent: the horizon. Unit: steps. */
  step?: number | null;
  /** No further setting is tried after this time. Unit: seconds. Default 60. */
  time_limit_s?: number | null;
  /** Seasonal periods; absent: detected; []: none. Unit: observations. */
  seasonal_periods?: number[] | Float64Array | null;
  /** Series that explain this one: numbers by name, one beside each value. Their future counts as known. */
  regressors?: Record<string, (number | null)[] | Float64Array> | null;
  /** Days that recur and change the values. */
  holidays?: Array<{
    /** Name that the days share, up to 64 bytes. */
    name: string;
    /** Its days, past and future ones. */
    dates: string[];
    /** Days before each that have an effect too. Unit: days. Default 0. */
    lower_window?: number | null;
    /** Days after each that have an effect too. Unit: days. Default 0. */
    upper_window?: number | null;
    /** How large its effect may be; absent: as the model's parameters say. */
    prior_scale?: number | null;
  }> | null;
  /** Seed of the search. Default 1. */
  seed?: number | null;
}

/** Output of `forecast.tune`. Bergstra and Bengio (2012), JMLR 13, then local search around the best; scores as forecast.backtest. */
export interface ForecastTuneOutput {
  /** The model. */
  model_type: string;
  /** The best settings tried, for params of forecast.create; absent where all failed. */
  params?: Record<string, unknown>;
  /** Their error. */
  score: number | null;
  /** The error of the model with nothing set but the request's params. */
  default_score: number | null;
  /** What the scores are: a mean over all origins and steps; less is better. */
  metric: string;
  /** Origins of a score. */
  folds: number;
  /** Steps forecast from each. Unit: steps. */
  forecast_horizon: number;
  /** All settings tried, in order. */
  trials: Array<{
    /** The settings. */
    params: Record<string, unknown>;
    /** Their error; null where they failed. */
    score: number | null;
    /** Origins they could be fitted at. */
    folds: number;
    /** Why they failed. */
    error?: string;
  }>;
  /** What ended the search: its trials, that nothing was left to try, the time limit, or a cancel. */
  stopped_by: "iterations" | "space" | "time" | "cancelled";
  /** The outcome in a sentence. */
  reason: string;
  /** Repairs and remarks. */
  warnings: string[];
}

/** Input of `forecast.analyze`. What a series is like: trend, seasons, unit roots, outliers, and which model suits it. */
export interface ForecastAnalyzeInput {
  /** The series. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** Seasonal periods; absent: detected; []: none. Unit: observations. */
  seasonal_periods?: number[] | Float64Array | null;
}

/** Output of `forecast.analyze`. Wang, Smith and Hyndman (2006) for the strengths; the tests' own papers stand with them. */
export interface ForecastAnalyzeOutput {
  /** H, D, W, M, Q, Y or minutes; null where the series has no dates. */
  frequency: string | null;
  /** Periods from the first to the last known value. */
  n: number;
  /** Of these without a value. */
  missing: number;
  /** A unit root, or a trend stronger than 0.64 that explains what KPSS rejects. */
  has_trend: boolean;
  /** Share of the deseasonalised variance that the trend explains. Unit: 0..1. */
  trend_strength: number | null;
  /** Whether a season was found. */
  has_seasonality: boolean;
  /** Strength of the strongest season. Unit: 0..1. */
  seasonal_strength: number | null;
  /** Seasonal periods, ascending. Unit: observations. */
  seasonal_periods: number[];
  /** KPSS does not reject a constant level at 5 %. */
  stationary: boolean;
  /** Augmented Dickey-Fuller test with a constant; null where it cannot be made. */
  adf: {
    /** The test's statistic. */
    statistic: number;
    /** Its p-value. Unit: 0..1. */
    p_value: number;
    /** Lags used. */
    lags: number;
    /** Critical values. */
    critical_values: Record<string, number>;
  } | null;
  /** KPSS test around a level; null where it cannot be made. */
  kpss: {
    /** The test's statistic. */
    statistic: number;
    /** Its p-value. Unit: 0..1. */
    p_value: number;
    /** Lags used. */
    lags: number;
    /** Critical values. */
    critical_values: Record<string, number>;
  } | null;
  /** Values that fit neither trend nor season. */
  outliers: Array<{
    /** Date, or number where the series has no dates. */
    date: string;
    /** The value found. */
    value: number;
    /** Trend and season there. */
    expected: number;
  }>;
  /** Demand comes in less than three of four periods. */
  intermittent: boolean;
  /** Class of demand: smooth, erratic, intermittent, lumpy, or none where nothing was demanded. */
  demand_class: string;
  /** A model_type for forecast.create. */
  recommended_model: string;
  /** Why that model suits the series. */
  reason: string;
  /** Repairs and remarks. */
  warnings: string[];
}

/** Input of `forecast.changepoints`. When the trend of a series changed, and how much. */
export interface ForecastChangepointsInput {
  /** The series. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** Days that recur and change the values, so that the trend need not. */
  holidays?: Array<{
    /** Name that the days share, up to 64 bytes. */
    name: string;
    /** Its days, past and future ones. */
    dates: string[];
    /** Days before each that have an effect too. Unit: days. Default 0. */
    lower_window?: number | null;
    /** Days after each that have an effect too. Unit: days. Default 0. */
    upper_window?: number | null;
    /** How large its effect may be; absent: as the model's parameters say. */
    prior_scale?: number | null;
  }> | null;
  /** Least size of a delta that is told. Default 0.01. */
  threshold?: number | null;
  /** Settings of prophet, by its own names. */
  params?: Record<string, unknown> | null;
}

/** Output of `forecast.changepoints`. Taylor and Letham (2018): sparse changes of slope by their maximum a posteriori estimate. */
export interface ForecastChangepointsOutput {
  /** Where the trend changed, by date. */
  changepoints: Array<{
    /** Date, or number where the series has no dates. */
    date: string;
    /** Change of the slope, as Prophet has it: time in lengths of the history, values in shares of the largest. */
    delta: number;
    /** Whether the slope rises or falls. */
    direction: "up" | "down";
    /** Slope of the trend before; logistic: of its logit. Unit: units/step. */
    slope_before: number;
    /** Slope after. Unit: units/step. */
    slope_after: number;
  }>;
  /** Places at which it might have changed. */
  candidates: number;
  /** Repairs and remarks. */
  warnings: string[];
}

/** Input of `forecast.anomalies`. Values that trend, seasons or a model did not expect, with how far off they are. */
export interface ForecastAnomaliesInput {
  /** The series. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** auto: what trend and seasons of a decomposition leave, of logarithms where the spread grows with the level; a model: the errors of its forecasts one step ahead. Default auto. */
  model_type?: "auto" | "naive" | "seasonal_naive" | "drift" | "ets" | "arima" | "theta" | "croston" | "prophet" | "xgboost" | "ensemble" | null;
  /** Share of ordinary values that are expected inside lower..upper. Unit: 0..1. Default 0.99. */
  confidence_level?: number | null;
  /** Seasonal periods; absent: detected; []: none. Unit: observations. */
  seasonal_periods?: number[] | Float64Array | null;
  /** Settings of the model, by its own names. */
  params?: Record<string, unknown> | null;
  /** Series that explain this one: what they explain is no anomaly. One value beside each value. */
  regressors?: Record<string, (number | null)[] | Float64Array> | null;
  /** Days that recur and change the values. */
  holidays?: Array<{
    /** Name that the days share, up to 64 bytes. */
    name: string;
    /** Its days, past and future ones. */
    dates: string[];
    /** Days before each that have an effect too. Unit: days. Default 0. */
    lower_window?: number | null;
    /** Days after each that have an effect too. Unit: days. Default 0. */
    upper_window?: number | null;
    /** How large its effect may be; absent: as the model's parameters say. */
    prior_scale?: number | null;
  }> | null;
}

/** Output of `forecast.anomalies`. Robust z-scores (Hampel 1974) of the remainder of STL or MSTL, or of one-step forecast errors. */
export interface ForecastAnomaliesOutput {
  /** Values outside the interval, by date. */
  anomalies: Array<{
    /** Date, or number where the series has no dates. */
    date: string;
    /** The value found. */
    value: number;
    /** The value expected there. */
    expected: number;
    /** Least value that would be ordinary there. */
    lower: number;
    /** Greatest one. */
    upper: number;
    /** Distance from the expected value in robust standard deviations. */
    score: number;
  }>;
  /** Values that could be checked: known ones, from where the model has a forecast. */
  checked: number;
  /** decomposition, or the model. */
  method: string;
  /** The level used. Unit: 0..1. */
  confidence_level: number;
  /** Seasonal periods used, ascending. Unit: observations. */
  seasonal_periods: number[];
  /** Repairs and remarks. */
  warnings: string[];
}

/** Input of `forecast.importance`. What the trees of an xgboost forecast look at, and how much that brings. */
export interface ForecastImportanceInput {
  /** A model string of an xgboost forecast. */
  model: string;
}

/** Output of `forecast.importance`. Chen and Guestrin (2016): mean gain, mean cover and number of the splits on each feature. */
export interface ForecastImportanceOutput {
  /** Every feature, the one whose splits gain most in sum first. */
  features: Array<{
    /** lag_7, mean_7, std_7, min_7, max_7, place_in_7, day_of_week, holiday_NAME, or a regressor and NAME_change: its value above its own level. */
    name: string;
    /** Mean gain of its splits. */
    gain: number;
    /** Mean sum of second derivatives at its splits. */
    cover: number;
    /** Number of its splits. Unit: splits. */
    weight: number;
  }>;
}

/** Input of `forecast.decompose`. Trend, seasons and remainder of a series by STL, or MSTL for several seasons. */
export interface ForecastDecomposeInput {
  /** The series. */
  series: {
    /** Date of each value, ISO 8601; absent: the values are numbered 1, 2, ... */
    dates?: string[] | null;
    /** The values, oldest first; null is a missing one. */
    values: (number | null)[] | Float64Array;
    /** H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates. */
    frequency?: string | null;
    /** What becomes of several values in one period. Default mean. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
  };
  /** Values per season, several where there are several; absent: found from the data; empty: no season. */
  seasonal_periods?: number[] | null;
  /** Let outliers go into the remainder instead of bending trend and season. Default false. */
  robust?: boolean | null;
  /** Seasons that shape each point of the season, odd; periodic: the season never changes. 11 unless said, 4 more for each longer period. */
  seasonal_window?: number | "periodic" | null;
  /** Values that shape each point of the trend, odd; 1.5 period / (1 - 1.5 / seasonal_window) unless said; without a season a fifth of the series. */
  trend_window?: number | null;
  /** Values of the low-pass smoother, odd; the period unless said. */
  low_pass_window?: number | null;
  /** Degrees of the three smoothers. */
  degrees?: {
    /** Of the smoother within each season of the year, week, ...: 0 constant, 1 line. Default 0. */
    seasonal?: number | null;
    /** Of the trend's smoother. Default 1. */
    trend?: number | null;
    /** Of the smoother that takes the trend out of the season. Default 1. */
    low_pass?: number | null;
  } | null;
  /** Points from one smoothing to the next; a tenth of each window unless said, 1 for every point. */
  jumps?: {
    /** Smooth at every so many points, with straight lines between. */
    seasonal?: number | null;
    /** The same for the trend. */
    trend?: number | null;
    /** The same for the low-pass smoother. */
    low_pass?: number | null;
  } | null;
  /** Passes between season and trend; 2, or 1 where robust. */
  inner?: number | null;
  /** Robust passes; 0, or 15 where robust. */
  outer?: number | null;
}

/** Output of `forecast.decompose`. Cleveland, Cleveland, McRae and Terpenning (1990); Bandara, Hyndman and Bergmeir (2021). */
export interface ForecastDecomposeOutput {
  /** Date of each point, where the request had dates. */
  dates?: string[];
  /** Periods used, ascending. */
  seasonal_periods: number[];
  /** The trend. */
  trend: number[];
  /** The season of each period. */
  seasonal: Record<string, number[]>;
  /** What is left: value - trend - seasons; null where the value is missing. */
  remainder: (number | null)[];
  /** Share of the deseasonalised variance that the trend explains. Unit: 0..1. */
  trend_strength: number;
  /** Strength of each season. */
  seasonal_strength: Record<string, number>;
  /** What was repaired or left out. */
  warnings: string[];
}

/** Input of `trees.fit`. Fit gradient-boosted regression trees to rows of numbers; the model is one that XGBoost reads. */
export interface TreesFitInput {
  /** Rows of feature values, all of one length; null: missing. */
  x: Array<(number | null)[] | Float64Array>;
  /** One value a row, to be predicted. */
  y: number[] | Float64Array;
  /** Settings, by XGBoost's names. */
  params?: {
    /** What is minimised; the prediction is exp of the trees' sum for the two on counts, 1 / (1 + exp(-sum)) for binary:logistic. Default reg:squarederror. */
    objective?: "reg:squarederror" | "reg:absoluteerror" | "reg:quantileerror" | "count:poisson" | "reg:tweedie" | "binary:logistic" | null;
    /** Accepted for XGBoost's sake. Default gbtree. */
    booster?: "gbtree" | null;
    /** hist: splits between at most max_bin quantiles; exact: between any two values. Default hist. */
    tree_method?: "hist" | "exact" | null;
    /** Split level by level, or always where the loss falls most. Default depthwise. */
    grow_policy?: "depthwise" | "lossguide" | null;
    /** Measure reported for each round, and watched for early stopping; mape takes no y of 0. Default rmse. */
    eval_metric?: "rmse" | "mae" | "mape" | "poisson-nloglik" | "tweedie-nloglik" | "quantile" | "logloss" | null;
    /** Depth of a tree; 0: no limit. Absent: 6. Unit: levels. */
    max_depth?: number | null;
    /** Leaves of a tree; 0: no limit. Unit: leaves. Default 0. */
    max_leaves?: number | null;
    /** Bins of a feature under hist. Unit: bins. Default 256. */
    max_bin?: number | null;
    /** Share of each tree's answer that is taken, the learning rate. Absent: 0.3. */
    eta?: number | null;
    /** The same as eta. */
    learning_rate?: number | null;
    /** Ridge penalty on leaf weights. Absent: 1. */
    lambda?: number | null;
    /** The same as lambda. */
    reg_lambda?: number | null;
    /** Absolute penalty on leaf weights. Absent: 0. */
    alpha?: number | null;
    /** The same as alpha. */
    reg_alpha?: number | null;
    /** What a split must gain at least. Absent: 0. */
    gamma?: number | null;
    /** The same as gamma. */
    min_split_loss?: number | null;
    /** Least sum of second derivatives on each side of a split; rows, for squared error. Default 1. */
    min_child_weight?: number | null;
    /** Largest leaf weight; 0: no limit. Absent: 0.7 for count:poisson, else 0. */
    max_delta_step?: number | null;
    /** Share of rows drawn for each tree. Unit: 0..1. Default 1. */
    subsample?: number | null;
    /** Share of features drawn for each tree. Unit: 0..1. Default 1. */
    colsample_bytree?: number | null;
    /** Share of those drawn for each level. Unit: 0..1. Default 1. */
    colsample_bylevel?: number | null;
    /** Share of those drawn for each split. Unit: 0..1. Default 1. */
    colsample_bynode?: number | null;
    /** Prediction before the first tree. Absent: the mean of y. Unit: as y. */
    base_score?: number | null;
    /** The quantile of reg:quantileerror. Unit: 0..1. Default 0.5. */
    quantile_alpha?: number | null;
    /** Power of reg:tweedie: near 1 as Poisson, near 2 as gamma. Default 1.5. */
    tweedie_variance_power?: number | null;
    /** By feature: 1 the prediction never falls with it, -1 never rises, 0 free. */
    monotone_constraints?: number[] | null;
    /** Seed of the drawing. Absent: the request's. */
    seed?: number | null;
    /** The same as seed. */
    random_state?: number | null;
    /** Accepted and ignored. */
    nthread?: number | null;
    /** Accepted and ignored. */
    verbosity?: number | null;
  } | null;
  /** Trees to grow. Unit: trees. Default 100. */
  num_boost_round?: number | null;
  /** Rows kept aside, measured after each round. */
  eval?: {
    /** Rows kept aside; null: missing. */
    x: Array<(number | null)[] | Float64Array>;
    /** Their true values. */
    y: number[] | Float64Array;
  } | null;
  /** Stop when the measure of eval has not become better for so many rounds, and keep the trees up to the best; 0: do not. Unit: rounds. Default 0. */
  early_stopping_rounds?: number | null;
}

/** Output of `trees.fit`. Chen and Guestrin (2016), XGBoost: A Scalable Tree Boosting System. */
export interface TreesFitOutput {
  /** The model: the text that XGBoost's save_model writes to a .json file. */
  model: string;
  /** eval_metric on the rows themselves, by round. */
  train_metric: number[];
  /** The same on eval. */
  eval_metric?: number[];
  /** Round, from 0, with the best measure of eval; without it, the last. Unit: round. */
  best_iteration: number;
  /** Features that split, by gain. */
  importance: Array<{
    /** f and its number, from f0. */
    name: string;
    /** Mean gain of its splits. */
    gain: number;
    /** Mean sum of second derivatives at its splits. */
    cover: number;
    /** Number of its splits. Unit: splits. */
    weight: number;
  }>;
}

/** Input of `trees.predict`. Predict rows by boosted trees, fitted here or saved by XGBoost. */
export interface TreesPredictInput {
  /** A model of trees.fit, or one that XGBoost saved as JSON (gbtree, one output). */
  model: Record<string, unknown> | string;
  /** Rows of feature values; null: missing. */
  x: Array<(number | null)[] | Float64Array>;
}

/** Output of `trees.predict`. Chen and Guestrin (2016). */
export interface TreesPredictOutput {
  /** One a row. Unit: as y. */
  predictions: number[];
}

/** Input of `report.forecast`. From a CSV or XLSX file to a forecast as text with a chart, as JSON or as CSV. */
export interface ReportForecastInput {
  /** The file, and how to read it. */
  file: {
    /** The file: bytes (from JavaScript), or its text. One of content, content_base64 and path is expected. */
    content?: Uint8Array | ArrayBuffer | string | null;
    /** The file's bytes in base64. */
    content_base64?: string | null;
    /** The file's name on this machine; on the native command line only. */
    path?: string | null;
    /** What the file is called, for messages. */
    name?: string | null;
    /** Kind of file; auto looks at its first bytes. Default auto. */
    format?: "auto" | "csv" | "xlsx" | null;
    /** Character between the cells of a CSV; absent: found among , ; tab and |. */
    delimiter?: string | null;
    /** Encoding of a CSV. Default auto. */
    encoding?: "auto" | "utf-8" | "utf-16" | "windows-1252" | null;
    /** XLSX: the sheet's name, or its number from 1; absent: the first with data. */
    sheet?: string | null;
    /** Row of the file, from 1, that names the columns; 0: none does; absent: found. */
    header_row?: number | null;
    /** long: groups such as SKU and store in columns; wide: a column a series; transposed: dates across the header. Default auto. */
    layout?: "auto" | "long" | "wide" | "transposed" | null;
    /** Name, or number from 1, of the column of dates; "": the rows are in order and have none; absent: found. */
    date_column?: string | null;
    /** Columns of numbers that become series; absent: found. */
    value_columns?: string[] | null;
    /** Columns that tell series apart, such as SKU and store; []: none; absent: found. */
    group_by?: string[] | null;
    /** Decimal mark of the numbers; absent: found. */
    decimal?: "." | "," | null;
    /** Order of day, month and year in dates such as 03/04/2025; absent: found. */
    date_order?: "dmy" | "mdy" | "ymd" | null;
    /** What becomes of several values of one series with the same date. Default sum. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
    /** Sizes beyond which the file is refused. */
    limits?: {
      /** Size of the file. Unit: bytes. Default 2147483648. */
      bytes?: number | null;
      /** Rows of data. Unit: rows. Default 10000000. */
      rows?: number | null;
      /** Cells of a row. Unit: columns. Default 16384. */
      columns?: number | null;
      /** XLSX: size of what is packed in the file. Unit: bytes. Default 2147483648. */
      inflated?: number | null;
      /** XLSX: how many times larger than packed a part may be. Default 200. */
      ratio?: number | null;
      /** Text of one cell. Unit: bytes. Default 1048576. */
      field?: number | null;
    } | null;
  };
  /** Name of the one series wanted; absent: all. */
  series?: string | null;
  /** The model; auto compares them in a rolling backtest. Default auto. */
  model_type?: "auto" | "naive" | "seasonal_naive" | "drift" | "ets" | "arima" | "theta" | "croston" | "prophet" | "xgboost" | "ensemble" | null;
  /** Steps to forecast; absent: 48 hours, 30 days, 13 weeks, 12 months, 8 quarters, 5 years, else 30. Unit: steps. */
  forecast_horizon?: number | null;
  /** Level of the intervals, or a list of levels; 0.95 where absent. Unit: 0..1. */
  confidence_level?: number | number[] | Float64Array | null;
  /** Seasonal periods; absent: detected; []: none. Unit: observations. */
  seasonal_periods?: number[] | Float64Array | null;
  /** Cut the forecast and its intervals at zero. Default false. */
  non_negative?: boolean | null;
  /** Settings of the model, by its own names. */
  params?: Record<string, unknown> | null;
  /** Origins of the rolling backtest; 0: none is made. Default 3. */
  folds?: number | null;
  /** Seed of simulated intervals. Default 1. */
  seed?: number | null;
  /** A text for people, JSON, or CSV for spreadsheets. Default text. */
  format?: "text" | "json" | "csv" | null;
  /** Width of the text. Unit: columns. Default 80. */
  width?: number | null;
  /** Draw with ASCII characters alone. Default false. */
  ascii?: boolean | null;
}

/** Output of `report.forecast`. series.parse, then forecast.create of every series. */
export interface ReportForecastOutput {
  /** The report, to be printed or written to a file. */
  output: string;
  /** What it is: text/plain, application/json or text/csv. */
  media_type: string;
  /** Rows of data in the file. Unit: rows. */
  rows_read: number;
  /** Series in the file. */
  series_count: number;
  /** Repairs made and rows set aside, in sentences. */
  warnings: string[];
}

/** Input of `report.plan`. From a file of sales and of stock to what to order and when, as text, JSON or CSV. */
export interface ReportPlanInput {
  /** The file of sales: date, item, quantity. In a workbook a sheet of stock is found by its columns. */
  file: {
    /** The file: bytes (from JavaScript), or its text. One of content, content_base64 and path is expected. */
    content?: Uint8Array | ArrayBuffer | string | null;
    /** The file's bytes in base64. */
    content_base64?: string | null;
    /** The file's name on this machine; on the native command line only. */
    path?: string | null;
    /** What the file is called, for messages. */
    name?: string | null;
    /** Kind of file; auto looks at its first bytes. Default auto. */
    format?: "auto" | "csv" | "xlsx" | null;
    /** Character between the cells of a CSV; absent: found among , ; tab and |. */
    delimiter?: string | null;
    /** Encoding of a CSV. Default auto. */
    encoding?: "auto" | "utf-8" | "utf-16" | "windows-1252" | null;
    /** XLSX: the sheet's name, or its number from 1; absent: the first with data. */
    sheet?: string | null;
    /** Row of the file, from 1, that names the columns; 0: none does; absent: found. */
    header_row?: number | null;
    /** long: groups such as SKU and store in columns; wide: a column a series; transposed: dates across the header. Default auto. */
    layout?: "auto" | "long" | "wide" | "transposed" | null;
    /** Name, or number from 1, of the column of dates; "": the rows are in order and have none; absent: found. */
    date_column?: string | null;
    /** Columns of numbers that become series; absent: found. */
    value_columns?: string[] | null;
    /** Columns that tell series apart, such as SKU and store; []: none; absent: found. */
    group_by?: string[] | null;
    /** Decimal mark of the numbers; absent: found. */
    decimal?: "." | "," | null;
    /** Order of day, month and year in dates such as 03/04/2025; absent: found. */
    date_order?: "dmy" | "mdy" | "ymd" | null;
    /** What becomes of several values of one series with the same date. Default sum. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
    /** Sizes beyond which the file is refused. */
    limits?: {
      /** Size of the file. Unit: bytes. Default 2147483648. */
      bytes?: number | null;
      /** Rows of data. Unit: rows. Default 10000000. */
      rows?: number | null;
      /** Cells of a row. Unit: columns. Default 16384. */
      columns?: number | null;
      /** XLSX: size of what is packed in the file. Unit: bytes. Default 2147483648. */
      inflated?: number | null;
      /** XLSX: how many times larger than packed a part may be. Default 200. */
      ratio?: number | null;
      /** Text of one cell. Unit: bytes. Default 1048576. */
      field?: number | null;
    } | null;
  };
  /** A file of what is in stock: a row an item, with columns such as sku, on_hand, on_order, unit_cost, lead_time_days. */
  stock?: {
    /** The file: bytes (from JavaScript), or its text. One of content, content_base64 and path is expected. */
    content?: Uint8Array | ArrayBuffer | string | null;
    /** The file's bytes in base64. */
    content_base64?: string | null;
    /** The file's name on this machine; on the native command line only. */
    path?: string | null;
    /** What the file is called, for messages. */
    name?: string | null;
    /** Kind of file; auto looks at its first bytes. Default auto. */
    format?: "auto" | "csv" | "xlsx" | null;
    /** Character between the cells of a CSV; absent: found among , ; tab and |. */
    delimiter?: string | null;
    /** Encoding of a CSV. Default auto. */
    encoding?: "auto" | "utf-8" | "utf-16" | "windows-1252" | null;
    /** XLSX: the sheet's name, or its number from 1; absent: the first with data. */
    sheet?: string | null;
    /** Row of the file, from 1, that names the columns; 0: none does; absent: found. */
    header_row?: number | null;
    /** long: groups such as SKU and store in columns; wide: a column a series; transposed: dates across the header. Default auto. */
    layout?: "auto" | "long" | "wide" | "transposed" | null;
    /** Name, or number from 1, of the column of dates; "": the rows are in order and have none; absent: found. */
    date_column?: string | null;
    /** Columns of numbers that become series; absent: found. */
    value_columns?: string[] | null;
    /** Columns that tell series apart, such as SKU and store; []: none; absent: found. */
    group_by?: string[] | null;
    /** Decimal mark of the numbers; absent: found. */
    decimal?: "." | "," | null;
    /** Order of day, month and year in dates such as 03/04/2025; absent: found. */
    date_order?: "dmy" | "mdy" | "ymd" | null;
    /** What becomes of several values of one series with the same date. Default sum. */
    aggregate?: "sum" | "mean" | "min" | "max" | "first" | "last" | "count" | null;
    /** Sizes beyond which the file is refused. */
    limits?: {
      /** Size of the file. Unit: bytes. Default 2147483648. */
      bytes?: number | null;
      /** Rows of data. Unit: rows. Default 10000000. */
      rows?: number | null;
      /** Cells of a row. Unit: columns. Default 16384. */
      columns?: number | null;
      /** XLSX: size of what is packed in the file. Unit: bytes. Default 2147483648. */
      inflated?: number | null;
      /** XLSX: how many times larger than packed a part may be. Default 200. */
      ratio?: number | null;
      /** Text of one cell. Unit: bytes. Default 1048576. */
      field?: number | null;
    } | null;
  } | null;
  /** The one item wanted, with its stock curve; absent: all. */
  sku?: string | null;
  /** Stock on hand of items whose stock is not in the file. Unit: units. Default 0. */
  on_hand?: number | null;
  /** Stock on order of items for which the file has none. Unit: units. Default 0. */
  on_order?: number | null;
  /** Price of a unit of items for which the file has none. Unit: money/unit. */
  unit_cost?: number | null;
  /** Mean time from an order to its arrival. Unit: days. Default 7. */
  lead_time_days?: number | null;
  /** Standard deviation of the lead time. Unit: days. Default 0. */
  lead_time_std_dev?: number | null;
  /** Days between looks at the stock; 0: always. Unit: days. Default 0. */
  review_period_days?: number | null;
  /** Fixed cost of placing one order. Unit: money/order. Default 50. */
  order_cost?: number | null;
  /** Cost of keeping stock for a year as a share of unit_cost. Unit: 1/year. Default 0.25. */
  holding_cost_rate?: number | null;
  /** Service to keep, below 1. Unit: 0..1. Default 0.95. */
  service_level?: number | null;
  /** What service_level means: the share of cycles without a stock-out, or the share of demand met from stock. Default cycle. */
  service_type?: "cycle" | "fill_rate" | null;
  /** Forecasting model. Default auto. */
  model_type?: "auto" | "naive" | "seasonal_naive" | "drift" | "ets" | "arima" | "theta" | "croston" | "prophet" | "xgboost" | "ensemble" | null;
  /** Days looked ahead. Unit: days. Default 365. */
  horizon_days?: number | null;
  /** The plan's date; absent: the day after the sales end. */
  as_of?: string | null;
  /** Days that a year's demand is spread over. Unit: days. Default 365. */
  days_per_year?: number | null;
  /** Days of demand above reorder point plus order size from which stock counts as too much. Unit: days. Default 30. */
  excess_days?: number | null;
  /** Whether dates without a row are days without sales rather than not known. Default true. */
  gaps_are_zero?: boolean | null;
  /** Seed of simulated intervals. Default 1. */
  seed?: number | null;
  /** A text for people, JSON, or CSV for spreadsheets. Default text. */
  format?: "text" | "json" | "csv" | null;
  /** Width of the text. Unit: columns. Default 80. */
  width?: number | null;
  /** Draw with ASCII characters alone. Default false. */
  ascii?: boolean | null;
}

/** Output of `report.plan`. series.parse, then inventory.plan of every item. */
export interface ReportPlanOutput {
  /** The report, to be printed or written to a file. */
  output: string;
  /** What it is: text/plain, application/json or text/csv. */
  media_type: string;
  /** Rows of data in the file. Unit: rows. */
  rows_read: number;
  /** Series in the file. */
  series_count: number;
  /** Repairs made and rows set aside, in sentences. */
  warnings: string[];
}

/** Every operation of the core, by name. */
export interface CoreOps {
  /** Order size that minimises ordering plus holding cost, with production rate, backorders and quantity discounts. */
  "inventory.eoq": { in: InventoryEoqInput; out: InventoryEoqOutput };
  /** Stock to hold against uncertain demand and lead time for a cycle or fill-rate service level. */
  "inventory.safety_stock": { in: InventorySafetyStockInput; out: InventorySafetyStockOutput };
  /** Stock level at which to order again, and whether that is now. */
  "inventory.reorder_point": { in: InventoryReorderPointInput; out: InventoryReorderPointOutput };
  /** Order sizes of many products under a budget, storage and order-count limit, with a proven bound and shadow prices. */
  "inventory.multi_product": { in: InventoryMultiProductInput; out: InventoryMultiProductOutput };
  /** When and how much to order for a known demand per period. */
  "inventory.lot_sizing": { in: InventoryLotSizingInput; out: InventoryLotSizingOutput };
  /** One order for one selling season under uncertain demand. */
  "inventory.newsvendor": { in: InventoryNewsvendorInput; out: InventoryNewsvendorOutput };
  /** Exact optimal (r,Q), (s,S) or base-stock policy for stochastic demand with backorders. */
  "inventory.policy": { in: InventoryPolicyInput; out: InventoryPolicyOutput };
  /** What better service costs: the frontier of yearly cost against service level, with its knee. */
  "inventory.pareto": { in: InventoryParetoInput; out: InventoryParetoOutput };
  /** What to order, when, and what lies there too long, for each item from its sales history. */
  "inventory.plan": { in: InventoryPlanInput; out: InventoryPlanOutput };
  /** Who does which task, by value or cost, within skills and hours, with a proven bound. */
  "staffing.assign_tasks": { in: StaffingAssignTasksInput; out: StaffingAssignTasksOutput };
  /** Who works when at least cost under coverage, skills, hours and rest, with a proven bound, or why no plan exists. */
  "staffing.schedule": { in: StaffingScheduleInput; out: StaffingScheduleOutput };
  /** What fairness, coverage or preferences cost: the frontier of schedules, each with its proof, and its knee. */
  "staffing.pareto": { in: StaffingParetoInput; out: StaffingParetoOutput };
  /** What hours worked cost: straight time, daily and weekly overtime, double time, night and weekend premiums. */
  "staffing.labor_cost": { in: StaffingLaborCostInput; out: StaffingLaborCostOutput };
  /** How many people each interval of a demand forecast needs for a service level, and from that the coverage of shifts. */
  "staffing.requirements": { in: StaffingRequirementsInput; out: StaffingRequirementsOutput };
  /** Series from a CSV or XLSX file, with what was understood, what was set aside and what must be asked. */
  "series.parse": { in: SeriesParseInput; out: SeriesParseOutput };
  /** A regular, complete series at the frequency asked for, and what was changed for it. */
  "series.prepare": { in: SeriesPrepareInput; out: SeriesPrepareOutput };
  /** Augmented Dickey-Fuller test for a unit root. */
  "stats.adf": { in: StatsAdfInput; out: StatsAdfOutput };
  /** KPSS test for stationarity around a level or a trend. */
  "stats.kpss": { in: StatsKpssInput; out: StatsKpssOutput };
  /** Autocorrelations, partial autocorrelations and Ljung-Box tests. */
  "stats.acf": { in: StatsAcfInput; out: StatsAcfOutput };
  /** Forecast a series with its intervals, by one model or the best of all in a backtest. */
  "forecast.create": { in: ForecastCreateInput; out: ForecastCreateOutput };
  /** Forecast again from a fitted model's string. */
  "forecast.predict": { in: ForecastPredictInput; out: ForecastPredictOutput };
  /** Let new values pass through a fitted model without fitting it again. */
  "forecast.update": { in: ForecastUpdateInput; out: ForecastUpdateOutput };
  /** Compare models by forecasting from past origins. */
  "forecast.backtest": { in: ForecastBacktestInput; out: ForecastBacktestOutput };
  /** Search for the settings of a model that forecast a series best from past origins, with every one tried. */
  "forecast.tune": { in: ForecastTuneInput; out: ForecastTuneOutput };
  /** What a series is like: trend, seasons, unit roots, outliers, and which model suits it. */
  "forecast.analyze": { in: ForecastAnalyzeInput; out: ForecastAnalyzeOutput };
  /** When the trend of a series changed, and how much. */
  "forecast.changepoints": { in: ForecastChangepointsInput; out: ForecastChangepointsOutput };
  /** Values that trend, seasons or a model did not expect, with how far off they are. */
  "forecast.anomalies": { in: ForecastAnomaliesInput; out: ForecastAnomaliesOutput };
  /** What the trees of an xgboost forecast look at, and how much that brings. */
  "forecast.importance": { in: ForecastImportanceInput; out: ForecastImportanceOutput };
  /** Trend, seasons and remainder of a series by STL, or MSTL for several seasons. */
  "forecast.decompose": { in: ForecastDecomposeInput; out: ForecastDecomposeOutput };
  /** Fit gradient-boosted regression trees to rows of numbers; the model is one that XGBoost reads. */
  "trees.fit": { in: TreesFitInput; out: TreesFitOutput };
  /** Predict rows by boosted trees, fitted here or saved by XGBoost. */
  "trees.predict": { in: TreesPredictInput; out: TreesPredictOutput };
  /** From a CSV or XLSX file to a forecast as text with a chart, as JSON or as CSV. */
  "report.forecast": { in: ReportForecastInput; out: ReportForecastOutput };
  /** From a file of sales and of stock to what to order and when, as text, JSON or CSV. */
  "report.plan": { in: ReportPlanInput; out: ReportPlanOutput };
}

export const opNames = [
  "inventory.eoq",
  "inventory.safety_stock",
  "inventory.reorder_point",
  "inventory.multi_product",
  "inventory.lot_sizing",
  "inventory.newsvendor",
  "inventory.policy",
  "inventory.pareto",
  "inventory.plan",
  "staffing.assign_tasks",
  "staffing.schedule",
  "staffing.pareto",
  "staffing.labor_cost",
  "staffing.requirements",
  "series.parse",
  "series.prepare",
  "stats.adf",
  "stats.kpss",
  "stats.acf",
  "forecast.create",
  "forecast.predict",
  "forecast.update",
  "forecast.backtest",
  "forecast.tune",
  "forecast.analyze",
  "forecast.changepoints",
  "forecast.anomalies",
  "forecast.importance",
  "forecast.decompose",
  "trees.fit",
  "trees.predict",
  "report.forecast",
  "report.plan",
] as const satisfies readonly (keyof CoreOps)[];
