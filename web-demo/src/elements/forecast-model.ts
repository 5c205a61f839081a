// SPDX-License-Identifier: GPL-3.0-or-later
// What a forecast chart draws: a history and a forecast on one line of time.
import { DAY, instant } from "../instant.js";
import type { Thin, View } from "./scale.js";

/** A series as the operations take it; NaN or null is a missing value. */
export interface ChartSeries {
  dates?: readonly string[] | null;
  /** The same as milliseconds since 1970, in place of dates: quicker where there are many. */
  times?: Float64Array | undefined;
  values: ArrayLike<number | null>;
  frequency?: string | null;
  name?: string;
  /** Makes the line of a view elsewhere, off the page's own thread: asked where many points are in sight. */
  thin?: ((view: View) => Promise<Thin>) | undefined;
}

interface Interval {
  lower: ArrayLike<number | null>;
  upper: ArrayLike<number | null>;
  confidence_level: string;
}

/** What of an answer of forecast.create is drawn. */
export interface ChartForecast {
  model_type?: string;
  predictions: ArrayLike<number | null>;
  dates: readonly string[];
  confidence_intervals?: Interval | readonly Interval[];
}

/** A band as drawn: `level` as a share. */
export interface Band {
  level: number;
  lower: ArrayLike<number | null>;
  upper: ArrayLike<number | null>;
}

/** History and forecast as columns of numbers: time, and value or NaN. */
export interface Drawn {
  /** Places on the line of time, ascending: milliseconds, or 1, 2, ... where there are no dates. */
  x: Float64Array;
  y: Float64Array;
  /** The date of a point as it was given. */
  date: (i: number) => string;
  /** Number of points that are history; the rest is forecast. */
  history: number;
  dated: boolean;
  /** Widest first. */
  bands: Band[];
}

export function drawn(series: ChartSeries | undefined, forecast: ChartForecast | undefined): Drawn {
  const history = series?.values.length ?? 0;
  const ahead = forecast?.predictions.length ?? 0;
  const given = series?.dates?.length ? series.dates : undefined;
  const times = series?.times;
  const dated = times ? true : /-/.test((given ?? (history ? [] : forecast?.dates) ?? [])[0] ?? "");
  const x = new Float64Array(history + ahead);
  const y = new Float64Array(history + ahead);
  if (times) x.set(times);
  else for (let i = 0; i < history; i++) x[i] = dated ? instant(given![i]!) : i + 1;
  for (let i = 0; i < ahead; i++) x[history + i] = dated ? instant(forecast!.dates[i]!) : history + i + 1;
  if (series?.values instanceof Float64Array) y.set(series.values);
  else for (let i = 0; i < history; i++) y[i] = series!.values[i] ?? NaN;
  for (let i = 0; i < ahead; i++) y[history + i] = forecast!.predictions[i] ?? NaN;
  const days = times?.every((t) => t % DAY === 0) ?? true;
  const date = (i: number): string => {
    if (i >= history) return forecast!.dates[i - history]!;
    if (times) return new Date(times[i]!).toISOString().slice(0, days ? 10 : 19);
    return given?.[i] ?? String(i + 1);
  };
  return { x, y, date, history, dated, bands: bands(forecast) };
}

function bands(forecast: ChartForecast | undefined): Band[] {
  const given = forecast?.confidence_intervals;
  const list = (Array.isArray(given) ? given : given ? [given] : []) as readonly Interval[];
  return list
    .map((b) => ({ level: parseFloat(b.confidence_level) / 100, lower: b.lower, upper: b.upper }))
    .sort((a, b) => b.level - a.level);
}

/** The index of the first place not before `at`. */
export function lowerBound(x: Float64Array, at: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Least and greatest of what is seen: points from `from` up to `to`, their bands, and what came since. */
export function extent(d: Drawn, from: number, to: number, came: ArrayLike<number | null> = []): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  const take = (v: number | null | undefined) => {
    if (v === null || v === undefined || Number.isNaN(v)) return;
    if (v < low) low = v;
    if (v > high) high = v;
  };
  for (let i = from; i < to; i++) take(d.y[i]);
  for (let i = 0; i < came.length; i++) take(came[i]);
  for (const b of d.bands)
    for (let i = Math.max(0, from - d.history); i < Math.min(b.lower.length, to - d.history); i++) {
      take(b.lower[i]);
      take(b.upper[i]);
    }
  return low <= high ? [low, high] : [0, 1];
}
