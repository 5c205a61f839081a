// SPDX-License-Identifier: GPL-3.0-or-later
// The order of products on the page: what cannot wait first.
import type { Row } from "./advice.js";

const ORDER = { ORDER_NOW: 0, MAINTAIN: 1, REDUCE_STOCK: 2 } as const;

/** ORDER_NOW before the rest, then days until the reorder point; what could not be planned comes last. */
export function byUrgency(a: Row, b: Row): number {
  const [x, y] = [a.rec, b.rec];
  if (!x || !y) return (x ? 0 : 1) - (y ? 0 : 1);
  const short = (r: typeof x) => (r.position - r.reorder_point) / Math.max(r.forecast.mean, 1e-12);
  return ORDER[x.action] - ORDER[y.action] || short(x) - short(y);
}
