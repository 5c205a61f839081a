// SPDX-License-Identifier: GPL-3.0-or-later
// In the worker: the series that were read from a file, and what the page asks about them.
import type { Dyo } from "dyocense";
import { thin } from "./elements/scale.js";
import { DAY, instant } from "./instant.js";
import type { Aggregate, Asks, Line, ListRow, ParseOut, Reading } from "./data-types.js";

type Series = Omit<ParseOut["series"][number], "values"> & { values: readonly (number | null)[] | Float64Array };
type Progress = (p: { fraction: number; stage: string }) => void;

/** A series as the operations take it. */
export interface Points {
  dates?: string[];
  values: Series["values"];
  frequency?: string;
}

export class History {
  #core: Promise<Dyo>;
  #all: Series[] = [];
  #made = new Map<string, Promise<Points>>();
  /** The series on the screen, for pictures of its parts. */
  #seen = { key: "", x: new Float64Array(), y: new Float64Array() };

  constructor(core: Promise<Dyo>) {
    this.#core = core;
  }

  knows(op: string): op is Extract<keyof Asks, `data.${string}`> {
    return op.startsWith("data.");
  }

  async answer(op: keyof Asks, input: unknown, onProgress: Progress): Promise<[unknown, Transferable[]]> {
    if (op === "data.read") return [await this.#read(input as Asks["data.read"]["in"], onProgress), []];
    if (op === "data.list") return [await this.#list(input as Asks["data.list"]["in"]), []];
    if (op === "data.points") return this.#points(input as Asks["data.points"]["in"]);
    if (op === "data.thin") return this.#thin(input as Asks["data.thin"]["in"]);
    return this.#lines(input as Asks["data.lines"]["in"]);
  }

  /** A series as it was read, or at another frequency, its values put together by the core. */
  async series(index: number, frequency = "", aggregate: Aggregate = "sum"): Promise<Points> {
    const s = this.#all[index];
    if (!s) throw new RangeError(`there is no series ${index}`);
    if (!frequency || !s.dates) return points(s);
    const key = `${index} ${frequency} ${aggregate}`;
    let made = this.#made.get(key);
    if (!made) {
      if (this.#made.size > 2000) this.#made.clear();
      this.#made.set(key, (made = this.#prepared(s, { frequency, aggregate, partial: "drop" })));
    }
    return made;
  }

  async #prepared(s: Series, how: object): Promise<Points> {
    const dyo = await this.#core;
    const { series } = await dyo.series.prepare({ series: points(s), ...how } as never, { typed: true });
    return { ...series, frequency: series.frequency ?? "" } as Points;
  }

  async #read({ file, name, choices, of }: Asks["data.read"]["in"], onProgress: Progress): Promise<Reading> {
    const dyo = await this.#core;
    const content = new Uint8Array(await file.arrayBuffer());
    const { series, ...rest } = (await dyo.series.parse({ content, name, ...choices }, { onProgress, typed: true })) as Omit<ParseOut, "series"> & { series: Series[] };
    this.#made.clear();
    if (series.length) this.#all = series; // while a question is open, an older history stays
    const counts = new Map<string, number>();
    let [first, last, points] = ["", "", 0];
    for (const s of series) {
      const [a, b] = [s.dates?.[0] ?? "", s.dates?.at(-1) ?? ""];
      if (a && (!first || a < first)) first = a;
      if (b > last) last = b;
      points += s.values.length;
      counts.set(s.frequency ?? "", (counts.get(s.frequency ?? "") ?? 0) + 1);
    }
    const frequencies = [...counts].sort((a, b) => b[1] - a[1]);
    return { ...rest, of, names: series.map((s) => s.name), first, last, points, frequencies };
  }

  /** A file without dates as rows: the core reads each column of numbers as series of one value for each group. */
  async #list({ file, name, group_by, value_columns }: Asks["data.list"]["in"]): Promise<ListRow[]> {
    const dyo = await this.#core;
    const content = new Uint8Array(await file.arrayBuffer());
    const ask = (more: object) => dyo.series.parse({ content, name, date_column: "", layout: "long", group_by, value_columns, ...more });
    let found = await ask({});
    // figures such as 1.200 alone: whoever separates columns by semicolons writes decimal commas
    if (!found.series.length && found.questions.some((q) => q.field === "decimal")) found = await ask({ decimal: found.format.delimiter === ";" ? "," : "." });
    const rows = new Map<string, ListRow>();
    for (const s of found.series) {
      const key = JSON.stringify(s.dimensions);
      let row = rows.get(key);
      if (!row) rows.set(key, (row = { dimensions: s.dimensions, values: {} }));
      const column = s.column ?? value_columns[0]!;
      row.values[column] = s.values as (number | null)[];
    }
    return [...rows.values()];
  }

  async #points(at: Asks["data.points"]["in"]): Promise<[Asks["data.points"]["out"], Transferable[]]> {
    const { index, frequency, aggregate } = at;
    const s = await this.series(index, frequency, aggregate);
    const values = Float64Array.from(s.values as readonly (number | null)[], (v) => v ?? NaN);
    const times = s.dates ? Float64Array.from(s.dates, instant) : undefined;
    this.#seen = { key: keyOf(at), x: times?.slice() ?? Float64Array.from(values, (_, i) => i + 1), y: values.slice() };
    return [{ name: this.#all[index]!.name, frequency: s.frequency ?? "", ...(times ? { times } : {}), values }, [values.buffer, ...(times ? [times.buffer] : [])]];
  }

  async #thin({ view, ...at }: Asks["data.thin"]["in"]): Promise<[Asks["data.thin"]["out"], Transferable[]]> {
    if (this.#seen.key !== keyOf(at)) await this.#points(at);
    const line = thin(this.#seen.x, this.#seen.y, view);
    return [line, [line.x.buffer, line.y.buffer]];
  }

  /** Small pictures: each series on its regular grid, so that a day without a row is seen to be missing. */
  async #lines({ from, count, columns }: Asks["data.lines"]["in"]): Promise<[Line[], Transferable[]]> {
    const lines: Line[] = [];
    for (const s of this.#all.slice(from, from + count)) {
      const regular = s.frequency && !whole(s) ? await this.#prepared(s, {}).catch(() => points(s)) : points(s);
      lines.push(line(s.name, regular, columns));
    }
    return [lines, lines.flatMap((l) => [l.low.buffer, l.high.buffer, l.gaps.buffer])];
  }
}

const points = (s: Series): Points => ({
  values: s.values,
  ...(s.dates ? { dates: s.dates } : {}),
  ...(s.frequency ? { frequency: s.frequency } : {}),
});

const keyOf = (at: Asks["data.points"]["in"]): string => `${at.index} ${at.frequency} ${at.aggregate}`;

const EVERY: Record<string, number> = { H: DAY / 24, D: DAY, W: 7 * DAY };
const MONTHS: Record<string, number> = { M: 1, Q: 3, Y: 12 };

/** Each period has its value: the series is its own regular grid. */
function whole({ dates, frequency = "" }: Points): boolean {
  const [every, months] = [EVERY[frequency ?? ""], MONTHS[frequency ?? ""]];
  if (!dates || (!every && !months)) return false;
  const place = (d: string): number => (every ? instant(d) / every : (Number(d.slice(0, 4)) * 12 + Number(d.slice(5, 7))) / months!);
  return dates.every((d, i) => !i || Math.abs(place(d) - place(dates[i - 1]!) - 1) < 1e-9);
}

function line(name: string, s: Points, columns: number): Line {
  const n = s.values.length;
  const wide = Math.min(columns, Math.max(1, n));
  const low = new Float32Array(wide).fill(NaN);
  const high = new Float32Array(wide).fill(NaN);
  const gaps = new Set<number>();
  let [missing, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    const at = n === 1 ? 0 : Math.floor((i / n) * wide);
    const v = s.values[i];
    if (v === null || v === undefined || Number.isNaN(v)) {
      missing++;
      gaps.add(at);
      continue;
    }
    total += v;
    if (!(low[at]! <= v)) low[at] = v;
    if (!(high[at]! >= v)) high[at] = v;
  }
  const [first, last] = [s.dates?.[0] ?? "", s.dates?.at(-1) ?? ""];
  return { name, frequency: s.frequency ?? "", n, missing, total, first, last, low, high, gaps: Uint16Array.from(gaps) };
}
