/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation inventory.plan: its rows, the checks of the whole request, and the walk over the items. See dyo_op_plan.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/dyo_safety_stock.h"
#include "num/dyo_dist.h"
#include "ops/forecast.h"
#include "ops/plan.h"
#include "ops/words.h"

const char *const        dyo_action_words[] = {"ORDER_NOW", "REDUCE_STOCK", "MAINTAIN", NULL};
static const char *const service_words[]    = {"cycle", "fill_rate", NULL};
static const char *const gap_words[]        = {"missing", "zero", NULL};
static const char *const family_words[]     = {"auto", "normal", "gamma", "poisson", "negative_binomial",
                                               NULL}; /* 1 + dyo_dist_kind */

static const dyo_field history_rows[] = {
  DYO_STRS(dyo_series_in, dates, DYO_OPT, DYO_SERIES_LONGEST,
           "Date of each value, ISO 8601; absent: the values are numbered and end the day before as_of."),
  DYO_NUMS(dyo_series_in, values, DYO_F_NULLS, DYO_REQ, -1e12, 1e12, "units",
           "Units sold, oldest first; null where it is not known. A period without sales is 0."),
  DYO_STR(
    dyo_series_in, frequency, DYO_OPT, 16,
    "H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates, daily without them."),
  DYO_ENUM(dyo_series_in, aggregate, DYO_AGG_SUM, dyo_aggregate_words, "What becomes of several values in one period."),
  DYO_END(dyo_series_in)};

static const dyo_field demand_rows[] = {
  DYO_NUM(dyo_plan_demand, mean, DYO_REQ, 0, 1e12, "units/day", "Mean demand of a day."),
  DYO_NUM(dyo_plan_demand, std_dev, DYO_REQ, 0, 1e12, "units/day", "Standard deviation of a day's demand."),
  DYO_END(dyo_plan_demand)};

const dyo_field dyo_plan_item_rows[] = {
  DYO_STR(dyo_plan_item, sku, DYO_REQ, 256, "The item's own name, once in the plan."),
  DYO_STR(dyo_plan_item, name, DYO_OPT, 256, "What people call it; comes back in the answer."),
  DYO_NUM(dyo_plan_item, on_hand, DYO_REQ, -1e12, 1e12, "units", "Stock on hand, less what customers wait for."),
  DYO_NUM(dyo_plan_item, on_order, 0, 0, 1e12, "units", "Stock ordered and not yet arrived."),
  DYO_NUM(dyo_plan_item, on_order_days, DYO_OPT, 0, DYO_PLAN_DAYS, "days",
          "Days until on_order arrives; lead_time_days where absent."),
  DYO_NUM(dyo_plan_item, unit_cost, DYO_OPT, 0, 1e12, "money/unit", "Price paid for a unit."),
  DYO_NUM(dyo_plan_item, order_cost, DYO_OPT, 0, 1e12, "money/order",
          "Fixed cost of an order, in place of the plan's."),
  DYO_NUM(dyo_plan_item, holding_cost_rate, DYO_OPT, DYO_POS, 1e6, "1/year",
          "Cost of keeping stock for a year as a share of unit_cost, in place of the plan's."),
  DYO_NUM(dyo_plan_item, holding_cost_per_unit, DYO_OPT, DYO_POS, 1e12, "money/unit/year",
          "Cost of keeping one unit for a year, in place of the rate."),
  DYO_NUM(dyo_plan_item, lead_time_days, DYO_OPT, 0, DYO_PLAN_DAYS, "days",
          "Mean time from an order to its arrival, in place of the plan's."),
  DYO_NUM(dyo_plan_item, lead_time_std_dev, DYO_OPT, 0, DYO_PLAN_DAYS, "days",
          "Standard deviation of the lead time, in place of the plan's."),
  DYO_NUM(dyo_plan_item, review_period_days, DYO_OPT, 0, DYO_PLAN_DAYS, "days",
          "Days between looks at the stock, in place of the plan's."),
  DYO_NUM(dyo_plan_item, service_level, DYO_OPT, DYO_POS, 1, "0..1",
          "Service to keep, below 1, in place of the plan's."),
  DYO_NUM(dyo_plan_item, min_order_quantity, DYO_OPT, 0, 1e12, "units", "Smallest order allowed."),
  DYO_NUM(dyo_plan_item, lot_size, DYO_OPT, 1e-6, 1e12, "units",
          "Orders are whole multiples of this; of 1 where absent."),
  DYO_NUM(dyo_plan_item, max_stock, DYO_OPT, 0, 1e12, "units", "Most stock allowed, on hand and on order together."),
  DYO_ENUM(dyo_plan_item, model_type, DYO_OPT, dyo_model_words, "Forecasting model, in place of the plan's."),
  DYO_ENUM(dyo_plan_item, demand_distribution, 0, family_words,
           "Family of demand over the lead time; auto goes by how regular and how uncertain it is."),
  DYO_OBJ(dyo_plan_item, history, DYO_OPT, dyo_series_in, history_rows, "Past sales. Give this or forecast."),
  DYO_OBJ(dyo_plan_item, forecast, DYO_OPT, dyo_plan_demand, demand_rows,
          "Expected demand, where it is known already."),
  DYO_END(dyo_plan_item)};

const dyo_field dyo_plan_in_rows[] = {
  DYO_LIST(dyo_plan_in, items, DYO_REQ, DYO_PLAN_ITEMS, dyo_plan_item, dyo_plan_item_rows, "The items to plan."),
  DYO_NUM(dyo_plan_in, order_cost, 50, 0, 1e12, "money/order", "Fixed cost of placing one order."),
  DYO_NUM(dyo_plan_in, holding_cost_rate, 0.25, DYO_POS, 1e6, "1/year",
          "Cost of keeping stock for a year as a share of unit_cost."),
  DYO_NUM(dyo_plan_in, service_level, 0.95, DYO_POS, 1, "0..1", "Service to keep, below 1."),
  DYO_ENUM(dyo_plan_in, service_type, DYO_SERVICE_CYCLE, service_words,
           "What service_level means: the share of cycles without a stock-out, or the share of demand met from stock."),
  DYO_NUM(dyo_plan_in, lead_time_days, 7, 0, DYO_PLAN_DAYS, "days", "Mean time from an order to its arrival."),
  DYO_NUM(dyo_plan_in, lead_time_std_dev, 0, 0, DYO_PLAN_DAYS, "days", "Standard deviation of the lead time."),
  DYO_NUM(dyo_plan_in, review_period_days, 0, 0, DYO_PLAN_DAYS, "days", "Days between looks at the stock; 0: always."),
  DYO_ENUM(dyo_plan_in, model_type, 0, dyo_model_words,
           "Forecasting model; auto takes the one of least root mean squared error in a rolling backtest."),
  DYO_INT(dyo_plan_in, horizon_days, 365, 1, DYO_PLAN_DAYS, "days",
          "Days looked ahead for yearly demand, dates of orders and of stock-outs."),
  DYO_STR(dyo_plan_in, as_of, DYO_OPT, 32,
          "The plan's date; absent: the day after the latest history ends, a month's history with the month."),
  DYO_NUM(dyo_plan_in, days_per_year, 365, 1, 1e4, "days", "Days that a year's demand is spread over."),
  DYO_NUM(dyo_plan_in, excess_days, 30, 0, 1e5, "days",
          "Days of demand above reorder point plus order size from which stock counts as too much."),
  DYO_ENUM(
    dyo_plan_in, gaps, DYO_GAPS_MISSING, gap_words,
    "What a period without a value means: not known, or nothing sold, then up to the end of the latest history too."),
  DYO_BOOL(dyo_plan_in, include_projection, 0, "Return each item's stock, day by day, if nothing more is ordered."),
  DYO_INT(dyo_plan_in, seed, 1, 0, INT_MAX, NULL, "Seed of simulated intervals."),
  DYO_END(dyo_plan_in)};

static const dyo_field curve_rows[] = {
  DYO_STRS(dyo_plan_curve, dates, DYO_REQ, DYO_PLAN_DAYS, "Each day, or its number from 1 where the plan has no date."),
  DYO_OUT_NUMS(dyo_plan_curve, values, 0, DYO_REQ, "units", "Expected stock on hand at the day's end, not below 0."),
  DYO_END(dyo_plan_curve)};

static const dyo_field used_rows[] = {
  DYO_OUT(dyo_plan_demand, mean, DYO_REQ, "units/day", "Expected demand of a day over lead time and review period."),
  DYO_OUT(dyo_plan_demand, std_dev, DYO_REQ, "units/day",
          "Standard deviation of a day that, were days independent, gives that of lead-time demand."),
  DYO_END(dyo_plan_demand)};

const dyo_field dyo_recommendation_rows[] = {
  DYO_STR(dyo_recommendation, sku, DYO_REQ, 256, "The item's code."),
  DYO_STR(dyo_recommendation, name, DYO_OPT, 256, "Its name, where it has one."),
  DYO_ENUM(dyo_recommendation, action, DYO_REQ, dyo_action_words, "What to do."),
  DYO_OUT(dyo_recommendation, order_quantity, DYO_REQ, "units", "To order now; 0 unless the action is ORDER_NOW."),
  DYO_OUT(dyo_recommendation, order_value, DYO_NULL, "money", "order_quantity times unit_cost."),
  DYO_STR(dyo_recommendation, order_by, DYO_NULL, 32,
          "Day by which stock is down to the reorder point; null where not within horizon_days, or without dates."),
  DYO_OUT(dyo_recommendation, next_order_quantity, DYO_REQ, "units", "Size of a usual order, in whole lots."),
  DYO_OUT(dyo_recommendation, reorder_point, DYO_REQ, "units",
          "Order when stock on hand and on order together fall to this: mean lead-time demand plus safety stock."),
  DYO_OUT(dyo_recommendation, safety_stock, DYO_REQ, "units", "reorder_point less mean lead-time demand."),
  DYO_OUT(dyo_recommendation, eoq, DYO_NULL, "units", "Economic order quantity; null without a price or demand."),
  DYO_OUT(dyo_recommendation, order_up_to, DYO_REQ, "units",
          "Stock on hand and on order after an order, before whole lots."),
  DYO_OUT(dyo_recommendation, position, DYO_REQ, "units", "Stock on hand and on order."),
  DYO_OUT(dyo_recommendation, days_of_cover, DYO_NULL, "days",
          "Days the stock on hand lasts; null without demand, and beyond a million."),
  DYO_STR(
    dyo_recommendation, stockout_date, DYO_NULL, 32,
    "First day whose expected demand is not met if nothing more is ordered; null where not within horizon_days, or "
    "without dates."),
  DYO_OUT(dyo_recommendation, excess_stock, DYO_REQ, "units", "Stock above what REDUCE_STOCK allows."),
  DYO_OUT(dyo_recommendation, potential_saving, DYO_NULL, "money/year", "Cost of holding the excess for a year."),
  DYO_OUT(dyo_recommendation, stock_value, DYO_NULL, "money", "Stock on hand times unit_cost."),
  DYO_OUT(dyo_recommendation, annual_demand, DYO_REQ, "units/year",
          "Expected demand, of horizon_days brought to a year."),
  DYO_OUT(dyo_recommendation, annual_value, DYO_NULL, "money/year", "annual_demand times unit_cost."),
  DYO_STR(
    dyo_recommendation, abc_class, DYO_NULL, 1,
    "In falling order of annual_value: A begins below 80 % of the sum, B below 95 %, C is the rest; by units where no "
    "item has a price."),
  DYO_STR(dyo_recommendation, xyz_class, DYO_NULL, 1, "X: variation up to 0.5, Y: up to 1, Z: above."),
  DYO_OUT(dyo_recommendation, variation, DYO_NULL, NULL,
          "Coefficient of variation of demand: by week for daily histories of at least eight weeks, else by period."),
  DYO_OUT(dyo_recommendation, fill_rate, DYO_NULL, "0..1", "Share of demand met from stock under this plan."),
  DYO_OUT(dyo_recommendation, cycle_service_level, DYO_REQ, "0..1", "Share of cycles without a stock-out."),
  DYO_OUT(dyo_recommendation, lead_time_demand_mean, DYO_REQ, "units",
          "Expected demand over lead time and review period."),
  DYO_OUT(dyo_recommendation, lead_time_demand_std_dev, DYO_REQ, "units", "Its standard deviation."),
  DYO_ENUM(dyo_recommendation, demand_distribution, DYO_REQ, dyo_dist_words, "Its family."),
  DYO_ENUM(dyo_recommendation, demand_class, DYO_REQ, dyo_demand_words, "How regular the history is."),
  DYO_STR(
    dyo_recommendation, model_type, DYO_REQ, 32,
    "The model used; average for a history too short for one, given for a forecast of the request, none without sales."),
  DYO_OBJ(dyo_recommendation, forecast, DYO_REQ, dyo_plan_demand, used_rows, "The demand the stock was planned for."),
  DYO_OBJ(dyo_recommendation, projected_stock, DYO_OPT, dyo_plan_curve, curve_rows, "With include_projection."),
  DYO_STR(dyo_recommendation, reason, DYO_REQ, 1000, "The recommendation in a sentence, rounded."),
  DYO_STRS(dyo_recommendation, warnings, DYO_REQ, 1000, "Repairs and fallbacks of this item."),
  DYO_END(dyo_recommendation)};

static const dyo_field counts_rows[] = {
  DYO_INT(dyo_plan_counts, order_now, DYO_REQ, 0, DYO_PLAN_ITEMS, NULL, "Items to order."),
  DYO_INT(dyo_plan_counts, reduce_stock, DYO_REQ, 0, DYO_PLAN_ITEMS, NULL, "Items with too much stock."),
  DYO_INT(dyo_plan_counts, maintain, DYO_REQ, 0, DYO_PLAN_ITEMS, NULL, "Items to leave as they are."),
  DYO_END(dyo_plan_counts)};

const dyo_field dyo_plan_out_rows[] = {
  DYO_STR(dyo_plan_out, as_of, DYO_NULL, 32, "The plan's date; null where nothing in the request has one."),
  DYO_LIST(dyo_plan_out, recommendations, DYO_REQ, DYO_PLAN_ITEMS, dyo_recommendation, dyo_recommendation_rows,
           "One for each item, in the order of the items."),
  DYO_OUT(dyo_plan_out, total_order_value, DYO_REQ, "money",
          "Value of what is to be ordered now, of items with a price."),
  DYO_OUT(dyo_plan_out, total_potential_saving, DYO_REQ, "money/year", "Cost of holding all excess for a year."),
  DYO_OUT(dyo_plan_out, total_stock_value, DYO_REQ, "money", "Value of the stock on hand, of items with a price."),
  DYO_OBJ(dyo_plan_out, counts, DYO_REQ, dyo_plan_counts, counts_rows, "Items by action."),
  DYO_STRS(dyo_plan_out, warnings, DYO_REQ, 1000, "Remarks on the whole plan."),
  DYO_END(dyo_plan_out)};

typedef struct {
  dyo_ctx           *ctx;
  const dyo_plan_in *in;
  plan_item         *items;
  plan_history      *histories;
  dyo_notes         *notes; /* of each item */
  bool               dated;
  double             today; /* days since 1970 */
  dyo_err           *err;
} job;

static double own_or(double own, double of_plan)
{
  return isnan(own) ? of_plan : own;
}

static plan_item resolved(const dyo_plan_in *in, size_t i)
{
  const dyo_plan_item *g = &in->items[i];
  return (plan_item){
    .given      = g,
    .i          = i,
    .order_cost = own_or(g->order_cost, in->order_cost),
    .holding    = own_or(g->holding_cost_per_unit,
                      g->unit_cost > 0 ? own_or(g->holding_cost_rate, in->holding_cost_rate) * g->unit_cost : NAN),
    .lead       = own_or(g->lead_time_days, in->lead_time_days),
    .lead_sd    = own_or(g->lead_time_std_dev, in->lead_time_std_dev),
    .review     = own_or(g->review_period_days, in->review_period_days),
    .service    = own_or(g->service_level, in->service_level),
    .lot        = own_or(g->lot_size, 1),
    .model_type = g->model_type >= 0 ? g->model_type : in->model_type};
}

static int by_sku(const void *a, const void *b)
{
  const dyo_plan_item *p = *(dyo_plan_item *const *)a, *q = *(dyo_plan_item *const *)b;
  const int            c = strcmp(p->sku, q->sku);
  return c ? c : p < q ? -1 : 1;
}

/* Every sku once. */
static dyo_status check_skus(const job *j)
{
  const size_t          n  = j->in->n_items;
  const dyo_plan_item **by = DYO_NEW(j->ctx, n, const dyo_plan_item *);
  if (!by) return dyo_oom(j->err);
  for (size_t i = 0; i < n; i++) by[i] = &j->in->items[i];
  qsort(by, n, sizeof *by, by_sku);
  for (size_t i = 1; i < n; i++)
    if (strcmp(by[i - 1]->sku, by[i]->sku) == 0)
      return dyo_fail_item(j->err, DYO_INVALID_INPUT, "items", (size_t)(by[i] - j->in->items), "sku",
                           "found \"%.60s\" a second time (first in item %zu); each sku is planned once", by[i]->sku,
                           (size_t)(by[i - 1] - j->in->items));
  return DYO_OK;
}

static dyo_status check_item(const job *j, const plan_item *item)
{
  const dyo_plan_item *g = item->given;
  if (item->service >= 1) {
    const bool        own    = !isnan(g->service_level);
    static const char text[] = "found %g; below 1 is expected, for no finite stock meets every demand";
    return own ? dyo_fail_item(j->err, DYO_INVALID_INPUT, "items", item->i, "service_level", text, item->service)
               : dyo_fail(j->err, DYO_INVALID_INPUT, "/service_level", text, item->service);
  }
  if (g->history && g->forecast)
    return dyo_fail_item(j->err, DYO_INVALID_INPUT, "items", item->i, "forecast",
                         "found beside a history; only one of the two is allowed");
  if (!g->history && !g->forecast)
    return dyo_fail_item(j->err, DYO_INVALID_INPUT, "items", item->i, "history",
                         "neither history nor forecast is given; one of the two is expected");
  return DYO_OK;
}

/* The plan's date: as asked, else the day after the latest history ends. */
static dyo_status find_today(job *j)
{
  dyo_time t = 0;
  if (j->in->as_of) {
    if (!dyo_time_parse(j->in->as_of, &t))
      return dyo_fail(j->err, DYO_INVALID_INPUT, "/as_of",
                      "found \"%.40s\"; an ISO 8601 date such as 2024-03-31 is expected", j->in->as_of);
    j->dated = true;
    j->today = floor((double)t / DYO_DAY);
    return DYO_OK;
  }
  for (size_t i = 0; i < j->in->n_items; i++) {
    const plan_history *h = &j->histories[i];
    if (!h->regular.dated || h->regular.n == 0) continue;
    if (!j->dated || h->start > j->today) j->today = ceil(h->start);
    j->dated = true;
  }
  return DYO_OK;
}

/* A day as ISO text; day numbers where the plan has no date. NULL where it is past the last year dates can have. */
static const char *iso(const job *j, double day)
{
  char text[DYO_TIME_CHARS];
  if (!j->dated) return dyo_text(j->ctx, "%.0f", day + 1);
  dyo_time_print((dyo_time)(j->today + day) * DYO_DAY, false, text);
  return dyo_text(j->ctx, "%s", text);
}

/* How far the plan's date lies behind the history's end, in days. */
static dyo_status offset(const job *j, size_t i, double *from)
{
  const plan_history *h    = &j->histories[i];
  const double        step = dyo_freq_seconds(h->regular.freq) / DYO_DAY;
  bool                told = true;
  *from                    = 0;
  if (!j->dated || !h->regular.dated || h->regular.n == 0) return DYO_OK;
  const double gap = j->today - h->start;
  if (gap < 0)
    told =
      dyo_note(j->ctx, &j->notes[i], "The history goes on to after the plan's date; the plan begins where it ends.");
  if (gap > 2 * fmax(step, 1))
    told = dyo_note(j->ctx, &j->notes[i],
                    "The history ends %.0f days before the plan's date; sales since then are not known.", gap);
  *from = fmin(fmax(gap, 0), DYO_PLAN_DAYS);
  return told ? DYO_OK : dyo_oom(j->err);
}

static dyo_status dates_of(const job *j, dyo_recommendation *r, double order_day, double out_day)
{
  dyo_plan_curve *c = r->projected_stock;
  if (j->dated && !isnan(order_day)) r->order_by = iso(j, order_day);
  if (j->dated && !isnan(out_day)) r->stockout_date = iso(j, out_day);
  if (j->dated && ((!isnan(order_day) && !r->order_by) || (!isnan(out_day) && !r->stockout_date)))
    return dyo_oom(j->err);
  if (!c) return DYO_OK;
  c->n_dates = c->n_values;
  c->dates   = DYO_NEW(j->ctx, c->n_dates, const char *);
  if (!c->dates) return dyo_oom(j->err);
  for (size_t d = 0; d < c->n_dates; d++) {
    c->dates[d] = iso(j, (double)d);
    if (!c->dates[d]) return dyo_oom(j->err);
  }
  return DYO_OK;
}

static dyo_status plan_one(const job *j, size_t i, dyo_recommendation *r)
{
  const plan_item *item  = &j->items[i];
  dyo_notes       *notes = &j->notes[i];
  plan_demand      d;
  double           from = 0, order_day = NAN, out_day = NAN;
  const double     far = fmax(j->in->horizon_days, ceil(item->lead + item->review) + 1);
  dyo_status       st  = offset(j, i, &from);
  if (st == DYO_OK)
    st = plan_forecast(j->ctx, item, &j->histories[i], from, (size_t)far, j->in->seed, &d, notes, j->err);
  if (st == DYO_OK) st = plan_stock(j->ctx, j->in, item, &d, r, &order_day, &out_day, notes, j->err);
  if (st == DYO_OK) st = dates_of(j, r, order_day, out_day);
  if (st != DYO_OK) return st;
  r->reason     = plan_reason(j->ctx, r, j->dated, (dyo_time)j->today * DYO_DAY, order_day, out_day, item->lead);
  r->warnings   = dyo_notes_list(j->ctx, notes);
  r->n_warnings = notes->n;
  return r->reason && r->warnings ? DYO_OK : dyo_oom(j->err);
}

static void add_up(dyo_plan_out *out)
{
  for (size_t i = 0; i < out->n_recommendations; i++) {
    const dyo_recommendation *r = &out->recommendations[i];
    if (!isnan(r->order_value)) out->total_order_value += r->order_value;
    if (!isnan(r->potential_saving)) out->total_potential_saving += r->potential_saving;
    if (!isnan(r->stock_value)) out->total_stock_value += r->stock_value;
    if (r->action == DYO_ORDER_NOW) out->counts->order_now++;
    else if (r->action == DYO_REDUCE_STOCK) out->counts->reduce_stock++;
    else out->counts->maintain++;
  }
}

/* Periods without a value are periods without sales, up to the latest one of all histories. */
static dyo_status fill_gaps(job *j)
{
  dyo_time last = 0;
  bool     any  = false;
  for (size_t i = 0; i < j->in->n_items; i++) {
    const dyo_regular *r = &j->histories[i].regular;
    if (!r->dated || r->n == 0) continue;
    const dyo_time end = dyo_time_step(r->start, r->freq, (int64_t)r->n - 1);
    if (!any || end > last) last = end;
    any = true;
  }
  for (size_t i = 0; i < j->in->n_items; i++) {
    dyo_regular  *r = &j->histories[i].regular;
    const int64_t n = r->dated && r->n > 0 ? dyo_time_index(r->start, r->freq, last) + 1 : (int64_t)r->n;
    if (n > DYO_SERIES_LONGEST)
      return dyo_fail_item(j->err, DYO_TOO_LARGE, "items", i, "history",
                           "up to the latest date of all there are %lld periods; at most %d are accepted", (long long)n,
                           DYO_SERIES_LONGEST);
    double *y = DYO_NEW(j->ctx, (size_t)n, double); /* zeros */
    if (!y) return dyo_oom(j->err);
    for (size_t k = 0; k < r->n; k++)
      if (!isnan(r->y[k])) y[k] = r->y[k];
    r->y = y, r->n = r->known = (size_t)n;
    if (r->dated && r->n > 0) j->histories[i].start = plan_boundary(r, n);
  }
  return DYO_OK;
}

static dyo_status prepare_all(job *j)
{
  const size_t n = j->in->n_items;
  j->items       = DYO_NEW(j->ctx, n, plan_item);
  j->histories   = DYO_NEW(j->ctx, n, plan_history);
  j->notes       = DYO_NEW(j->ctx, n, dyo_notes);
  if (!j->items || !j->histories || !j->notes) return dyo_oom(j->err);
  dyo_status st = check_skus(j);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    j->items[i] = resolved(j->in, i);
    st          = check_item(j, &j->items[i]);
    if (st == DYO_OK && j->items[i].given->history)
      st = plan_read(j->ctx, &j->items[i], &j->histories[i], &j->notes[i], j->err);
  }
  if (st == DYO_OK && j->in->gaps == DYO_GAPS_ZERO) st = fill_gaps(j);
  return st == DYO_OK ? find_today(j) : st;
}

dyo_status dyo_plan(dyo_ctx *ctx, const dyo_plan_in *in, dyo_plan_out *out, dyo_err *err)
{
  job          j     = {.ctx = ctx, .in = in, .err = err};
  dyo_notes    whole = {0};
  const size_t n     = in->n_items;
  dyo_status   st    = prepare_all(&j);
  if (st != DYO_OK) return st;
  out->recommendations   = DYO_NEW(ctx, n, dyo_recommendation);
  out->n_recommendations = n;
  out->counts            = DYO_NEW(ctx, 1, dyo_plan_counts);
  if (!out->recommendations || !out->counts) return dyo_oom(err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    if (dyo_poll(ctx, (double)i / (double)n, "planning items") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    st = plan_one(&j, i, &out->recommendations[i]);
  }
  if (st == DYO_OK) st = plan_classes(ctx, in, out->recommendations, n, &whole, err);
  if (st != DYO_OK) return st;
  add_up(out);
  if (j.dated) out->as_of = iso(&j, 0);
  out->warnings   = dyo_notes_list(ctx, &whole);
  out->n_warnings = whole.n;
  return out->warnings && (out->as_of || !j.dated) ? DYO_OK : dyo_oom(err);
}
