// SPDX-License-Identifier: GPL-3.0-or-later
// What the page and the worker that holds the history say to each other.
import type { CoreOps } from "dyocense";
import type { Thin, View } from "./elements/scale.js";

export type ParseIn = Omit<CoreOps["series.parse"]["in"], "content" | "content_base64" | "path">;
export type ParseOut = CoreOps["series.parse"]["out"];

/** What a person may choose about a file; absent: found in it. */
export type Choices = Pick<ParseIn, "date_column" | "value_columns" | "group_by" | "date_order" | "decimal" | "sheet" | "layout">;

/** What becomes of several values in one period. */
export type Aggregate = "sum" | "mean";

/** A series in a list: what it is and its line, reduced. */
export interface Line {
  name: string;
  frequency: string;
  /** Values, of which so many are missing. */
  n: number;
  missing: number;
  first: string;
  last: string;
  total: number;
  /** Least and greatest value of each column of the picture; NaN where a column has none. */
  low: Float32Array;
  high: Float32Array;
  /** Columns in which a value is missing. */
  gaps: Uint16Array;
}

/** What was read, without the values themselves. */
export interface Reading extends Omit<ParseOut, "series"> {
  /** Number of this reading: a series of an older one is not this one's. */
  of: number;
  names: string[];
  /** Of all series: first and last date, number of values, frequencies with the number of series that have each. */
  first: string;
  last: string;
  points: number;
  frequencies: [string, number][];
}

/** A row of a list of products: its texts by column, and the values found under each column of numbers. */
export interface ListRow {
  dimensions: Record<string, string>;
  values: Record<string, (number | null)[]>;
}

/** Questions that the worker with the history answers beside the core's operations. */
export interface Asks {
  "core.words": { in: { op: keyof CoreOps; field: string }; out: string[] };
  "data.read": { in: { file: Blob; name: string; choices: Choices; of: number }; out: Reading };
  "data.list": { in: { file: Blob; name: string; group_by: string[]; value_columns: string[] }; out: ListRow[] };
  "data.lines": { in: { from: number; count: number; columns: number }; out: Line[] };
  /** The line of a view of the series that was asked for last. */
  "data.thin": { in: { index: number; frequency: string; aggregate: Aggregate; view: View }; out: Thin };
  "data.points": { in: { index: number; frequency: string; aggregate: Aggregate }; out: { name: string; frequency: string; times?: Float64Array; values: Float64Array } };
}
