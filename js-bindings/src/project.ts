// SPDX-License-Identifier: GPL-3.0-or-later
// A project that the page has saved, as the requests it stands for. Its form is the page's: web-demo/src/types.ts.
import type { CoreOps, ReportForecastInput, ReportPlanInput } from "./ops.gen.js";
import type { Num } from "./roster.js";

interface Product {
  id: string;
  name: string;
  annual_demand: Num;
  demand_std_dev: Num;
  [field: string]: unknown;
}

export interface Project {
  products?: Product[];
  service_level?: Num;
  file?: { name: string; base64: string };
  history?: { choices: object; horizon: Num; model: string; confidence: number };
  roster?: unknown;
}

const COLUMNS = "name on_hand on_order unit_cost order_cost holding_cost_rate lead_time_days lot_size".split(" ");
const DAYS = 365;

/** The JSON object that a file holds; undefined where it holds none. */
export function objectIn(bytes: Uint8Array): Record<string, unknown> | undefined {
  const text = new TextDecoder().decode(bytes).trimStart(); // without its byte order mark
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A saved project, where the file is one. */
export function projectIn(bytes: Uint8Array): Project | undefined {
  const found = objectIn(bytes) as Project | undefined;
  return found && (Array.isArray(found.products) || found.roster) ? found : undefined;
}

/** The history as the file it was read from, as the person had it read. */
export function salesOf({ file, history }: Project): ReportForecastInput["file"] | undefined {
  if (!file || !history) return undefined;
  return { ...history.choices, content: new Uint8Array(Buffer.from(file.base64, "base64")), name: file.name };
}

/** What was asked of the history. */
export function askedOf({ history }: Project): Omit<ReportForecastInput, "file"> {
  const { horizon, model, confidence } = history!;
  return { forecast_horizon: Number(horizon), model_type: model as "auto", confidence_level: confidence };
}

const cell = (v: unknown) => `"${String(v ?? "").replaceAll('"', '""')}"`;

/** The products as a table of what is in stock. */
export function stockOf({ products = [] }: Project): ReportPlanInput["stock"] {
  const rows = products.map((p) => [p.id, ...COLUMNS.map((c) => p[c])].map(cell).join(","));
  return { content: [["sku", ...COLUMNS].join(","), ...rows, ""].join("\n"), name: "the project's products" };
}

const given = (o: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(names.filter((n) => o[n] !== "" && o[n] !== undefined).map((n) => [n, o[n]]));

/** Products without a history: the plan of what is typed about them. */
export function itemsOf({ products = [], service_level }: Project): CoreOps["inventory.plan"]["in"] {
  const items = products.map((p) => ({
    sku: p.id,
    ...given(p, COLUMNS),
    demand_distribution: "normal",
    forecast: { mean: Number(p.annual_demand) / DAYS, std_dev: p.demand_std_dev },
  }));
  return { items, ...given({ service_level }, ["service_level"]) } as CoreOps["inventory.plan"]["in"];
}
