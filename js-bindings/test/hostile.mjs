// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs of inventory.eoq that nobody in his right mind gives: each must end as a DyoError, at every door, and the next call must work.
import { harris } from "./helpers.mjs";

const cycle = { ...harris };
cycle.unit_cost = cycle;

/** [what, input, path of the refusal where it is one]. */
export const hostile = [
  ["a cycle", cycle, "/unit_cost"],
  ["no number", { ...harris, unit_cost: NaN }, "/unit_cost"],
  ["half of a surrogate pair", { ...harris, discount_type: "\ud800" }, "/discount_type"],
  ["half of a surrogate pair in a name", { ...harris, "a\udfff": 1 }],
  ["a NUL in a name", { ...harris, "annual_demand\0": 1 }],
  ["a million texts", { ...harris, unit_cost: new Array(1e6).fill("x") }, "/unit_cost"],
  ["a million floats", { ...harris, unit_cost: new Float64Array(1e6) }, "/unit_cost"],
  ["names of prototypes", JSON.parse('{"__proto__":{"eoq":1},"constructor":1}')],
  [
    "a getter that throws",
    {
      get annual_demand() {
        throw new Error("boom");
      },
    },
    "/annual_demand",
  ],
  ["a proxy that throws", new Proxy({}, { ownKeys: () => { throw new Error("boom"); } }), ""],
  ["markup", { ...harris, discount_type: "<img src=x onerror=alert(1)>" }, "/discount_type"],
  ["a formula", { ...harris, discount_type: '=HYPERLINK("http://x")' }, "/discount_type"],
  ["a forged handle", { ...harris, unit_cost: { $float64: 0 } }, "/unit_cost/$float64"],
];

/** Options of a call that are none. */
export const hostileOptions = [
  "x",
  7,
  { signal: new AbortController() },
  { signal: null },
  { onProgress: "x" },
  { onprogress() {} },
  { ["__proto__"]: 1 },
  { get signal() { throw new Error("boom"); } },
  new Proxy({}, { ownKeys: () => { throw new Error("boom"); } }),
];
