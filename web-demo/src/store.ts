// SPDX-License-Identifier: GPL-3.0-or-later
// The project on the screen. It is kept in this browser, so that a reload brings it back; no one else ever gets it.
import { Kept } from "./kept.js";
import type { Product, Project } from "./types.js";

class Store extends Kept<Project> {
  #keepsFile = true;

  constructor() {
    super("project", asProject);
  }

  get project(): Project | undefined {
    return this.value;
  }

  /** False when the browser refused to keep the project or its file. */
  get kept(): boolean {
    return this.fits && (this.#keepsFile || !this.project?.history);
  }

  get selected(): Product | undefined {
    const p = this.project;
    return p?.products.find((x) => x.id === p.selected) ?? p?.products[0];
  }

  /** Whether the file beside the project could be kept. */
  keeps(yes: boolean): void {
    if (yes === this.#keepsFile) return;
    this.#keepsFile = yes;
    this.dispatchEvent(new Event("change"));
  }
}

/** A value read from a file or from the browser, as a project; undefined when it is none. */
export function asProject(v: unknown): Project | undefined {
  const p = v as Partial<Project> | null;
  if (typeof p !== "object" || !p || !Array.isArray(p.products) || !(p.products.length || p.history)) return undefined;
  if (!p.products.every((x) => typeof x === "object" && x && typeof x.id === "string")) return undefined;
  return project(p);
}

const EMPTY: Product = {
  id: "",
  name: "",
  annual_demand: 100,
  demand_std_dev: 1,
  lead_time_days: 7,
  order_cost: 25,
  unit_cost: 10,
  holding_cost_rate: 0.25,
  storage_per_unit: 1,
  lot_size: 1,
  on_hand: 0,
  on_order: 0,
};

/** A product whose missing figures have their stated defaults. */
export const product = (given: Partial<Product> & { id: string }): Product => ({ ...EMPTY, name: given.id, ...given });

/** A project with every setting, from what is known of it. */
export function project(given: Partial<Project>): Project {
  const products = (given.products ?? []).map(product);
  const money = products.reduce(
    (t, x) => t + Math.sqrt((2 * +x.annual_demand * +x.order_cost * +x.unit_cost) / +x.holding_cost_rate || 0),
    0,
  );
  const room = products.reduce(
    (t, x) => t + +x.storage_per_unit * Math.sqrt((2 * +x.annual_demand * +x.order_cost) / (+x.unit_cost * +x.holding_cost_rate) || 0),
    0,
  );
  const {
    name,
    currency,
    storage_unit,
    selected,
    service_level,
    budget,
    storage_capacity,
    limit_budget,
    limit_storage,
    whole_lots,
    basis,
    history,
  } = given;
  return {
    name: name ?? "",
    currency: isCurrency(currency) ? currency : "EUR",
    storage_unit: storage_unit ?? "unit",
    products,
    selected: selected ?? products[0]?.id ?? "",
    service_level: service_level ?? 0.95,
    budget: budget ?? twoDigits(money * 0.6),
    storage_capacity: storage_capacity ?? twoDigits(room * 0.65),
    limit_budget: limit_budget ?? true,
    limit_storage: limit_storage ?? true,
    whole_lots: whole_lots ?? false,
    basis: basis === "average" ? "average" : "peak",
    ...(history ? { history } : {}),
  };
}

const twoDigits = (v: number): number => Number(v.toPrecision(2));

function isCurrency(v: unknown): v is string {
  return typeof v === "string" && /^[A-Z]{3}$/.test(v);
}

export const store = new Store();
