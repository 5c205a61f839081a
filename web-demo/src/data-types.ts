// SPDX-License-Identifier: GPL-3.0-or-later
// What the page and the worker that holds the history say to each other.
import type { CoreOps } from "dyocense";

export interface ParseIn {
  date_column?: string; value_columns?: string[]; group_by?: string[]; date_order?: "dmy"|"mdy"|"ymd"; decimal?: "."|","; sheet?: string; layout?: "auto"|"long"|"wide";
}
export interface ParseOut {
  format: { kind: string; encoding?: string; delimiter?: string; decimal?: string; date_order?: string; sheet?: string; sheets?: string[]; layout?: string; header_row?: number; date_column?: string; value_columns: string[]; group_by: string[] };
  columns: { name: string; type: string; role: string; missing: number; examples: string[] }[];
  series: { name: string; dimensions: Record<string, string>; frequency?: string; dates: string[]; values: (number | null)[] }[];
  rejected: { row: number; column?: string; value?: string; reason: string }[];
  rejected_count: number; rows_read: number; rows_used: number;
  questions: { field: string; column?: string; message: string; choices: { value: string; reading: string }[] }[];
  warnings: string[];
}

/** What a person may choose about a file; absent: found in it. */
export type Choices = Pick<ParseIn, "date_column" | "value_columns" | "group_by" | "date_order" | "decimal" | "sheet" | "layout">;

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

/** Questions that the worker with the history answers beside the core's operations. */
export interface Asks {
  "core.words": { in: { op: keyof CoreOps; field: string }; out: string[] };
  "data.read": { in: { file: Blob; name: string; choices: Choices; of: number }; out: Reading };
  "data.lines": { in: { from: number; count: number; columns: number }; out: Line[] };
  "data.points": { in: { index: number }; out: { name: string; frequency: string; dates: string[]; values: Float64Array } };
}
