// Sheets v4: a spreadsheet's shape, and values by ranges. Rows are ragged; what is empty at an end is left out.
import { refused } from "./errors.mjs";
import { select } from "./fields.mjs";
import { valueOf } from "./cells.mjs";

const bad = (message) => refused(400, "INVALID_ARGUMENT", message);
const letters = (text) => [...text].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0);
const column = (i) => (i < 26 ? "" : column(Math.floor(i / 26) - 1)) + String.fromCharCode(65 + (i % 26));
const quotedTitle = (title) => (/^[A-Za-z][A-Za-z0-9_]*$/.test(title) ? title : `'${title.replaceAll("'", "''")}'`);

const gridOf = (rows) => ({ rowCount: Math.max(1000, rows.length), columnCount: Math.max(26, ...rows.map((r) => r.length)) });

/** { title, r0, r1, c0, c1 } (ends excluded) of a range in A1 notation, or null. */
export function parseRange(text, sheets) {
  const m = /^(?:(?:'((?:[^']|'')*)'|([^'!]+))!)?([A-Za-z]*)(\d*)(?::([A-Za-z]*)(\d*))?$/.exec(text);
  const titles = Object.keys(sheets);
  const bare = text.replace(/^'(.*)'$/s, (_, t) => t.replaceAll("''", "'"));
  if (titles.includes(bare)) return whole(bare, sheets[bare]);
  if (!m) return null;
  const title = m[1]?.replaceAll("''", "'") ?? m[2] ?? titles[0];
  if (!titles.includes(title)) return null;
  const [, , , ca, ra, cb, rb] = m;
  if (!ca && !ra) return null;
  const single = cb === undefined;
  const grid = gridOf(sheets[title]);
  const r0 = ra ? Number(ra) - 1 : 0;
  const c0 = ca ? letters(ca.toUpperCase()) - 1 : 0;
  const r1 = single ? (ra ? r0 + 1 : grid.rowCount) : rb ? Number(rb) : grid.rowCount;
  const c1 = single ? (ca ? c0 + 1 : grid.columnCount) : cb ? letters(cb.toUpperCase()) : grid.columnCount;
  if (r0 >= grid.rowCount || c0 >= grid.columnCount) return { beyond: grid };
  return { title, r0, c0, r1: Math.min(r1, grid.rowCount), c1: Math.min(c1, grid.columnCount) };
}

const whole = (title, rows) => ({ title, r0: 0, c0: 0, r1: gridOf(rows).rowCount, c1: gridOf(rows).columnCount });
const nameOf = (x) => `${quotedTitle(x.title)}!${column(x.c0)}${x.r0 + 1}:${column(x.c1 - 1)}${x.r1}`;

const trimmed = (list, empty) => {
  let n = list.length;
  while (n > 0 && empty(list[n - 1])) n--;
  return list.slice(0, n);
};

/** The ValueRange of a range. */
function valuesOf(sheets, range, query) {
  const x = parseRange(range, sheets);
  if (!x) return bad(`Unable to parse range: ${range}`);
  if (x.beyond) return bad(`Range (${range}) exceeds grid limits. Max rows: ${x.beyond.rowCount}, max columns: ${x.beyond.columnCount}`);
  const render = query.get("valueRenderOption") ?? "FORMATTED_VALUE";
  const dates = query.get("dateTimeRenderOption") ?? "SERIAL_NUMBER";
  const rows = sheets[x.title].slice(x.r0, x.r1).map((r) => trimmed(r.slice(x.c0, x.c1).map((v) => valueOf(v, render, dates)), (v) => v === ""));
  const values = trimmed(rows, (r) => r.length === 0);
  return { body: { range: nameOf(x), majorDimension: "ROWS", ...(values.length > 0 ? { values } : {}) } };
}

const formatOf = (v) => (v && typeof v === "object" ? { numberFormat: { type: Number.isInteger(v.date) ? "DATE" : "DATE_TIME" } } : {});

const cellOf = (v) => {
  if (v === null || v === undefined) return {};
  const kind = typeof v === "string" ? "stringValue" : typeof v === "boolean" ? "boolValue" : "numberValue";
  return { effectiveValue: { [kind]: typeof v === "object" ? v.date : v }, formattedValue: valueOf(v), effectiveFormat: formatOf(v) };
};

const shape = { spreadsheetId: {}, spreadsheetUrl: {}, properties: true, namedRanges: true, sheets: { properties: true, data: true } };

export class SheetsApi {
  constructor(drive) {
    this.drive = drive;
  }

  #found(id) {
    const file = this.drive.files.get(id);
    if (!file || !this.drive.visible(file)) return refused(404, "NOT_FOUND", "Requested entity was not found.");
    if (!file.sheets) return refused(400, "FAILED_PRECONDITION", "This operation is not supported for this document");
    return { file };
  }

  get(request, id) {
    const { file, ...error } = this.#found(id);
    if (!file) return error;
    const ranges = request.query.getAll("ranges").map((r) => parseRange(r, file.sheets));
    if (ranges.some((x) => !x || x.beyond)) return bad("Unable to parse range");
    const data = request.query.get("includeGridData") === "true";
    const sheets = Object.entries(file.sheets).map(([title, rows], index) => {
      const properties = { sheetId: index * 1000, title, index, sheetType: "GRID", gridProperties: gridOf(rows) };
      const parts = (ranges.length > 0 ? ranges : [whole(title, rows)]).filter((x) => x.title === title);
      return { properties, ...(data ? { data: parts.map((x) => ({ startRow: x.r0, startColumn: x.c0, rowData: rows.slice(x.r0, x.r1).map((r) => ({ values: r.slice(x.c0, x.c1).map(cellOf) })) })) } : {}) };
    });
    const body = { spreadsheetId: id, properties: { title: file.name, locale: "en_US", timeZone: "Europe/Berlin", autoRecalc: "ON_CHANGE" }, sheets, spreadsheetUrl: `https://docs.google.com/spreadsheets/d/${id}/edit` };
    const made = select(body, request.query.get("fields") ?? "*", shape);
    return made.bad ? bad(`Request contains an invalid argument. Invalid field selection ${made.bad}`) : { body: made.value };
  }

  values(request, id, range) {
    const { file, ...error } = this.#found(id);
    return file ? valuesOf(file.sheets, range, request.query) : error;
  }

  batch(request, id) {
    const { file, ...error } = this.#found(id);
    if (!file) return error;
    const parts = request.query.getAll("ranges").map((r) => valuesOf(file.sheets, r, request.query));
    return parts.find((p) => p.status) ?? { body: { spreadsheetId: id, valueRanges: parts.map((p) => p.body) } };
  }
}
