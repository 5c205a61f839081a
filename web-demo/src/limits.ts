// SPDX-License-Identifier: GPL-3.0-or-later
// Order sizes of all products together, within money and room: what is asked, and the field of the budget.
import { html, type TemplateResult } from "lit";
import type { Failure, Out } from "./engine.js";
import { money } from "./format.js";
import { store } from "./store.js";
import { T } from "./texts.js";
import type { Num } from "./types.js";
import { slider, type Ranges } from "./ui.js";

export type Together = Out<"inventory.multi_product">;

export function togetherInput(room = store.project!.limit_storage) {
  const p = store.project!;
  return {
    products: p.products.map((x) => ({
      id: x.id,
      annual_demand: x.annual_demand,
      order_cost: x.order_cost,
      unit_cost: x.unit_cost,
      holding_cost_rate: x.holding_cost_rate,
      storage_per_unit: x.storage_per_unit,
      ...(p.whole_lots ? { lot_size: x.lot_size } : {}),
    })),
    ...(p.limit_budget ? { budget: p.budget } : {}),
    ...(room ? { storage_capacity: p.storage_capacity } : {}),
    constraint_basis: p.basis,
  };
}

/** Stock and room if every product were alone: the ends of the sliders. */
export function alone(r: Together | undefined): { money: number; room: number } {
  const p = store.project!;
  const half = p.basis === "average" ? 0.5 : 1;
  let [cash, room] = [0, 0];
  r?.products.forEach((x, i) => {
    const q = x.eoq * half;
    cash += q * Number(p.products[i]?.unit_cost ?? 0);
    room += q * Number(p.products[i]?.storage_per_unit ?? 0);
  });
  return { money: cash, room };
}

export const isPlan = (r: Together | undefined): r is Together => r?.status === "optimal" || r?.status === "feasible";
export const numberOr0 = (v: Num): number => (typeof v === "number" ? v : 0);
export const setBudget = (v: Num): void => store.change((p) => void (p.budget = v));
export const fieldIn = (e: Failure | undefined): string => (e && !e.path.startsWith("/products") ? e.path.slice(1) : "");

/** Whether there is a limit. */
export function check(label: string, key: "limit_budget" | "limit_storage" | "whole_lots"): TemplateResult {
  return html`<label class="check"><input type="checkbox" .checked=${store.project![key]}
    @change=${(e: Event) => store.change((p) => void (p[key] = (e.target as HTMLInputElement).checked))}> ${label}</label>`;
}

export function budgetField(ranges: Ranges, r: Together | undefined, e: Failure | undefined): TemplateResult {
  const p = store.project!;
  const max = ranges.max(`budget ${p.name}`, Math.max(alone(r).money, numberOr0(p.budget)), 1, 100);
  return html`${check(T.plan.limitBudget, "limit_budget")}
    ${slider({
      id: "budget",
      label: T.plan.budget[0],
      unit: `${p.currency}, ${T.plan.budget[1]}`,
      value: p.budget,
      min: max / 200,
      max,
      step: max / 200,
      text: (v) => money(v, p.currency),
      set: setBudget,
      disabled: !p.limit_budget,
      fault: fieldIn(e) === "budget" ? e!.message : undefined,
    })}`;
}
