// SPDX-License-Identifier: GPL-3.0-or-later
// As usage.ts, for the elements, whose types need a page's.
import type { Dyo } from "dyocense";
import type { DyoElements, DyoForecastChart } from "dyocense/elements";

export async function pictures(dyo: Dyo, chart: DyoForecastChart, { ["dyo-stock-card"]: card, ["dyo-eoq-curve"]: curve, ["dyo-roster"]: roster }: DyoElements) {
  const series = { values: [1, 2, 3] };
  chart.series = series;
  chart.forecast = await dyo.forecast.create({ series });
  card.recommendation = (await dyo.inventory.plan({ items: [] })).recommendations[0];
  curve.held = 120;
  const file: string = roster.picture();
  // @ts-expect-error not an answer
  chart.forecast = 7;
  return file;
}
