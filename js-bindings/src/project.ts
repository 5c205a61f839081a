// SPDX-License-Identifier: GPL-3.0-or-later
// A project that the page has saved, as the requests it stands for. Its form is the page's: web-demo/src/types.ts and roster.ts.
import type { CoreOps, ReportForecastInput, ReportPlanInput } from "./ops.gen.js";

/** A number, or "" where the person left the field empty. */
type Num = number | string;

interface Product {
  id: string;
  name: string;
  annual_demand: Num;
  demand_std_dev: Num;
  [field: string]: unknown;
}

interface Kind {
  id: string;
  name: string;
  start_time: string;
  end_time: string;
  duration_hours: Num;
  need: Num[];
  among: string;
}

interface Person {
  id: string;
  name: string;
  hourly_rate: Num;
  max_hours_per_week: Num;
  skills: string;
  away: string[];
  likes?: Record<string, number>;
}

interface Pair {
  employee_id: string;
  shift_id: string;
}

interface Roster {
  start: string;
  weeks: number;
  people: Person[];
  kinds: Kind[];
  fixed: Pair[];
  forbidden: Pair[];
  [setting: string]: unknown;
}

export interface Project {
  products?: Product[];
  service_level?: Num;
  file?: { name: string; base64: string };
  history?: { choices: object; horizon: Num; model: string; confidence: number };
  roster?: Roster;
}

const COLUMNS = "name on_hand on_order unit_cost order_cost holding_cost_rate lead_time_days lot_size".split(" ");
const SETTINGS = "min_rest_hours fairness_weight overtime_multiplier understaffing_penalty time_limit_s".split(" ");
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
  return found && (Array.isArray(found.products) || Array.isArray(found.roster?.people)) ? found : undefined;
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

const list = (text: string) => text.split(",").map((s) => s.trim()).filter(Boolean);

/** The roster as a request: every week the shifts of its kinds, where they need anybody. */
export function scheduleOf(r: Roster): CoreOps["staffing.schedule"]["in"] {
  const all = Array.from({ length: 7 * r.weeks }, (_, day) => r.kinds.map((kind) => ({ kind, day, need: kind.need[day % 7] })));
  const days = all.flat().filter(({ need }) => need !== 0);
  const id = (kind: Kind, day: number) => `${kind.id}-${day + 1}`;
  const ids = new Set(days.map(({ kind, day }) => id(kind, day)));
  const known = (p: Pair) => ids.has(p.shift_id) && r.people.some((person) => person.id === p.employee_id);
  const among = (text: string) =>
    Object.fromEntries(list(text).map((part) => (/^(.*?)\s*(\d+)?$/.exec(part) ?? []).slice(1)).map(([skill, n]) => [skill, Number(n ?? 1)]));
  const likes = (p: Person) =>
    Object.fromEntries(days.filter(({ kind }) => p.likes?.[kind.id]).map(({ kind, day }) => [id(kind, day), p.likes![kind.id]]));
  const shifts = days.map(({ kind, day }) => ({ id: id(kind, day), type: kind.name, day, ...given({ ...kind }, ["start_time", "end_time", "duration_hours"]) }));
  const skilled = days.filter(({ kind }) => kind.among.trim());
  return {
    employees: r.people.map((p) => ({
      ...given({ ...p }, ["id", "name", "hourly_rate", "max_hours_per_week"]),
      ...given(r, ["max_consecutive_days"]),
      skills: list(p.skills),
      ...(p.away.length && { unavailable_dates: p.away }),
      ...(p.likes && { preferences: likes(p) }),
    })),
    shifts,
    min_coverage: Object.fromEntries(days.map(({ kind, day, need }) => [id(kind, day), need])),
    ...(skilled.length && { skill_coverage: Object.fromEntries(skilled.map(({ kind, day }) => [id(kind, day), among(kind.among)])) }),
    fixed: r.fixed.filter(known),
    forbidden: r.forbidden.filter(known),
    horizon_start: r.start,
    ...given(r, SETTINGS),
  } as unknown as CoreOps["staffing.schedule"]["in"];
}
