// SPDX-License-Identifier: GPL-3.0-or-later
// The elements that other pages use: `dyocense/elements`. Importing this defines them.
export { DyoConnections } from "./connections.js";
export { EoqCurve as DyoEoqCurve } from "./eoq-curve.js";
export { ForecastChart as DyoForecastChart } from "./forecast-chart.js";
export { Pareto as DyoPareto } from "./pareto.js";
export { DyoRoster } from "./roster.js";
export { StockCard as DyoStockCard } from "./stock-card.js";
