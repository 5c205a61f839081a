// SPDX-License-Identifier: GPL-3.0-or-later
// A list of products as a file, read by the core as numbered rows: CSV, TSV or a workbook in; CSV out. And saved projects.
import { csv } from "./download.js";
import type { ListRow, Reading } from "./data-types.js";
import { reader } from "./engine.js";
import { asRoster, type Roster } from "./roster.js";
import { asProject, product, project } from "./store.js";
import { asTasks, type Tasks } from "./tasks.js";
import { T } from "./texts.js";
import { NUMBER_FIELDS, type NumberField, type Product, type Project } from "./types.js";

export interface List {
  project: Project;
  /** Products that could not be used, each with its reason. */
  aside: string[];
  /** Of the products that were there before, how many the list names. */
  matched: number;
}

/** Thrown with a sentence for the person who chose the file. */
export class Unreadable extends Error {}

/** A saved project, with the file its history was read from, or a roster or tasks, or all of them. */
export function readProject(text: string, name: string): { project: Project | undefined; file: File | undefined; roster: Roster | undefined; tasks: Tasks | undefined } {
  let found: Project | undefined;
  let file: File | undefined;
  let roster: Roster | undefined;
  let tasks: Tasks | undefined;
  try {
    const given = JSON.parse(text.replace(/^\uFEFF/, "")) as { file?: { name: string; base64: string }; roster?: unknown; tasks?: unknown };
    roster = asRoster(given.roster);
    tasks = asTasks(given.tasks);
    found = asProject(given);
    if (given.file) file = new File([Uint8Array.from(atob(given.file.base64), (c) => c.charCodeAt(0))], given.file.name);
  } catch {
    found = undefined;
  }
  if ((!found && !roster && !tasks) || (found?.history && !file)) throw new Unreadable(T.files.badJson(name));
  return { project: found, file, roster, tasks };
}

const plain = (s: string): string => s.trim().toLowerCase().replaceAll(/[\s-]+/g, "_");
const IDS = ["id", "code", "sku", "product", "item"];

/** The columns of a product list; undefined where the file is none. `needs` are fields that must be there. */
function columnsOf(reading: Reading, needs: readonly NumberField[]): { id: string; name: string | undefined; fields: Map<NumberField, string> } | undefined {
  const by = new Map(reading.columns.map((c) => [plain(c.name), c.name]));
  const id = IDS.map((n) => by.get(n)).find((n) => n !== undefined);
  const fields = new Map(NUMBER_FIELDS.flatMap((f) => (by.has(f) ? [[f, by.get(f)!] as const] : [])));
  return id !== undefined && fields.size && needs.every((f) => fields.has(f)) ? { id, name: by.get("name"), fields } : undefined;
}

/** A list of products; undefined where the file is none. With `known`, it completes the products that are there already. */
export async function readList(file: File, reading: Reading, known?: Project): Promise<List | undefined> {
  const columns = columnsOf(reading, known ? [] : ["annual_demand", "unit_cost"]);
  if (!columns) return undefined;
  const group_by = [columns.id, ...(columns.name ? [columns.name] : [])];
  const rows = await reader.ask("data.list", { file, name: file.name, group_by, value_columns: [...columns.fields.values()] });
  const products = new Map<string, Partial<Product> & { id: string }>();
  const aside: string[] = [];
  for (const row of rows) {
    try {
      const one = productOf(row, columns, !known);
      if (products.has(one.id)) throw new Unreadable(T.files.twice(one.id));
      products.set(one.id, one);
    } catch (e) {
      aside.push((e as Error).message);
    }
  }
  if (!products.size) throw new Unreadable([T.files.noRows(file.name), ...aside.slice(0, 3)].join(" "));
  const matched = known?.products.filter((p) => products.has(p.id)).length ?? 0;
  if (known) return { project: completed(known, products), aside, matched };
  return { matched, aside, project: project({ name: file.name.replace(/\.\w+$/, ""), products: [...products.values()] as Product[] }) };
}

function productOf(row: ListRow, { id, name, fields }: NonNullable<ReturnType<typeof columnsOf>>, whole: boolean): Partial<Product> & { id: string } {
  const code = (row.dimensions[id] ?? "").trim().replace(/^'(?=[=+\-@])/, "");
  if (!code) throw new Unreadable(T.files.noCode);
  const numbers: Partial<Record<NumberField, number>> = {};
  for (const [field, column] of fields) {
    const values = row.values[column] ?? [];
    if (values.length > 1) throw new Unreadable(T.files.twice(code));
    const value = values[0];
    if (typeof value === "number") numbers[field] = value;
    else if (whole && (field === "annual_demand" || field === "unit_cost")) throw new Unreadable(T.files.noFigure(code, column));
  }
  const called = name ? (row.dimensions[name] ?? "").trim().replace(/^'(?=[=+\-@])/, "") : "";
  return { id: code, ...(called ? { name: called } : {}), ...numbers };
}

/** The products of a history with what a list says of them; demand stays that of the history. */
function completed(known: Project, list: ReadonlyMap<string, Partial<Product>>): Project {
  const products = known.products.map((p) => {
    const { annual_demand: _, demand_std_dev: __, ...facts } = list.get(p.id) ?? {};
    return { ...p, ...facts, assumed: (p.assumed ?? []).filter((f) => !(f in facts)) };
  });
  return project({ ...known, products });
}

/** The catalogue as CSV: what readList reads. */
export function listCsv(p: Project): string {
  return csv(
    ["id", "name", ...NUMBER_FIELDS],
    p.products.map((x) => [x.id, x.name, ...NUMBER_FIELDS.map((f) => x[f])]),
  );
}

/** A product of a history: nothing is known of its stock yet. */
export const unknownProduct = (id: string): Product => product({ id, assumed: ["on_hand", "on_order", "lead_time_days", "order_cost", "unit_cost", "holding_cost_rate", "storage_per_unit", "lot_size"] });
