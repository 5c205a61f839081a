// Cells of a spreadsheet in each form they leave in: values of the Sheets API, CSV, a workbook.
import { workbook } from "../../lib/zip.mjs";

const epoch = Date.UTC(1899, 11, 30);
const dateOf = (serial) => new Date(epoch + serial * 86_400_000);

/** As a person sees it in a sheet of the United States. */
export function formatted(v) {
  if (v === null || v === undefined) return "";
  if (typeof v === "boolean") return v ? "TRUE" : "FALSE";
  if (typeof v !== "object") return String(v);
  const d = dateOf(v.date);
  const day = `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()}`;
  return Number.isInteger(v.date) ? day : `${day} ${d.getUTCHours()}:${d.toISOString().slice(14, 19)}`;
}

/** As `values` has it, by the options of the request. */
export function valueOf(v, render, dates) {
  if (render !== "UNFORMATTED_VALUE") return formatted(v);
  if (v === null || v === undefined) return "";
  return typeof v === "object" ? (dates === "FORMATTED_STRING" ? formatted(v) : v.date) : v;
}

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Lines end in CR LF and the last in nothing, as exports do. */
export function asCsv(rows) {
  const width = Math.max(0, ...rows.map((r) => r.length));
  return rows.map((r) => Array.from({ length: width }, (_, i) => quoted(formatted(r[i]))).join(",")).join("\r\n");
}

export const asWorkbook = (sheets) => workbook(sheets);
