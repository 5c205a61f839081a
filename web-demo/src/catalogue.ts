// SPDX-License-Identifier: GPL-3.0-or-later
// A list of products as a file: CSV, TSV or a saved project in, CSV and project out.
import { csv } from "./download.js";
import { asProject, product, project } from "./store.js";
import { T } from "./texts.js";
import { NUMBER_FIELDS, type NumberField, type Product, type Project } from "./types.js";

/** Largest file read here, in bytes. */
const LIMIT = 20 * 2 ** 20;

export interface Reading {
  project: Project;
  /** Rows that could not be used, each with its reason. */
  aside: string[];
}

/** Thrown with a sentence for the person who chose the file. */
export class Unreadable extends Error {}

/** A saved project, with the file its history was read from. */
export function readProject(text: string, name: string): { project: Project; file: File | undefined } {
  let found: Project | undefined;
  let file: File | undefined;
  try {
    const given = JSON.parse(text.replace(/^\uFEFF/, "")) as { file?: { name: string; base64: string } };
    found = asProject(given);
    if (given.file) file = new File([Uint8Array.from(atob(given.file.base64), (c) => c.charCodeAt(0))], given.file.name);
  } catch {
    found = undefined;
  }
  if (!found || (found.history && !file)) throw new Unreadable(T.files.badJson(name));
  return { project: found, file };
}

/** A list of products; `why` says why the file is no history. */
export async function readText(file: File, why: Error): Promise<Reading> {
  const { name } = file;
  if (file.size > LIMIT) throw why;
  const text = (await file.text()).replace(/^\uFEFF/, "");
  if (text.includes("\0")) throw why;
  const mark = delimiter(text);
  const [head = [], ...rows] = split(text, mark).filter((r) => r.some((c) => c.trim()));
  const names = head.map((h) =>
    h
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, "_"),
  );
  const shown = head.map((h) => `“${h.trim()}”`).join(", ");
  const id = ["id", "code", "sku", "product", "item"].map((n) => names.indexOf(n)).find((i) => i >= 0);
  if (id === undefined) throw new Unreadable(T.files.noId(shown));
  for (const need of ["annual_demand", "unit_cost"]) if (!names.includes(need)) throw new Unreadable(T.files.missing(need, shown));
  return collect(rows, names, id, decimalComma(rows, mark), name);
}

function collect(rows: string[][], names: string[], id: number, comma: boolean, name: string): Reading {
  const products = new Map<string, Product>();
  const aside: string[] = [];
  rows.forEach((cells, i) => {
    try {
      const one = readRow(cells, names, id, comma, String(i + 2));
      if (products.has(one.id)) throw new Unreadable(T.files.twice(String(i + 2), one.id));
      products.set(one.id, one);
    } catch (e) {
      aside.push((e as Error).message);
    }
  });
  if (!products.size) throw new Unreadable([T.files.noRows(name), ...aside.slice(0, 3)].join(" "));
  return { project: project({ name: name.replace(/\.\w+$/, ""), products: [...products.values()] }), aside };
}

function readRow(cells: string[], names: string[], id: number, comma: boolean, row: string): Product {
  const code = text(cells[id]);
  const numbers: Partial<Record<NumberField, number>> = {};
  for (const field of NUMBER_FIELDS) {
    const at = names.indexOf(field);
    const given = (at < 0 ? "" : (cells[at] ?? "")).trim();
    if (!given) continue;
    const value = readNumber(given, comma);
    if (!Number.isFinite(value)) throw new Unreadable(T.files.badCell(row, field, given));
    numbers[field] = value;
  }
  if (!code) throw new Unreadable(T.files.badCell(row, names[id] ?? "id", ""));
  return product({ id: code, name: text(cells[names.indexOf("name")]) || code, ...numbers });
}

const text = (c: string | undefined): string => (c ?? "").trim().replace(/^'(?=[=+\-@])/, "");

function readNumber(s: string, comma: boolean): number {
  const bare = s.replaceAll(/[\s\u00a0\u202f]/g, "").replace(/%$/, "");
  const plain = comma ? bare.replaceAll(".", "").replace(",", ".") : bare.replaceAll(",", "");
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  return s.trim().endsWith("%") ? value / 100 : value;
}

/** The separator that the first line has most of. */
function delimiter(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/));
  const counts = ["\t", ";", ","].map((d) => [d, line.split(d).length] as const);
  return counts.reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

/** Figures such as 4,20 or 1.234,5: only where the comma does not separate columns, and no cell speaks against it. */
function decimalComma(rows: string[][], mark: string): boolean {
  if (mark === ",") return false;
  const cells = rows.flat();
  return cells.some((c) => /^\s*-?[\d.]*,\d+\s*%?$/.test(c)) && !cells.some((c) => /^\s*-?\d+(,\d{3})*\.(\d{1,2}|\d{4,})\s*%?$/.test(c));
}

/** RFC 4180 with any separator: quoted cells may hold it, line ends and doubled quotes. */
export function split(text: string, mark: string): string[][] {
  const rows: string[][] = [[]];
  const piece = new RegExp(`"((?:[^"]|"")*)"|([^${mark}\\r\\n"][^${mark}\\r\\n]*)?`, "y");
  let at = 0;
  while (at <= text.length) {
    piece.lastIndex = at;
    const m = piece.exec(text);
    rows.at(-1)?.push(m?.[1] !== undefined ? m[1].replaceAll('""', '"') : (m?.[2] ?? ""));
    at += m?.[0].length ?? 0;
    if (text.startsWith(mark, at)) at += 1;
    else if (at >= text.length) break;
    else at = nextRow(text, at, rows);
  }
  return rows;
}

function nextRow(text: string, at: number, rows: string[][]): number {
  const end = /\r\n|\r|\n/g;
  end.lastIndex = at;
  const m = end.exec(text);
  rows.push([]);
  return m ? m.index + m[0].length : text.length + 1;
}

/** The catalogue as CSV: what readText reads. */
export function listCsv(p: Project): string {
  return csv(
    ["id", "name", ...NUMBER_FIELDS],
    p.products.map((x) => [x.id, x.name, ...NUMBER_FIELDS.map((f) => x[f])]),
  );
}
