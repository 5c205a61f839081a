// SPDX-License-Identifier: GPL-3.0-or-later
// In the worker: the series that were read from a file, and what the page asks about them.
import type { Dyo } from "dyocense";
import type { Asks, Line, ParseOut, Reading } from "./data-types.js";

type Series = ParseOut["series"][number];
type Progress = (p: { fraction: number; stage: string }) => void;

/** A series as the operations take it. */
export interface Points {
  dates?: string[];
  values: readonly (number | null)[];
  frequency?: string;
}

export class History {
  #core: Promise<Dyo>;
  #all: Series[] = [];

  constructor(core: Promise<Dyo>) {
    this.#core = core;
  }

  knows(op: string): op is Extract<keyof Asks, `data.${string}`> {
    return op.startsWith("data.");
  }

  async answer(op: keyof Asks, input: unknown, onProgress: Progress): Promise<[unknown, Transferable[]]> {
    if (op === "data.read") return [await this.#read(input as Asks["data.read"]["in"], onProgress), []];
    if (op === "data.points") return this.#points(input as Asks["data.points"]["in"]);
    return this.#lines(input as Asks["data.lines"]["in"]);
  }

  series(index: number): Points {
    const s = this.#all[index];
    if (!s) throw new RangeError(`there is no series ${index}`);
    return { values: s.values, ...(s.dates ? { dates: s.dates } : {}), ...(s.frequency ? { frequency: s.frequency } : {}) };
  }

  async #read({ file, name, choices, of }: Asks["data.read"]["in"], onProgress: Progress): Promise<Reading> {
    const dyo = await this.#core;
    const content = new Uint8Array(await file.arrayBuffer());
    const { series, ...rest } = await (dyo as any).series.parse({ content, name, ...choices }, { onProgress });
    this.#all = series;
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
    return { ...rest, of, names: series.map((s: Series) => s.name), first, last, points, frequencies };
  }

  #points({ index }: Asks["data.points"]["in"]): [Asks["data.points"]["out"], Transferable[]] {
    const s = this.series(index);
    const values = Float64Array.from(s.values, (v) => v ?? NaN);
    return [{ name: this.#all[index]!.name, frequency: s.frequency ?? "", dates: s.dates ?? s.values.map((_, i) => String(i + 1)), values }, [values.buffer]];
  }

  #lines({ from, count, columns }: Asks["data.lines"]["in"]): [Line[], Transferable[]] {
    const lines = this.#all.slice(from, from + count).map((s) => line(s, columns));
    return [lines, lines.flatMap((l) => [l.low.buffer, l.high.buffer, l.gaps.buffer])];
  }
}

function line(s: Series, columns: number): Line {
  const n = s.values.length;
  const wide = Math.min(columns, Math.max(1, n));
  const low = new Float32Array(wide).fill(NaN);
  const high = new Float32Array(wide).fill(NaN);
  const gaps = new Set<number>();
  let [missing, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    const at = n === 1 ? 0 : Math.floor((i / n) * wide);
    const v = s.values[i];
    if (v === null || v === undefined) {
      missing++;
      gaps.add(at);
      continue;
    }
    total += v;
    if (!(low[at]! <= v)) low[at] = v;
    if (!(high[at]! >= v)) high[at] = v;
  }
  const [first, last] = [s.dates?.[0] ?? "", s.dates?.at(-1) ?? ""];
  return { name: s.name, frequency: s.frequency ?? "", n, missing, total, first, last, low, high, gaps: Uint16Array.from(gaps) };
}
