// SPDX-License-Identifier: GPL-3.0-or-later
// The stock ahead, as expected: it falls with demand, an order leaves when stock on hand and on order together reach the
// reorder point, and arrives after the lead time. The numbers themselves come from the core.

/** What a stock card shows: a product, its stock, and what the operations answered. */
export interface Recommendation {
  sku: string;
  name?: string;
  action: "ORDER_NOW" | "REDUCE_STOCK" | "MAINTAIN";
  order_quantity: number;
  reorder_point: number;
  safety_stock: number;
  on_hand: number;
  on_order: number;
  avg_daily_demand: number;
  lead_time_days: number;
  service_level: number;
  /** Standard deviation of demand over the lead time. */
  lead_time_demand_std_dev: number;
  /** Days until the order should leave: 0 = today. */
  days_to_order: number;
  /** The plan's date, YYYY-MM-DD; today where absent. */
  as_of?: string;
}

/** One of the recommendations of inventory.plan, as far as a card needs it. */
export interface Planned {
  sku: string;
  name?: string;
  action: Recommendation["action"];
  order_quantity: number;
  next_order_quantity: number;
  reorder_point: number;
  safety_stock: number;
  position: number;
  cycle_service_level: number;
  lead_time_demand_mean: number;
  lead_time_demand_std_dev: number;
  forecast: { mean: number };
}

/** What a card draws of a recommendation as the operation gives it, where stock on hand and on order are one position. */
export function cardOf(r: Recommendation | Planned | undefined): Recommendation | undefined {
  if (!r || "avg_daily_demand" in r) return r;
  const { mean } = r.forecast;
  const over = r.position - r.reorder_point;
  const now = r.action === "ORDER_NOW" || over <= 0;
  return {
    ...r,
    order_quantity: r.action === "ORDER_NOW" ? r.order_quantity : r.next_order_quantity,
    on_hand: r.position,
    on_order: 0,
    avg_daily_demand: mean,
    lead_time_days: mean > 0 ? r.lead_time_demand_mean / mean : 0,
    service_level: r.cycle_service_level,
    days_to_order: now ? 0 : mean > 0 ? over / mean : Infinity,
  };
}

export interface StockEvent {
  day: number;
  kind: "order" | "arrive";
  quantity: number;
}

export interface Ahead {
  /** Length of the picture in days. */
  days: number;
  events: StockEvent[];
  /** Corners of the stock curve; below zero is demand that waits. */
  corners: [number, number][];
}

/** Beyond so many days a curve says nothing. */
const LONGEST = 730;

/** Days to look ahead: past the first order and its arrival, and more than a cycle on, so that the saw-tooth is seen. */
export function span(r: Recommendation): number {
  const first = Math.min(r.days_to_order, LONGEST);
  return Math.max(7, Math.ceil(first + r.lead_time_days + (1.55 * r.order_quantity) / r.avg_daily_demand));
}

export function ahead(r: Recommendation, days: number): Ahead {
  const events = eventsOf(r, days);
  return { days, events, corners: cornersOf(r, events, days) };
}

function eventsOf(r: Recommendation, days: number): StockEvent[] {
  const events: StockEvent[] = r.on_order > 0 ? [{ day: r.lead_time_days, kind: "arrive", quantity: r.on_order }] : [];
  const position = r.on_hand + r.on_order;
  let day = r.days_to_order;
  let total = 0;
  for (let i = 0; i < 200 && day <= days; i++) {
    const below = r.reorder_point - (position + total - r.avg_daily_demand * day);
    const lots = Math.max(1, Math.ceil(below / r.order_quantity - 1e-9));
    const quantity = lots * r.order_quantity;
    events.push({ day, kind: "order", quantity }, { day: day + r.lead_time_days, kind: "arrive", quantity });
    total += quantity;
    day = (position + total - r.reorder_point) / r.avg_daily_demand;
  }
  return events.filter((e) => e.day <= days).sort((a, b) => a.day - b.day);
}

function cornersOf(r: Recommendation, events: readonly StockEvent[], days: number): [number, number][] {
  const corners: [number, number][] = [[0, r.on_hand]];
  let arrived = 0;
  for (const e of events) {
    if (e.kind !== "arrive") continue;
    const before = r.on_hand + arrived - r.avg_daily_demand * e.day;
    corners.push([e.day, before], [e.day, before + e.quantity]);
    arrived += e.quantity;
  }
  corners.push([days, r.on_hand + arrived - r.avg_daily_demand * days]);
  return corners;
}

/** Expected stock on a day, after that day's arrivals. */
export function stockOn(r: Recommendation, a: Ahead, day: number): number {
  const arrived = a.events.reduce((t, e) => (e.kind === "arrive" && e.day <= day ? t + e.quantity : t), 0);
  return r.on_hand + arrived - r.avg_daily_demand * day;
}
