// SPDX-License-Identifier: GPL-3.0-or-later
// From a product to a recommendation: two operations, and the rule that joins them.
import { Failure, engine, type Out } from "./engine.js";
import type { Recommendation } from "./elements/stock-model.js";
import { dayFromNow, longDay, num, qty } from "./format.js";
import { T } from "./texts.js";
import type { Num, Product } from "./types.js";

const DAYS = 365;
const KEPT = 20_000;

export interface Advice {
  product: Product;
  eoq: Out<"inventory.eoq">;
  point: Out<"inventory.reorder_point">;
  recommendation: Recommendation;
}

export const eoqInput = (p: Product) => ({
  annual_demand: p.annual_demand,
  order_cost: p.order_cost,
  unit_cost: p.unit_cost,
  holding_cost_rate: p.holding_cost_rate,
});

export const pointInput = (p: Product, service_level: Num, order_quantity: number) => ({
  demand_std_dev: p.demand_std_dev,
  avg_daily_demand: Number(p.annual_demand) / DAYS,
  lead_time_days: p.lead_time_days,
  service_level,
  order_quantity,
  on_hand: p.on_hand,
  on_order: p.on_order,
});

const known = new Map<string, Promise<Advice>>();

/** What to do about a product. The same question is computed once. */
export function advise(p: Product, service_level: Num): Promise<Advice> {
  const key = JSON.stringify([p, service_level]);
  let answer = known.get(key);
  if (!answer) {
    if (known.size > KEPT) known.clear();
    known.set(key, (answer = compute(structuredClone(p), service_level)));
    answer.catch(() => known.delete(key));
  }
  return answer;
}

async function compute(product: Product, service_level: Num): Promise<Advice> {
  const eoq = await engine.call("inventory.eoq", eoqInput(product));
  const point = await engine.call("inventory.reorder_point", pointInput(product, service_level, eoq.eoq));
  return { product, eoq, point, recommendation: recommend(product, eoq, point) };
}

/** ORDER_NOW at or below the reorder point; REDUCE_STOCK above reorder point plus order size, which an (r, Q) policy never exceeds. */
function recommend(p: Product, eoq: Advice["eoq"], point: Advice["point"]): Recommendation {
  const quantity = Math.max(1, Math.round(eoq.eoq));
  const daily = Number(p.annual_demand) / DAYS;
  const position = Number(p.on_hand) + Number(p.on_order);
  const over = position - point.reorder_point;
  const now = point.order_now ?? over <= 0;
  return {
    sku: p.id,
    name: p.name,
    action: now ? "ORDER_NOW" : over > quantity ? "REDUCE_STOCK" : "MAINTAIN",
    order_quantity: now ? quantity * Math.max(1, Math.ceil(-over / quantity)) : quantity,
    reorder_point: point.reorder_point,
    safety_stock: point.safety_stock,
    on_hand: Number(p.on_hand),
    on_order: Number(p.on_order),
    avg_daily_demand: daily,
    lead_time_days: Number(p.lead_time_days),
    service_level: point.service_level,
    lead_time_demand_std_dev: point.lead_time_demand_std_dev,
    days_to_order: now ? 0 : over / daily,
  };
}

/** The day an order should leave: never later than the stock allows. */
export const orderDay = (r: Recommendation): Date => dayFromNow(r.days_to_order);

/** What to do, and why. */
export function sentences(r: Recommendation): [string, string] {
  const position = qty(r.on_hand + r.on_order);
  const point = qty(r.reorder_point);
  const q = num(r.order_quantity);
  if (r.action === "ORDER_NOW") return [T.stock.orderNow(q, r.sku), T.stock.orderNowWhy(position, point)];
  if (r.action === "MAINTAIN")
    return [T.stock.orderBy(q, r.sku, longDay(orderDay(r))), T.stock.orderByWhy(position, point, qty(r.avg_daily_demand))];
  const top = r.reorder_point + r.order_quantity;
  const cover = (r.on_hand + r.on_order) / r.avg_daily_demand;
  return [T.stock.reduce(r.sku, num(r.on_hand + r.on_order - top)), T.stock.reduceWhy(position, qty(top), num(cover))];
}

/** The field of a product that an error's path speaks of. */
export function productField(e: Failure | undefined): string {
  const field = e ? e.path.slice(e.path.lastIndexOf("/") + 1) : "";
  return field === "avg_daily_demand" ? "annual_demand" : field;
}
