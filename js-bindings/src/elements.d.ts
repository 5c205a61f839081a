// SPDX-License-Identifier: GPL-3.0-or-later
// The types of dyocense/elements. The elements themselves are the page's: web-demo/src/elements. Importing the entry defines them.
import type {
  ForecastCreateOutput,
  InventoryEoqInput,
  InventoryEoqOutput,
  InventoryParetoOutput,
  InventoryPlanOutput,
  StaffingScheduleInput,
  StaffingScheduleOutput,
} from "./ops.gen.js";

/** What every chart has. */
interface Chart extends HTMLElement {
  /** A line above the picture; files are named by it. */
  heading: string;
  /** Of the picture, in pixels. */
  height: number;
  /** ISO 4217 code of amounts of money, such as EUR. */
  currency: string;
}

/** A point of a chart that is being read. */
export interface ForecastPoint {
  date: string;
  value: number | null;
  forecast: boolean;
}

/** `<dyo-forecast-chart>`: a history, its forecast and the forecast's bands. Fires `dyo-point` with the point being read, null for none. */
export interface DyoForecastChart extends Chart {
  /** As the operations take it; `null` and NaN are missing values. */
  series:
    | { dates?: readonly string[] | null; values: ArrayLike<number | null>; frequency?: string | null; name?: string }
    | undefined;
  /** The answer of `forecast.create`. */
  forecast: Pick<ForecastCreateOutput, "dates" | "predictions"> & Partial<ForecastCreateOutput> | undefined;
  /** How many of the last values are shown; 0: all. */
  seen: number;
}

/** `<dyo-stock-card>`: what to do about an item and its stock ahead. */
export interface DyoStockCard extends Chart {
  /** One of the recommendations of `inventory.plan`. */
  recommendation: InventoryPlanOutput["recommendations"][number] | undefined;
  /** Stands under the curve. */
  sentence: string;
}

/** `<dyo-eoq-curve>`: what a year costs by order size. Fires `dyo-change` with `{ order_quantity, cost }`. */
export interface DyoEoqCurve extends Chart {
  input: InventoryEoqInput | undefined;
  result: InventoryEoqOutput | undefined;
  /** The order size that a limit leaves; it is pointed out where it is below the cheapest. */
  held: number | undefined;
}

type ParetoPoint = InventoryParetoOutput["frontier"][number];
type ParetoAxis = "service_level" | "total_cost" | "holding_cost" | "expected_backorders";

/** `<dyo-pareto>`: what better service costs. Fires `dyo-select` with `{ index, point }`. */
export interface DyoPareto extends Chart {
  frontier: readonly ParetoPoint[];
  /** Number of the point at the knee. */
  knee: number;
  /** Number of the chosen point; -1: none. */
  chosen: number;
  x: ParetoAxis;
  y: ParetoAxis;
}

/** `<dyo-roster>`: people by days as a table. Fires `dyo-pin` with `{ employee_id, shift_id, state }` and `dyo-select`. */
export interface DyoRoster extends HTMLElement {
  employees: StaffingScheduleInput["employees"];
  shifts: StaffingScheduleInput["shifts"];
  result: StaffingScheduleOutput | undefined;
  fixed: readonly { employee_id: string; shift_id: string }[];
  forbidden: readonly { employee_id: string; shift_id: string }[];
  /** Days, counted from 0, on which a person is away. */
  away: ReadonlyMap<string, ReadonlySet<number>>;
  /** Date of day 0, YYYY-MM-DD. */
  start: string;
  currency: string;
  heading: string;
  /** Everything as an SVG picture, for a file. */
  picture(): string;
}

/** `<dyo-connections>`: the connectors of a daemon. Fires `dyo-sync` with the run that has ended. */
export interface DyoConnections extends HTMLElement {
  /** Where the daemon is; empty: where the page is from. */
  url: string;
  token: string;
}

/** Every element by its name. */
export interface DyoElements {
  "dyo-forecast-chart": DyoForecastChart;
  "dyo-stock-card": DyoStockCard;
  "dyo-eoq-curve": DyoEoqCurve;
  "dyo-pareto": DyoPareto;
  "dyo-roster": DyoRoster;
  "dyo-connections": DyoConnections;
}

export declare const DyoForecastChart: new () => DyoForecastChart;
export declare const DyoStockCard: new () => DyoStockCard;
export declare const DyoEoqCurve: new () => DyoEoqCurve;
export declare const DyoPareto: new () => DyoPareto;
export declare const DyoRoster: new () => DyoRoster;
export declare const DyoConnections: new () => DyoConnections;

declare global {
  interface HTMLElementTagNameMap extends DyoElements {}
}
