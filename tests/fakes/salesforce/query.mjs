// Queries over REST: first pages, and cursors that later pages are read from. Which rows a cursor has is fixed by its query;
// their values are those of the moment a page is read, so that edits between pages show (`frozen` keeps the first ones).
import { failed } from "./errors.mjs";
import { asJson, runSoql } from "./soql.mjs";
import { SoqlError } from "./soql-parse.mjs";

const most = 2000;

export class Queries {
  cursors = new Map();
  /** Rows of a page whatever the caller wishes; null: as the service does. */
  pageRows = null;
  frozen = false;
  maxCursors = 10;
  #next = 0;

  constructor(fake, org) {
    this.fake = fake;
    this.org = org;
  }

  #rowsOf(request) {
    const [, wish] = /batchSize=(\d+)/.exec(request.headers["sforce-query-options"] ?? "") ?? [];
    return this.pageRows ?? Math.min(most, Math.max(200, Number(wish ?? most)));
  }

  first(request, base, all) {
    const text = request.query.get("q");
    if (text === null) return failed(400, "MALFORMED_QUERY", "A query string has to be specified");
    try {
      const found = runSoql(this.org, text, all);
      if (found.count !== undefined) return { body: { totalSize: found.count, done: true, records: [] } };
      if (found.sums) return { body: { totalSize: 1, done: true, records: [{ attributes: { type: "AggregateResult" }, ...found.sums }] } };
      return this.#page({ ...found, all, base, rows: this.#rowsOf(request), kept: this.#kept(found) }, 0);
    } catch (e) {
      if (e instanceof SoqlError) return failed(400, e.code, e.message);
      throw e;
    }
  }

  #kept(found) {
    return this.frozen ? new Map(found.ids.map((id) => [id, this.org.record(found.object.name, id)])) : null;
  }

  #record(cursor, id) {
    const record = cursor.kept?.get(id) ?? this.org.record(cursor.object.name, id);
    return record && (cursor.all || !record.IsDeleted || cursor.kept) ? record : null;
  }

  #page(cursor, at) {
    const ids = cursor.ids.slice(at, at + cursor.rows);
    const records = ids.map((id) => this.#record(cursor, id)).filter((r) => r !== null);
    const body = { totalSize: cursor.ids.length, done: at + cursor.rows >= cursor.ids.length };
    if (!body.done) body.nextRecordsUrl = `${cursor.base}/query/${this.#keep(cursor)}-${at + cursor.rows}`;
    body.records = records.map((r) => asJson(this.org, cursor.base, cursor.object, cursor.columns, r));
    return { body };
  }

  /** The cursor's name. Only so many stay open: the oldest goes. */
  #keep(cursor) {
    if (!cursor.name) {
      cursor.name = `01g${String(++this.#next).padStart(12, "0")}AAA`;
      this.cursors.set(cursor.name, cursor);
      if (this.cursors.size > this.maxCursors) this.cursors.delete(this.cursors.keys().next().value);
    }
    return cursor.name;
  }

  next(locator) {
    const [, name, at] = /^(01g\w+)-(\d+)$/.exec(locator) ?? [];
    const cursor = this.cursors.get(name);
    if (!cursor || Number(at) >= cursor.ids.length) return failed(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    return this.#page(cursor, Number(at));
  }

  /** All cursors expire. */
  expire() {
    this.cursors.clear();
  }
}
