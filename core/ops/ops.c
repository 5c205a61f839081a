/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/dyo_ops.h"

#if __has_include("inventory/dyo_eoq.h")
#include "inventory/dyo_eoq.h"
#define HAVE_eoq 1
#endif
#if __has_include("inventory/dyo_inventory_pareto.h")
#include "inventory/dyo_inventory_pareto.h"
#define HAVE_inventory_pareto 1
#endif
#if __has_include("inventory/dyo_lot_sizing.h")
#include "inventory/dyo_lot_sizing.h"
#define HAVE_lot_sizing 1
#endif
#if __has_include("inventory/multi_product.c")
#include "inventory/dyo_multi_product.h"
#define HAVE_multi_product 1
#endif
#if __has_include("inventory/dyo_newsvendor.h")
#include "inventory/dyo_newsvendor.h"
#define HAVE_newsvendor 1
#endif
#if __has_include("inventory/dyo_policy.h")
#include "inventory/dyo_policy.h"
#define HAVE_policy 1
#endif
#if __has_include("inventory/dyo_reorder_point.h")
#include "inventory/dyo_reorder_point.h"
#define HAVE_reorder_point 1
#endif
#if __has_include("inventory/dyo_safety_stock.h")
#include "inventory/dyo_safety_stock.h"
#define HAVE_safety_stock 1
#endif
#include "stats/dyo_acf.h"
#include "stats/dyo_adf.h"
#include "stats/dyo_decompose.h"
#include "stats/dyo_kpss.h"

/* From the table's untyped pointers to the typed function, whose name is dyo_STEM. */
#define ADAPTER(stem)                                                                        \
  static dyo_status op_##stem(dyo_ctx *ctx, const void *in, void *out, dyo_err *err)        \
  {                                                                                          \
    return dyo_##stem(ctx, in, out, err);                                                    \
  }

#ifdef HAVE_eoq
ADAPTER(eoq)
#endif
#ifdef HAVE_safety_stock
ADAPTER(safety_stock)
#endif
#ifdef HAVE_reorder_point
ADAPTER(reorder_point)
#endif
#ifdef HAVE_multi_product
ADAPTER(multi_product)
#endif
#ifdef HAVE_lot_sizing
ADAPTER(lot_sizing)
#endif
#ifdef HAVE_newsvendor
ADAPTER(newsvendor)
#endif
#ifdef HAVE_policy
ADAPTER(policy)
#endif
#ifdef HAVE_inventory_pareto
ADAPTER(inventory_pareto)
#endif

ADAPTER(adf)
ADAPTER(kpss)
ADAPTER(acf)
ADAPTER(decompose)

#define ROW(name, path, stem, type, flags, summary, method) \
  {name, path, type, summary, method, dyo_##stem##_in_rows, dyo_##stem##_out_rows, flags, op_##stem}

const dyo_op dyo_ops[] = {
#ifdef HAVE_eoq
  ROW("inventory.eoq", "optimizer/inventory/eoq", eoq, "InventoryEoq", DYO_PURE,
      "Order size that minimises ordering plus holding cost, with production rate, backorders and quantity discounts.",
      "Harris (1913); discounts and backorders after Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 3."),
#endif
#ifdef HAVE_safety_stock
  ROW("inventory.safety_stock", "optimizer/inventory/safety-stock", safety_stock, "InventorySafetyStock", DYO_PURE,
      "Stock to hold against uncertain demand and lead time for a cycle or fill-rate service level.",
      "Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 6."),
#endif
#ifdef HAVE_reorder_point
  ROW("inventory.reorder_point", "optimizer/inventory/reorder-point", reorder_point, "InventoryReorderPoint", DYO_PURE,
      "Stock level at which to order again, and whether that is now.",
      "Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 6."),
#endif
#ifdef HAVE_multi_product
  ROW("inventory.multi_product", "optimizer/inventory/multi-product", multi_product, "InventoryMultiProduct",
      DYO_PURE | DYO_LONG,
      "Order sizes of many products under a budget, storage and order-count limit, with a proven bound and shadow prices.",
      "Concave dual of the convex program with a duality-gap certificate; whole lots by Lagrangian bound and branch and bound; "
      "joint replenishment by enumeration of the cyclic policies."),
#endif
#ifdef HAVE_lot_sizing
  ROW("inventory.lot_sizing", "optimizer/inventory/lot-sizing", lot_sizing, "InventoryLotSizing", DYO_PURE | DYO_LONG,
      "When and how much to order for a known demand per period.",
      "Wagner and Whitin (1958); with capacities a mixed-integer program."),
#endif
#ifdef HAVE_newsvendor
  ROW("inventory.newsvendor", "optimizer/inventory/newsvendor", newsvendor, "InventoryNewsvendor", DYO_PURE,
      "One order for one selling season under uncertain demand.",
      "Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 4.3."),
#endif
#ifdef HAVE_policy
  ROW("inventory.policy", "optimizer/inventory/policy", policy, "InventoryPolicy", DYO_PURE | DYO_LONG,
      "Exact optimal (r,Q), (s,S) or base-stock policy for stochastic demand with backorders.",
      "Federgruen and Zheng (1992) for (r,Q); Zheng and Federgruen (1991) for (s,S)."),
#endif
#ifdef HAVE_inventory_pareto
  ROW("inventory.pareto", "optimizer/inventory/pareto", inventory_pareto, "InventoryPareto", DYO_PURE | DYO_LONG,
      "What better service costs: the frontier of yearly cost against service level, with its knee.",
      "Sweep of one Lagrange multiplier; normal lead-time demand."),
#endif
  ROW("stats.adf", "stats/adf", adf, "StatsAdf", DYO_PURE, "Augmented Dickey-Fuller test for a unit root.",
      "Said and Dickey (1984); p-values and critical values of MacKinnon (1994, 2010)."),
  ROW("stats.kpss", "stats/kpss", kpss, "StatsKpss", DYO_PURE, "KPSS test for stationarity around a level or a trend.",
      "Kwiatkowski, Phillips, Schmidt and Shin (1992)."),
  ROW("stats.acf", "stats/acf", acf, "StatsAcf", DYO_PURE, "Autocorrelations, partial autocorrelations and Ljung-Box tests.",
      "Box, Jenkins and Reinsel, Time Series Analysis; Ljung and Box (1978)."),
  ROW("forecast.decompose", "forecaster/decompose", decompose, "ForecastDecompose", DYO_PURE | DYO_LONG,
      "Trend, seasons and remainder of a series by STL, or MSTL for several seasons.",
      "Cleveland, Cleveland, McRae and Terpenning (1990); Bandara, Hyndman and Bergmeir (2021)."),
  {0}};
