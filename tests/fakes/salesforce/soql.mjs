// A parsed query against the records of an org: names and literals checked against describe, rows found and put in order.
import { id18 } from "./source.mjs";
import { parseSoql, SoqlError } from "./soql-parse.mjs";

const numeric = new Set(["double", "currency", "percent", "int", "long"]);
const textual = new Set(["id", "reference", "string", "textarea", "picklist", "multipicklist", "email", "phone", "url"]);

/** The field of a path such as Account.Name: { path: [reference fields...], field, object }. */
function resolve(org, object, name) {
  const parts = name.split(".");
  const path = [];
  let at = object;
  for (const part of parts.slice(0, -1)) {
    const link = at.fields.find((f) => f.relationshipName?.toLowerCase() === part.toLowerCase());
    if (!link) {
      if (path.length === 0 && part.toLowerCase() === object.name.toLowerCase()) continue;
      throw new SoqlError("INVALID_FIELD", `Didn't understand relationship '${part}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`);
    }
    path.push(link);
    at = org.object(link.referenceTo[0]);
  }
  const field = at.fields.find((f) => f.name.toLowerCase() === parts.at(-1).toLowerCase());
  if (!field)
    throw new SoqlError("INVALID_FIELD", `\n${name} FROM ${object.name}\n^\nERROR at Row:1:Column:1\nNo such column '${parts.at(-1)}' on entity '${at.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`);
  return { path, field, object: at };
}

/** The record at the end of a path of references, or null. */
function follow(org, record, path) {
  let at = record;
  for (const link of path) at = at && at[link.name] ? org.record(link.referenceTo[0], at[link.name]) : null;
  return at;
}

const valueAt = (org, record, { path, field }) => follow(org, record, path)?.[field.name] ?? null;

function checkLiteral(field, literal) {
  const wrong = (kind) => {
    throw new SoqlError("INVALID_FIELD", `value of filter criterion for field '${field.name}' must be of type ${kind} and should ${kind === "string" ? "" : "not "}be enclosed in quotes`);
  };
  if (literal.kind === "null") return null;
  if (field.type === "datetime") return literal.kind === "datetime" ? literal.value : wrong("dateTime");
  if (field.type === "date") return literal.kind === "date" ? literal.value : wrong("date");
  if (field.type === "boolean") return literal.kind === "boolean" ? literal.value : wrong("boolean");
  if (numeric.has(field.type)) return literal.kind === "number" ? literal.value : wrong("double");
  if (literal.kind !== "string") wrong("string");
  if (field.type === "id" || field.type === "reference") {
    if (!/^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/.test(literal.value)) throw new SoqlError("INVALID_QUERY_FILTER_OPERATOR", `invalid ID field: ${literal.value}`);
    return literal.value.length === 15 ? id18(literal.value) : literal.value;
  }
  return literal.value;
}

const isId = (field) => field.type === "id" || field.type === "reference";
const folded = (field, v) => (v !== null && textual.has(field.type) && !isId(field) ? String(v).toLowerCase() : v);

function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const likeOf = (pattern) =>
  new RegExp(`^${pattern.toLowerCase().replace(/\\[_%]|[.*+?^${}()|[\]\\%_]/gs, (m) => ({ "%": ".*", _: "." })[m] ?? (m.length === 2 ? m[1] : `\\${m}`))}$`, "s");

const tests = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a !== null && b !== null && a < b,
  "<=": (a, b) => a !== null && b !== null && a <= b,
  ">": (a, b) => a !== null && b !== null && a > b,
  ">=": (a, b) => a !== null && b !== null && a >= b,
};

/** A function of a record for a condition, with its names and literals already checked. */
function predicate(org, object, c) {
  if (c.op === "and" || c.op === "or") {
    const parts = c.parts.map((p) => predicate(org, object, p));
    return c.op === "and" ? (r) => parts.every((p) => p(r)) : (r) => parts.some((p) => p(r));
  }
  if (c.op === "not") {
    const part = predicate(org, object, c.part);
    return (r) => !part(r);
  }
  const at = resolve(org, object, c.field);
  if (["address", "location", "textarea"].includes(at.field.type)) throw new SoqlError("INVALID_FIELD", `field '${at.field.name}' can not be filtered in a query call`);
  const value = (r) => folded(at.field, valueAt(org, r, at));
  if (c.list) {
    const list = new Set(c.list.map((l) => folded(at.field, checkLiteral(at.field, l))));
    return (r) => list.has(value(r)) === (c.op === "in");
  }
  if (c.op === "like") {
    if (!textual.has(at.field.type) || isId(at.field) || c.literal.kind !== "string") throw new SoqlError("INVALID_QUERY_FILTER_OPERATOR", "invalid operator on this field");
    const pattern = likeOf(c.literal.value);
    return (r) => pattern.test(value(r) ?? "");
  }
  if (at.field.type === "boolean" && c.op !== "=" && c.op !== "!=") throw new SoqlError("INVALID_QUERY_FILTER_OPERATOR", "invalid operator on boolean field");
  const wanted = folded(at.field, checkLiteral(at.field, c.literal));
  return (r) => tests[c.op](value(r), wanted);
}

function sorter(org, object, order) {
  const keys = order.map((o) => {
    const at = resolve(org, object, o.field);
    return { ...o, get: (r) => folded(at.field, valueAt(org, r, at)) };
  });
  return (a, b) => {
    for (const k of keys) {
      const [x, y] = [k.get(a), k.get(b)];
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === k.nullsLast ? 1 : -1;
      return k.down ? -compare(x, y) : compare(x, y);
    }
    return 0;
  };
}

const aggregates = {
  COUNT: (v) => v.length,
  COUNT_DISTINCT: (v) => new Set(v).size,
  MIN: (v) => (v.length ? v.reduce((a, b) => (b < a ? b : a)) : null),
  MAX: (v) => (v.length ? v.reduce((a, b) => (b > a ? b : a)) : null),
  SUM: (v) => (v.length ? v.reduce((a, b) => a + b) : null),
  AVG: (v) => (v.length ? v.reduce((a, b) => a + b) / v.length : null),
};

/** What a query finds: { object, columns, ids[] } of rows in order, { object, count }, or { object, sums } of one aggregate row. */
export function runSoql(org, text, all) {
  const q = parseSoql(text);
  const object = org.object(q.from);
  if (!object || !object.queryable)
    throw new SoqlError("INVALID_TYPE", `\nFROM ${q.from}\n     ^\nERROR at Row:1:Column:6\nsObject type '${q.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`);
  const meets = q.where ? predicate(org, object, q.where) : () => true;
  const order = sorter(org, object, q.order);
  const columns = q.select.filter((s) => !s.call || s.field).map((s) => ({ ...s, ...resolve(org, object, s.field) }));
  if (columns.some((c) => c.field.type === "address" && c.call)) throw new SoqlError("INVALID_FIELD", "compound fields have no aggregates");
  if (q.offset > 2000) throw new SoqlError("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000");
  let rows = org.rows(object.name, all).filter(meets);
  if (q.select.some((s) => s.call)) return summed(org, q, object, columns, rows);
  if (q.order.length > 0) rows.sort(order);
  rows = rows.slice(q.offset, q.offset + q.limit);
  return { object, columns, ids: rows.map((r) => r.Id), query: q };
}

function summed(org, q, object, columns, rows) {
  if (q.select.length === 1 && q.select[0].call === "COUNT" && !q.select[0].field) return { object, count: Math.min(rows.length, q.limit), query: q };
  if (q.select.some((s) => !s.call || !s.field)) throw new SoqlError("MALFORMED_QUERY", "Grouped and plain columns cannot be mixed without GROUP BY");
  const sums = {};
  columns.forEach((c, i) => {
    const values = rows.map((r) => valueAt(org, r, c)).filter((v) => v !== null);
    sums[c.alias ?? `expr${i}`] = shown(c.field, aggregates[c.call](values), c.call);
  });
  return { object, sums, query: q };
}

/** Salesforce's way to write a moment: no colon in the zone. */
export const moment = (ms) => new Date(ms).toISOString().replace("Z", "+0000");
const shown = (field, value, call = null) => (field.type === "datetime" && value !== null && !/^COUNT/.test(call ?? "") ? moment(value) : value);

const attributes = (base, object, record) => ({ type: object.name, url: `${base}/sobjects/${object.name}/${record.Id}` });

/** A record as the REST API writes it, with related records nested. */
export function asJson(org, base, object, columns, record) {
  const out = { attributes: attributes(base, object, record) };
  for (const c of columns) {
    let into = out;
    let at = record;
    for (const link of c.path) {
      at = at && at[link.name] ? org.record(link.referenceTo[0], at[link.name]) : null;
      if (!at) {
        into[link.relationshipName] = null;
        into = null;
        break;
      }
      into = into[link.relationshipName] ??= { attributes: attributes(base, org.object(link.referenceTo[0]), at) };
    }
    if (into) into[c.field.name] = shown(c.field, at[c.field.name] ?? null);
  }
  return out;
}

/** A record as the Bulk API writes it: every value quoted, nothing for null. */
export const asCsv = (org, columns, record) =>
  columns
    .map((c) => {
      const v = shown(c.field, valueAt(org, record, c));
      return v === null ? '""' : `"${String(c.field.type === "datetime" ? v.replace("+0000", "Z") : v).replaceAll('"', '""')}"`;
    })
    .join(",");
