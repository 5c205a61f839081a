// Tables for files of a fake Drive, and what they should become.
import assert from "node:assert/strict";

export const isoDay = (i) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);

/** Rows of a table of days, different for each k. */
export const tableOf = (k, days) => [["date", "sales"], ...Array.from({ length: days }, (_, i) => [isoDay(i), 100 + k + (i % 7) / 4])];

/** A series has exactly the values of a table. */
export function sameAs(found, rows) {
  assert.deepEqual(found?.values, Object.fromEntries(rows.slice(1)));
}
