// SPDX-License-Identifier: GPL-3.0-or-later
// What this page keeps: a catalogue and its settings. Field names are those of the operations.

import type { Aggregate, Choices } from "./data-types.js";

/** A number, or the text a person typed that is not one: it goes to the core as it is, which says what is expected. */
export type Num = number | string;

export interface Product {
  id: string;
  name: string;
  annual_demand: Num;
  demand_std_dev: Num;
  lead_time_days: Num;
  order_cost: Num;
  unit_cost: Num;
  holding_cost_rate: Num;
  storage_per_unit: Num;
  lot_size: Num;
  on_hand: Num;
  on_order: Num;
  /** Fields that nobody gave: they hold stated defaults. */
  assumed?: NumberField[];
}

/** The fields of a product that hold a number, in the order of tables and files. */
export const NUMBER_FIELDS = [
  "annual_demand",
  "order_cost",
  "unit_cost",
  "holding_cost_rate",
  "storage_per_unit",
  "lot_size",
  "demand_std_dev",
  "lead_time_days",
  "on_hand",
  "on_order",
] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];

/** Days on which something recurs: dates as typed, and how many days around each it reaches. */
export interface Occasion {
  name: string;
  dates: string;
  before: Num;
  after: Num;
}

/** A history that was read from a file: which, how, and what is asked about it. */
export interface Analysis {
  file: string;
  choices: Choices;
  /** Choices before the present ones, for undo. */
  before: Choices[];
  /** What a forecast counts in; empty: as in the file. */
  frequency: string;
  /** How finer values become one of these. */
  aggregate: Aggregate;
  /** The series on the screen. */
  series: string;
  horizon: Num;
  model: string;
  confidence: number;
  /** Another model whose forecast is drawn beside it; empty or absent: none. */
  rival?: string;
  /** Holidays and events that the forecast takes into account. */
  events?: Occasion[];
  /** Settings found for a model and a series, used while both are chosen. */
  tuned?: { series: string; model: string; params: Record<string, unknown> };
  /** The plan takes the best model of each product, which takes time; else a quick one. */
  compare: boolean;
}

export type Basis = "peak" | "average";

export interface Project {
  name: string;
  currency: string;
  storage_unit: string;
  products: Product[];
  selected: string;
  service_level: Num;
  budget: Num;
  storage_capacity: Num;
  limit_budget: boolean;
  limit_storage: boolean;
  whole_lots: boolean;
  basis: Basis;
  history?: Analysis;
}

export type State = "empty" | "working" | "ready" | "error";

/** An error as every door gives it. */
export interface Fault {
  code: string;
  path: string;
  message: string;
}
