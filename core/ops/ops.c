/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/dyo_ops.h"

#include "inventory/dyo_eoq.h"
#include "inventory/dyo_inventory_pareto.h"
#include "inventory/dyo_lot_sizing.h"
#include "inventory/dyo_multi_product.h"
#include "inventory/dyo_newsvendor.h"
#include "inventory/dyo_policy.h"
#include "inventory/dyo_reorder_point.h"
#include "inventory/dyo_safety_stock.h"
#include "ops/dyo_op_analyze.h"
#include "ops/dyo_op_anomalies.h"
#include "ops/dyo_op_changepoints.h"
#include "ops/dyo_op_forecast.h"
#include "ops/dyo_op_importance.h"
#include "ops/dyo_op_prepare.h"
#include "ops/dyo_op_trees.h"
#include "ops/dyo_op_tune.h"
#include "series/dyo_parse.h"
#include "staffing/dyo_assign.h"
#include "ops/dyo_op_plan.h"
#include "ops/dyo_report.h"
#include "staffing/dyo_labor_cost.h"
#include "staffing/dyo_requirements.h"
#include "staffing/dyo_schedule.h"
#include "staffing/dyo_staffing_pareto.h"
#include "stats/dyo_acf.h"
#include "stats/dyo_adf.h"
#include "stats/dyo_decompose.h"
#include "stats/dyo_kpss.h"

/* From the table's untyped pointers to the typed function, whose name is dyo_STEM. */
#define ADAPTER(stem)                                                                \
  static dyo_status op_##stem(dyo_ctx *ctx, const void *in, void *out, dyo_err *err) \
  {                                                                                  \
    return dyo_##stem(ctx, in, out, err);                                            \
  }

ADAPTER(eoq)
ADAPTER(safety_stock)
ADAPTER(reorder_point)
ADAPTER(multi_product)
ADAPTER(lot_sizing)
ADAPTER(newsvendor)
ADAPTER(policy)
ADAPTER(inventory_pareto)
ADAPTER(plan)

ADAPTER(assign_tasks)
ADAPTER(schedule)
ADAPTER(staffing_pareto)
ADAPTER(labor_cost)
ADAPTER(requirements)

ADAPTER(parse)

ADAPTER(adf)
ADAPTER(kpss)
ADAPTER(acf)
ADAPTER(decompose)
ADAPTER(analyze)
ADAPTER(create)
ADAPTER(predict)
ADAPTER(update)
ADAPTER(backtest_op)
ADAPTER(tune)
ADAPTER(anomalies)
ADAPTER(changepoints)
ADAPTER(importance)
ADAPTER(prepare)
ADAPTER(trees_fit_op)
ADAPTER(trees_predict_op)
ADAPTER(report_forecast)
ADAPTER(report_plan)

#define dyo_predict_out_rows          dyo_forecast_out_rows /* predict answers as create does */
#define dyo_create_out_rows           dyo_forecast_out_rows
#define dyo_report_forecast_out_rows  dyo_report_out_rows
#define dyo_report_plan_out_rows      dyo_report_out_rows
#define dyo_trees_fit_op_in_rows      dyo_trees_fit_in_rows
#define dyo_trees_fit_op_out_rows     dyo_trees_fit_out_rows
#define dyo_trees_predict_op_in_rows  dyo_trees_predict_in_rows
#define dyo_trees_predict_op_out_rows dyo_trees_predict_out_rows
#define dyo_backtest_op_in_rows       dyo_backtest_in_rows
#define dyo_backtest_op_out_rows      dyo_backtest_out_rows

#define ROW(name, path, stem, type, flags, summary, method, formula)                                          \
  {                                                                                                           \
    name, path, type, summary, method, formula, dyo_##stem##_in_rows, dyo_##stem##_out_rows, flags, op_##stem \
  }

const dyo_op dyo_ops[] = {
  ROW(
    "inventory.eoq", "optimizer/inventory/eoq", eoq, "InventoryEoq", DYO_PURE,
    "Order size that minimises ordering plus holding cost, with production rate, backorders and quantity discounts.",
    "Harris (1913); discounts and backorders after Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 3.",
    "Q = √(2KD / h), with D annual_demand, K order_cost, h holding_cost_per_unit; backorders of cost b: times √((h + b) / b)"),
  ROW(
    "inventory.safety_stock", "optimizer/inventory/safety-stock", safety_stock, "InventorySafetyStock", DYO_PURE,
    "Stock to hold against uncertain demand and lead time for a cycle or fill-rate service level.",
    "Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 6.",
    "SS = z √(L σ² + d² s²), Φ(z) = service level, L lead time and review; fill rate β: E[short in a cycle] = (1 − β) Q"),
  ROW("inventory.reorder_point", "optimizer/inventory/reorder-point", reorder_point, "InventoryReorderPoint", DYO_PURE,
      "Stock level at which to order again, and whether that is now.",
      "Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 6.",
      "R = d L + SS, with d mean demand, L lead time and review, SS safety stock"),
  ROW(
    "inventory.multi_product", "optimizer/inventory/multi-product", multi_product, "InventoryMultiProduct",
    DYO_PURE | DYO_LONG,
    "Order sizes of many products under a budget, storage and order-count limit, with a proven bound and shadow prices.",
    "Concave dual of the convex program with a duality-gap certificate; whole lots by Lagrangian bound and branch and bound; "
    "joint replenishment by enumeration of the cyclic policies.",
    "min Σ K D_i / q_i + h_i q_i / 2  subject to  Σ a_ij q_i ≤ A_j; bound: max over u ≥ 0 of the Lagrangian"),
  ROW("inventory.lot_sizing", "optimizer/inventory/lot-sizing", lot_sizing, "InventoryLotSizing", DYO_PURE | DYO_LONG,
      "When and how much to order for a known demand per period.",
      "Wagner and Whitin (1958); with capacities the exact dynamic program of Chen, Hearn and Lee (1994).",
      "F(t) = min over s ≤ t of F(s − 1) + K_s + what d_s … d_t cost when bought in s"),
  ROW("inventory.newsvendor", "optimizer/inventory/newsvendor", newsvendor, "InventoryNewsvendor", DYO_PURE,
      "One order for one selling season under uncertain demand.",
      "Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 4.3.",
      "F(Q) = c_u / (c_u + c_o), with F the distribution of demand, c_u what a unit too few costs, c_o one too many"),
  ROW("inventory.policy", "optimizer/inventory/policy", policy, "InventoryPolicy", DYO_PURE | DYO_LONG,
      "Exact optimal (r,Q), (s,S) or base-stock policy for stochastic demand with backorders.",
      "Federgruen and Zheng (1992) for (r,Q); Zheng and Federgruen (1991) for (s,S).",
      "(r,Q): min (K λ + Σ G(y), y = r+1 … r+Q) / Q;  G(y) = E[h (y − D)⁺ + b (D − y)⁺]"),
  ROW("inventory.pareto", "optimizer/inventory/pareto", inventory_pareto, "InventoryPareto", DYO_PURE | DYO_LONG,
      "What better service costs: the frontier of yearly cost against service level, with its knee.",
      "Sweep of one Lagrange multiplier; normal lead-time demand.", "for each λ: min cost − λ service"),
  ROW(
    "inventory.plan", "optimizer/inventory/plan", plan, "InventoryPlan", DYO_PURE | DYO_LONG,
    "What to order, when, and what lies there too long, for each item from its sales history.",
    "Silver, Pyke and Thomas, chapters 4 to 7; lead-time demand after Hyndman, Koehler, Ord and Snyder (2008), section 6.4.",
    "R = Σ forecast over lead time and review + z σ;  σ² = v Σ (1 + c_1 + … + c_(k−1))²"),
  ROW("staffing.assign_tasks", "optimizer/staffing/assign-tasks", assign_tasks, "StaffingAssignTasks",
      DYO_PURE | DYO_LONG, "Who does which task, by value or cost, within skills and hours, with a proven bound.",
      "Generalised assignment: Lagrangian bound of Fisher, Jaikumar and Van Wassenhove (1986) closed by branching; "
      "shortest augmenting paths of Jonker and Volgenant (1987) where capacity is a number of tasks.",
      "max Σ v_ij x_ij  subject to  Σ_i x_ij ≤ 1,  Σ_j w_ij x_ij ≤ c_i,  x whole"),
  ROW(
    "staffing.schedule", "optimizer/staffing/schedule", schedule, "StaffingSchedule", DYO_PURE | DYO_LONG,
    "Who works when at least cost under coverage, skills, hours and rest, with a proven bound, or why no plan exists.",
    "Lagrangian decomposition by person with exact dynamic programs; rules of rosters after Curtois and Qu (2014).",
    "min wages + penalties; bound: max over u ≥ 0 of Σ u_s r_s + Σ_i min over rosters y of i of (cost(y) − Σ u_s, s in y)"),
  ROW("staffing.pareto", "optimizer/staffing/pareto", staffing_pareto, "StaffingPareto", DYO_PURE | DYO_LONG,
      "What fairness, coverage or preferences cost: the frontier of schedules, each with its proof, and its knee.",
      "Weights between neighbours, Aneja and Nair (1979); each point as staffing.schedule.",
      "for each w: min cost + w · other"),
  ROW("staffing.labor_cost", "optimizer/staffing/labor-cost", labor_cost, "StaffingLaborCost", DYO_PURE,
      "What hours worked cost: straight time, daily and weekly overtime, double time, night and weekend premiums.",
      "29 CFR 778.110 and 778.202; California Labor Code 510 for the daily rules: no hour is paid as overtime twice.",
      "Σ hours of a kind × rate × multiplier of the kind + premiums"),
  ROW(
    "staffing.requirements", "optimizer/staffing/requirements", requirements, "StaffingRequirements",
    DYO_PURE | DYO_LONG,
    "How many people each interval of a demand forecast needs for a service level, and from that the coverage of shifts.",
    "Erlang (1917); Palm (1957), Mandelbaum and Zeltyn (2007) with impatient customers; shifts by least-cost flow.",
    "Erlang C, a = λ/μ: P(wait > t) = C(n, a) exp(−(n − a) μ t)"),
  ROW("series.parse", "series/parse", parse, "SeriesParse", DYO_PURE | DYO_LONG,
      "Series from a CSV or XLSX file, with what was understood, what was set aside and what must be asked.",
      "RFC 4180; ECMA-376 for workbooks.", NULL),
  ROW(
    "series.prepare", "series/prepare", prepare, "SeriesPrepare", DYO_PURE | DYO_LONG,
    "A regular, complete series at the frequency asked for, and what was changed for it.",
    "Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3.1, 13.9; gaps as forecast::na.interp fills them.",
    NULL),
  ROW("stats.adf", "stats/adf", adf, "StatsAdf", DYO_PURE, "Augmented Dickey-Fuller test for a unit root.",
      "Said and Dickey (1984); p-values and critical values of MacKinnon (1994, 2010).",
      "Δy_t = c + βt + γ y_(t−1) + Σ δ_i Δy_(t−i) + ε_t;  statistic γ / se(γ)"),
  ROW("stats.kpss", "stats/kpss", kpss, "StatsKpss", DYO_PURE, "KPSS test for stationarity around a level or a trend.",
      "Kwiatkowski, Phillips, Schmidt and Shin (1992).",
      "Σ S_t² / (n² σ²), S_t = e_1 + … + e_t, σ² the long-run variance"),
  ROW("stats.acf", "stats/acf", acf, "StatsAcf", DYO_PURE,
      "Autocorrelations, partial autocorrelations and Ljung-Box tests.",
      "Box, Jenkins and Reinsel, Time Series Analysis; Ljung and Box (1978).",
      "r_k = Σ (y_t − ȳ)(y_(t−k) − ȳ) / Σ (y_t − ȳ)²;  Q = n (n + 2) Σ r_k² / (n − k)"),
  ROW("forecast.create", "forecaster/create", create, "ForecastCreate", DYO_PURE | DYO_LONG,
      "Forecast a series with its intervals, by one model or the best of all in a backtest.",
      "Hyndman and Athanasopoulos, Forecasting: Principles and Practice; each model's own paper stands with it.",
      "auto: Σ w_m ŷ_m, the weights w by the features of the series"),
  ROW("forecast.predict", "forecaster/predict", predict, "ForecastPredict", DYO_PURE | DYO_LONG,
      "Forecast again from a fitted model's string.", "The model's own.", NULL),
  ROW("forecast.update", "forecaster/update", update, "ForecastUpdate", DYO_PURE | DYO_LONG,
      "Let new values pass through a fitted model without fitting it again.", "The model's own.", NULL),
  ROW("forecast.backtest", "forecaster/backtest", backtest_op, "ForecastBacktest", DYO_PURE | DYO_LONG,
      "Compare models by forecasting from past origins.", "Tashman (2000), International Journal of Forecasting 16.",
      "MASE = mean |y − ŷ| / mean |y_t − y_(t−m)|"),
  ROW("forecast.tune", "forecaster/tune", tune, "ForecastTune", DYO_PURE | DYO_LONG,
      "Search for the settings of a model that forecast a series best from past origins, with every one tried.",
      "Bergstra and Bengio (2012), JMLR 13, then local search around the best; scores as forecast.backtest.", NULL),
  ROW("forecast.analyze", "forecaster/analyze-data", analyze, "ForecastAnalyze", DYO_PURE | DYO_LONG,
      "What a series is like: trend, seasons, unit roots, outliers, and which model suits it.",
      "Wang, Smith and Hyndman (2006) for the strengths; the tests' own papers stand with them.",
      "strength of a season: max(0, 1 − Var(R) / Var(S + R))"),
  ROW("forecast.changepoints", "forecaster/changepoints", changepoints, "ForecastChangepoints", DYO_PURE | DYO_LONG,
      "When the trend of a series changed, and how much.",
      "Taylor and Letham (2018): sparse changes of slope by their maximum a posteriori estimate.",
      "g(t) = (k + Σ δ_j) t + offset over the s_j before t,  δ_j ~ Laplace(0, τ)"),
  ROW("forecast.anomalies", "forecaster/anomalies", anomalies, "ForecastAnomalies", DYO_PURE | DYO_LONG,
      "Values that trend, seasons or a model did not expect, with how far off they are.",
      "Robust z-scores (Hampel 1974) of the remainder of STL or MSTL, or of one-step forecast errors.",
      "score = |y − ŷ| / (1.4826 median |y − ŷ|)"),
  ROW("forecast.importance", "forecaster/importance", importance, "ForecastImportance", DYO_PURE,
      "What the trees of an xgboost forecast look at, and how much that brings.",
      "Chen and Guestrin (2016): mean gain, mean cover and number of the splits on each feature.", NULL),
  ROW("forecast.decompose", "forecaster/decompose", decompose, "ForecastDecompose", DYO_PURE | DYO_LONG,
      "Trend, seasons and remainder of a series by STL, or MSTL for several seasons.",
      "Cleveland, Cleveland, McRae and Terpenning (1990); Bandara, Hyndman and Bergmeir (2021).",
      "y_t = T_t + Σ S_t + R_t"),
  ROW("trees.fit", "trees/fit", trees_fit_op, "TreesFit", DYO_PURE | DYO_LONG,
      "Fit gradient-boosted regression trees to rows of numbers; the model is one that XGBoost reads.",
      "Chen and Guestrin (2016), XGBoost: A Scalable Tree Boosting System.",
      "leaf = −G / (H + λ);  gain = ½ (G_L² / (H_L + λ) + G_R² / (H_R + λ) − G² / (H + λ)) − γ"),
  ROW("trees.predict", "trees/predict", trees_predict_op, "TreesPredict", DYO_PURE,
      "Predict rows by boosted trees, fitted here or saved by XGBoost.", "Chen and Guestrin (2016).",
      "ŷ = base score + Σ leaves"),
  ROW("report.forecast", "report/forecast", report_forecast, "ReportForecast", DYO_PURE | DYO_LONG,
      "From a CSV or XLSX file to a forecast as text with a chart, as JSON or as CSV.",
      "series.parse, then forecast.create of every series.", NULL),
  ROW("report.plan", "report/plan", report_plan, "ReportPlan", DYO_PURE | DYO_LONG,
      "From a file of sales and of stock to what to order and when, as text, JSON or CSV.",
      "series.parse, then inventory.plan of every item.", NULL),
  {0}};
