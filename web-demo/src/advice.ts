// SPDX-License-Identifier: GPL-3.0-or-later
// From a product to a recommendation: what inventory.plan is asked, and how its answer is said and drawn.
import { byUrgency } from "./urgency.js";
import { data } from "./data.js";
import { Failure, engine, type Out, type Progress } from "./engine.js";
import type { Recommendation } from "./elements/stock-model.js";
import { dayAfter, daysBetween, isoDay, longDay, num, qty } from "./format.js";
import { store } from "./store.js";
import { T } from "./texts.js";
import type { Num, Product } from "./types.js";

export type Plan = Out<"inventory.plan">;
export type Rec = Plan["recommendations"][number];

const DAYS = 365;
/** The model of a plan that must be there at once. */
export const QUICK = "theta";

/** One product: what to do, and the cost curve of its order size. `eoq` is missing where there is no demand. */
export interface Advice {
  product: Product;
  rec: Rec;
  asOf: string;
  recommendation: Recommendation;
  eoq: Out<"inventory.eoq"> | undefined;
}

/** A product in the plan; one that could not be planned has the reason instead. */
export interface Row {
  product: Product;
  rec?: Rec;
  recommendation?: Recommendation;
  fault?: string;
}

export interface PlanAll {
  plan: Plan;
  asOf: string;
  /** Most urgent first. */
  rows: Row[];
}

/** Models that an automatic plan chose: a change of costs or stock does not choose again. */
const chosen = { of: "", models: new Map<string, string>() };
const history = (): string => JSON.stringify([data.reading?.of, store.project?.history?.frequency]);

/** A product as an item of the plan: with its history where there is one, else with the demand that was typed in. */
function item(p: Product): object {
  const { history: analysis, whole_lots } = store.project!;
  const facts = {
    sku: p.id,
    on_hand: p.on_hand,
    on_order: p.on_order,
    unit_cost: p.unit_cost,
    order_cost: p.order_cost,
    holding_cost_rate: p.holding_cost_rate,
    lead_time_days: p.lead_time_days,
    ...(whole_lots ? { lot_size: p.lot_size } : {}),
  };
  if (!analysis) {
    const forecast = { mean: Number(p.annual_demand) / DAYS, std_dev: p.demand_std_dev };
    return { ...facts, demand_distribution: "normal", forecast };
  }
  const model = !analysis.compare ? QUICK : chosen.of === history() ? (chosen.models.get(p.id) ?? "auto") : "auto";
  return { ...facts, model_type: model, history: data.reference(p.id) };
}

interface Watch {
  signal?: AbortSignal;
  progress?: (p: Progress) => void;
}

function ask(products: readonly Product[], service_level: Num, asOf: string | undefined, watch: Watch): Promise<Plan> {
  const as_of = asOf ?? (store.project!.history ? undefined : isoDay(new Date()));
  const input = { items: products.map(item), service_level, ...(as_of ? { as_of } : {}) };
  return engine.call("inventory.plan", input as never, watch);
}

/** What to do about one product. */
export async function advise(given: Product, service_level: Num, asOf: string | undefined, watch: Watch = {}): Promise<Advice> {
  const p = structuredClone(given);
  const typed = !store.project!.history;
  const first = typed ? await engine.call("inventory.eoq", eoqInput(p), watch) : undefined;
  const plan = await ask([p], service_level, asOf, watch);
  const rec = plan.recommendations[0]!;
  const product = typed ? p : { ...p, annual_demand: rec.annual_demand, demand_std_dev: rec.forecast.std_dev };
  const eoq = first ?? (rec.annual_demand > 0 ? await engine.call("inventory.eoq", eoqInput(product), watch) : undefined);
  const day = plan.as_of ?? "";
  return { product, rec, asOf: day, eoq, recommendation: drawnFrom(product, rec, service_level, day) };
}

/** The plan of all products. One that cannot be planned is set aside with its reason. */
export async function planAll(watch: Watch): Promise<PlanAll> {
  const { products, service_level } = structuredClone(store.project!);
  const left = [...products];
  const rows: Row[] = [];
  for (;;) {
    try {
      const plan = await ask(left, service_level, undefined, watch);
      plan.recommendations.forEach((rec, i) => {
        const recommendation = drawnFrom(left[i]!, rec, service_level, plan.as_of ?? "");
        rows.push({ product: left[i]!, rec, recommendation });
      });
      learn(plan);
      return { plan, asOf: plan.as_of ?? "", rows: rows.sort(byUrgency) };
    } catch (e) {
      const at = e instanceof Failure ? /^\/items\/(\d+)\//.exec(e.path)?.[1] : undefined;
      const product = at === undefined ? undefined : left.splice(Number(at), 1)[0];
      if (!product || !left.length) throw e;
      rows.push({ product, fault: (e as Failure).message });
    }
  }
}

function learn(plan: Plan): void {
  if (!store.project!.history?.compare || chosen.of === history()) return;
  chosen.of = history();
  const fitted = plan.recommendations.filter((r) => !["none", "average", "given"].includes(r.model_type));
  chosen.models = new Map(fitted.map((r) => [r.sku, r.model_type]));
}

export const eoqInput = (p: Product) => ({
  annual_demand: p.annual_demand,
  order_cost: p.order_cost,
  unit_cost: p.unit_cost,
  holding_cost_rate: p.holding_cost_rate,
});

/** What the stock card draws. */
function drawnFrom(p: Product, r: Rec, service_level: Num, asOf: string): Recommendation {
  const over = r.position - r.reorder_point;
  const wait = r.order_by && asOf ? daysBetween(asOf, r.order_by) : 0;
  const now = r.action === "ORDER_NOW" || over <= 0;
  // until the order the curve falls as fast as the plan's own day by day forecast brings it to the reorder point
  const rate = !now && wait > 0 ? over / wait : r.forecast.mean;
  return {
    sku: r.sku,
    name: p.name,
    action: r.action,
    order_quantity: r.action === "ORDER_NOW" ? r.order_quantity : r.next_order_quantity,
    reorder_point: r.reorder_point,
    safety_stock: r.safety_stock,
    on_hand: Number(p.on_hand),
    on_order: Number(p.on_order),
    avg_daily_demand: rate,
    lead_time_days: Number(p.lead_time_days),
    service_level: Number(service_level),
    lead_time_demand_std_dev: r.lead_time_demand_std_dev,
    days_to_order: now ? 0 : rate > 0 ? over / rate : Infinity,
    as_of: asOf,
  };
}

/** The day an order should leave, as the plan says; today where that is now. */
export const orderDay = (rec: Rec, asOf: string): Date | undefined =>
  rec.action === "ORDER_NOW" ? dayAfter(asOf, 0) : rec.order_by ? dayAfter(rec.order_by, 0) : undefined;

/** What to do, and why. */
export function sentences(rec: Rec, asOf: string): [string, string] {
  const t = T.stock;
  const position = qty(rec.position);
  const point = qty(rec.reorder_point);
  if (rec.action === "ORDER_NOW")
    return rec.order_quantity > 0 ? [t.orderNow(num(rec.order_quantity, 2), rec.sku), t.orderNowWhy(position, point)] : [t.orderNone(rec.sku), rec.reason];
  const cover = rec.days_of_cover === null ? "–" : num(rec.days_of_cover);
  if (rec.action === "REDUCE_STOCK")
    return [t.reduce(rec.sku, num(rec.excess_stock)), t.reduceWhy(position, qty(rec.order_up_to), cover)];
  const day = orderDay(rec, asOf);
  if (!day || !(rec.next_order_quantity > 0)) return [t.fine(rec.sku), t.fineWhy(position, cover)];
  return [t.orderBy(num(rec.next_order_quantity, 2), rec.sku, longDay(day)), t.orderByWhy(position, point, qty(rec.forecast.mean))];
}

/** The field of a product that an error's path speaks of. */
export function productField(e: Failure | undefined): string {
  const field = e ? e.path.slice(e.path.lastIndexOf("/") + 1) : "";
  return field === "mean" ? "annual_demand" : field === "std_dev" ? "demand_std_dev" : field;
}
