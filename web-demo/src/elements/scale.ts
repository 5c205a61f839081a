// SPDX-License-Identifier: GPL-3.0-or-later
// Scales and ticks: plain functions from numbers to numbers.

export interface Scale {
  (value: number): number;
  /** The value at a position. */
  invert(position: number): number;
  min: number;
  max: number;
}

export function linear(min: number, max: number, from: number, to: number): Scale {
  const span = max - min || 1;
  const scale = ((v: number) => from + ((v - min) / span) * (to - from)) as Scale;
  scale.invert = (p) => min + ((p - from) / (to - from)) * span;
  scale.min = min;
  scale.max = max;
  return scale;
}

/** The nearest of 1, 2, 2.5, 5 times a power of ten that is not below v. */
export function niceCeil(v: number): number {
  if (!(v > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(v));
  for (const m of [1, 2, 2.5, 5]) if (v <= m * power * (1 + 1e-12)) return m * power;
  return 10 * power;
}

/** A round end for an axis, not below v and not far above it. */
export function niceMax(v: number): number {
  if (!(v > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(v));
  return ([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8].find((m) => v <= m * power * (1 + 1e-12)) ?? 10) * power;
}

/** About `count` round values within [min, max]. */
export function ticks(min: number, max: number, count: number): number[] {
  const step = niceCeil((max - min) / Math.max(1, count));
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Coordinates as an SVG path, rounded to hundredths of a pixel. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join("");
}

export const round = (v: number): number => Math.round(v * 100) / 100;

/** Keeps a range as it is until the value leaves its middle: a picture that is dragged must not rescale all the time. */
export function steadyMax(held: number, value: number, room: number): number {
  const fits = held > 0 && value > held * 0.18 && value * 1.35 < held;
  return fits ? held : niceMax(value * room);
}

const DAY = 86_400_000;

export interface TimeTick {
  at: number;
  unit: "year" | "month" | "day" | "hour";
}

/** About `count` round dates from min to max, in milliseconds UTC: years, months, weeks, days or hours, whichever fits. */
export function timeTicks(min: number, max: number, count: number): TimeTick[] {
  const want = (max - min) / Math.max(1, count) / DAY;
  if (want > 20) return monthTicks(min, max, want / 30.44);
  const unit = want > 0.9 ? "day" : "hour";
  const step = ([1 / 24, 1 / 8, 1 / 4, 1 / 2, 1, 2, 7, 14, 28].find((d) => d >= want * 0.75) ?? 28) * DAY;
  const monday = 4 * DAY; // the first Monday of 1970 is the fifth
  const base = step >= 7 * DAY ? monday : 0;
  const first = Math.ceil((min - base) / step) * step + base;
  return Array.from({ length: Math.max(0, Math.floor((max - first) / step) + 1) }, (_, i) => ({ at: first + i * step, unit }));
}

function monthTicks(min: number, max: number, want: number): TimeTick[] {
  const step = [1, 2, 3, 6].find((m) => m >= want * 0.75) ?? 12 * niceCeil(want / 12);
  const from = new Date(min);
  const month = from.getUTCFullYear() * 12 + from.getUTCMonth();
  const out: TimeTick[] = [];
  for (let m = Math.floor(month / step) * step; ; m += step) {
    const at = Date.UTC(Math.floor(m / 12), m % 12, 1);
    if (at > max) return out;
    if (at >= min) out.push({ at, unit: step >= 12 ? "year" : "month" });
  }
}

/** What a picture shows of a series: points from `from` up to `to`, of which `min` to `max` lie between two places across it. */
export interface View {
  from: number;
  to: number;
  min: number;
  max: number;
  left: number;
  right: number;
}

/** The line of a view with few points, NaN where it breaks; and the least and greatest value in it. */
export interface Thin {
  x: Float64Array;
  y: Float64Array;
  low: number;
  high: number;
}

export function thin(x: Float64Array, y: Float64Array, v: View): Thin {
  const flat = reduce(x, y, v.from, v.to, linear(v.min, v.max, v.left, v.right)).flatMap((run) => [...run, [NaN, NaN] as [number, number]]);
  let [low, high] = [Infinity, -Infinity];
  for (const [, value] of flat) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { x: Float64Array.from(flat, (p) => p[0]), y: Float64Array.from(flat, (p) => p[1]), low, high };
}

/** The lines of a view again, without what lies outside of it. */
export function runsOf(t: Thin, scale: Scale): [number, number][][] {
  const runs: [number, number][][] = [];
  let run: [number, number][] = [];
  for (let i = 0; i < t.x.length; i++) {
    const at = t.x[i]!;
    if (at >= scale.min && at <= scale.max) run.push([at, t.y[i]!]);
    if (!Number.isNaN(at)) continue;
    if (run.length) runs.push(run);
    run = [];
  }
  return runs;
}

/** A line through many points in a picture `columns` wide: each column's first, least, greatest and last value, so that no peak is lost.
 * `x` is ascending; NaN breaks the line. */
export function reduce(x: Float64Array, y: ArrayLike<number>, from: number, to: number, column: (x: number) => number): [number, number][][] {
  const runs: [number, number][][] = [];
  let run: [number, number][] = [];
  let [at, lowest, highest, last] = [NaN, -1, -1, -1];
  const flush = () => {
    if (lowest < 0) return;
    for (const i of lowest < highest ? [lowest, highest, last] : [highest, lowest, last])
      if (run.at(-1)?.[0] !== x[i]) run.push([x[i]!, y[i]!]);
    lowest = -1;
  };
  for (let i = from; i < to; i++) {
    const v = y[i]!;
    if (Number.isNaN(v)) {
      flush();
      if (run.length) runs.push(run);
      run = [];
      at = NaN;
      continue;
    }
    const c = Math.floor(column(x[i]!));
    if (c !== at) {
      flush();
      run.push([x[i]!, v]);
      at = c;
      lowest = highest = i;
    }
    if (v < y[lowest]!) lowest = i;
    if (v > y[highest]!) highest = i;
    last = i;
  }
  flush();
  if (run.length) runs.push(run);
  return runs;
}
