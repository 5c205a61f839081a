// SOQL, as much of it as connectors use: SELECT fields or COUNT(), MIN, MAX, SUM of fields, FROM one object, WHERE, ORDER BY,
// LIMIT, OFFSET. What is left out is refused as the service refuses what it does not know.

/** An error of a query, with Salesforce's code for it. */
export class SoqlError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const token = /\s*(?:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))|(\d{4}-\d{2}-\d{2})|([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|('(?:[^'\\]|\\.)*')|([A-Za-z_][A-Za-z0-9_.]*)|(<=|>=|!=|<>|[=<>(),])|(\S))/y;
const escapes = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", "'": "'", '"': '"', "\\": "\\", _: "\\_", "%": "\\%" };

function tokens(text) {
  const out = [];
  token.lastIndex = 0;
  for (let m; token.lastIndex < text.trimEnd().length && (m = token.exec(text)); ) {
    const [, datetime, date, number, string, word, sign, other] = m;
    const at = token.lastIndex;
    if (datetime) out.push({ kind: "datetime", value: Date.parse(datetime), at });
    else if (date) out.push({ kind: "date", value: date, at });
    else if (number) out.push({ kind: "number", value: Number(number), at });
    else if (string) out.push({ kind: "string", value: unquoted(string), at });
    else if (word) out.push({ kind: "word", value: word, at });
    else if (sign) out.push({ kind: "sign", value: sign, at });
    else throw new SoqlError("MALFORMED_QUERY", `unexpected char: '${other}'`);
  }
  return out;
}

function unquoted(text) {
  return text.slice(1, -1).replace(/\\(.)/gs, (_, c) => {
    if (!(c in escapes)) throw new SoqlError("MALFORMED_QUERY", `Illegal escape sequence: \\${c}`);
    return escapes[c];
  });
}

class Reader {
  constructor(text) {
    this.list = tokens(text);
    this.at = 0;
  }
  peek() {
    return this.list[this.at] ?? { kind: "end", value: "<EOF>" };
  }
  next() {
    const t = this.peek();
    this.at++;
    return t;
  }
  unexpected(t = this.peek()) {
    throw new SoqlError("MALFORMED_QUERY", `unexpected token: '${t.value}'`);
  }
  is(word) {
    const t = this.peek();
    return (t.kind === "word" || t.kind === "sign") && t.value.toUpperCase() === word;
  }
  take(word) {
    if (!this.is(word)) return false;
    this.at++;
    return true;
  }
  need(word) {
    if (!this.take(word)) this.unexpected();
  }
  word() {
    const t = this.next();
    if (t.kind !== "word") this.unexpected(t);
    return t.value;
  }
  number() {
    const t = this.next();
    if (t.kind !== "number" || t.value < 0 || !Number.isInteger(t.value)) this.unexpected(t);
    return t.value;
  }
}

const functions = new Set(["COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"]);

function selected(r) {
  const list = [];
  do {
    if (r.is("(")) throw new SoqlError("MALFORMED_QUERY", "nested queries are not part of this fake");
    const name = r.word();
    if (!r.take("(")) list.push({ field: name });
    else if (!functions.has(name.toUpperCase())) throw new SoqlError("MALFORMED_QUERY", `unexpected token: '('`);
    else {
      const field = r.is(")") ? null : r.word();
      r.need(")");
      const alias = r.peek().kind === "word" && !r.is("FROM") ? r.word() : null;
      list.push({ call: name.toUpperCase(), field, alias });
    }
  } while (r.take(","));
  return list;
}

function literal(r) {
  const t = r.next();
  if (t.kind === "word" && /^(true|false|null)$/i.test(t.value)) {
    const value = { true: true, false: false, null: null }[t.value.toLowerCase()];
    return { kind: value === null ? "null" : "boolean", value };
  }
  if (!["datetime", "date", "number", "string"].includes(t.kind)) r.unexpected(t);
  return t;
}

function comparison(r) {
  const field = r.word();
  const negated = r.take("NOT");
  if (r.take("IN")) {
    r.need("(");
    const list = [];
    do list.push(literal(r));
    while (r.take(","));
    r.need(")");
    return { op: negated ? "not in" : "in", field, list };
  }
  if (negated) r.unexpected();
  if (r.take("LIKE")) return { op: "like", field, literal: literal(r) };
  const t = r.next();
  if (t.kind !== "sign" || !/^(<=|>=|!=|<>|[=<>])$/.test(t.value)) r.unexpected(t);
  return { op: t.value === "<>" ? "!=" : t.value, field, literal: literal(r) };
}

function factor(r) {
  if (r.take("NOT")) return { op: "not", part: factor(r) };
  if (!r.take("(")) return comparison(r);
  const inside = condition(r);
  r.need(")");
  return inside;
}

/** AND and OR may not be mixed without parentheses: Salesforce refuses it. */
function condition(r) {
  const parts = [factor(r)];
  const word = r.is("OR") ? "OR" : "AND";
  while (r.take(word)) parts.push(factor(r));
  if (r.is("AND") || r.is("OR")) r.unexpected();
  return parts.length === 1 ? parts[0] : { op: word.toLowerCase(), parts };
}

function ordered(r) {
  const list = [];
  do {
    const item = { field: r.word(), down: false, nullsLast: false };
    if (r.take("DESC")) item.down = true;
    else r.take("ASC");
    if (r.take("NULLS")) {
      item.nullsLast = r.take("LAST");
      if (!item.nullsLast) r.need("FIRST");
    }
    list.push(item);
  } while (r.take(","));
  return list;
}

/** { select[], from, where, order[], limit, offset } of a query. */
export function parseSoql(text) {
  if (text.length > 100_000) throw new SoqlError("QUERY_TOO_COMPLICATED", "Query is either selecting too many fields or the filter conditions are too complicated.");
  const r = new Reader(text);
  r.need("SELECT");
  const q = { select: selected(r), from: null, where: null, order: [], limit: Infinity, offset: 0 };
  r.need("FROM");
  q.from = r.word();
  if (r.take("WHERE")) q.where = condition(r);
  if (r.is("GROUP")) throw new SoqlError("MALFORMED_QUERY", "GROUP BY is not part of this fake");
  if (r.take("ORDER")) {
    r.need("BY");
    q.order = ordered(r);
  }
  if (r.take("LIMIT")) q.limit = r.number();
  if (r.take("OFFSET")) q.offset = r.number();
  if (r.peek().kind !== "end") r.unexpected();
  return q;
}
