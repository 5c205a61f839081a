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
