/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From demand and stock to what is to be done. See dyo_op_plan.h for the rules. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/dyo_eoq.h"
#include "inventory/dyo_reorder_point.h"
#include "num/dyo_dist.h"
#include "ops/plan.h"
#include "ops/words.h"

enum { LONGEST_COVER = 1000000 }; /* days */

static const double cover_days = 30; /* of demand an order holds where no price says what is cheapest */

static dyo_status note_oom(bool noted, dyo_err *err)
{
  return noted ? DYO_OK : dyo_oom(err);
}

/* Up to whole lots; a hair above one is rounding error. */
static double whole_lots(double quantity, double lot)
{
  return ceil(quantity / lot - 1e-9) * lot;
}

/* Demand of a year and the order size: the economic one where a price is known, else cover_days of demand. */
static dyo_status order_size(dyo_ctx *ctx, const dyo_plan_in *in, const plan_item *item, dyo_recommendation *r,
                             double *size, dyo_notes *notes, dyo_err *err)
{
  const dyo_plan_item *g       = item->given;
  const dyo_eoq_in     eoq     = {.annual_demand           = r->annual_demand,
                                  .order_cost              = item->order_cost,
                                  .holding_cost_per_unit   = item->holding,
                                  .holding_cost_rate       = NAN,
                                  .unit_cost               = NAN,
                                  .production_rate         = NAN,
                                  .backorder_cost_per_unit = NAN,
                                  .min_order_quantity      = g->min_order_quantity,
                                  .lot_size                = g->lot_size,
                                  .days_per_year           = in->days_per_year};
  dyo_eoq_out          out     = {0};
  const double         daily   = r->annual_demand / in->days_per_year;
  const bool           decided = item->order_cost > 0 || g->min_order_quantity > 0 || g->lot_size > 0;
  r->eoq                       = NAN;
  *size = fmax(daily * fmax(item->review, cover_days), isnan(g->min_order_quantity) ? 0 : g->min_order_quantity);
  if (!(r->annual_demand > 0)) {
    *size = 0;
    return DYO_OK;
  }
  if (isnan(item->holding))
    return note_oom(dyo_note(ctx, notes, "No unit_cost is given, so orders are sized to %g days of demand.",
                             fmax(item->review, cover_days)),
                    err);
  if (!decided) return DYO_OK;
  const dyo_status st = dyo_eoq(ctx, &eoq, &out, err);
  if (st == DYO_OUT_OF_MEMORY) return st;
  if (st != DYO_OK) return note_oom(dyo_note(ctx, notes, "No economic order quantity: %s.", err->message), err);
  r->eoq = *size = out.eoq;
  return DYO_OK;
}

/* The family of lead-time demand under auto. */
static dyo_dist_kind family(const plan_demand *d, double mean, double sd)
{
  const bool lumpy = (d->kind == DYO_DEMAND_INTERMITTENT || d->kind == DYO_DEMAND_LUMPY) && d->whole;
  if (!(mean > 0) || !(sd > 0)) return DYO_DIST_NORMAL;
  if (lumpy) return sd * sd > mean * (1 + 1e-9) ? DYO_DIST_NEGATIVE_BINOMIAL : DYO_DIST_POISSON;
  return sd > mean / 2 ? DYO_DIST_GAMMA : DYO_DIST_NORMAL;
}

/* A family so skewed that its quantile lies below its mean, as one huge sale among small ones makes it, is no guide. What the history
 * sold in as many days is; where that cannot be counted, mean demand is kept. */
static dyo_status too_skewed(dyo_ctx *ctx, const plan_demand *d, dyo_reorder_point_in x, dyo_reorder_point_out *o,
                             dyo_notes *notes, dyo_err *err)
{
  dyo_dist              lead;
  dyo_reorder_point_out counted = {0};
  x.demand_distribution         = DYO_DIST_EMPIRICAL;
  x.demand_history              = d->daily;
  x.n_demand_history            = d->n_daily;
  if (d->daily && dyo_reorder_point(ctx, &x, &counted, err) == DYO_OK) {
    *o = counted;
    return note_oom(
      dyo_note(ctx, notes, "Demand is so uneven that the reorder point was counted from the history itself."), err);
  }
  if (!dyo_dist_fit(DYO_DIST_GAMMA, o->lead_time_demand_mean, o->lead_time_demand_std_dev, &lead)) return DYO_OK;
  const dyo_tails t      = dyo_dist_tails(&lead, o->lead_time_demand_mean);
  o->reorder_point       = o->lead_time_demand_mean;
  o->safety_stock        = 0;
  o->cycle_service_level = t.cdf;
  o->fill_rate           = isnan(x.order_quantity) ? NAN : fmax(0, 1 - t.loss / x.order_quantity);
  return note_oom(
    dyo_note(ctx, notes, "Demand is so uneven that the reorder point was set to mean demand over the lead time."), err);
}

static void keep(const dyo_reorder_point_out *o, int kind, dyo_recommendation *r)
{
  r->reorder_point            = o->reorder_point;
  r->safety_stock             = o->safety_stock;
  r->fill_rate                = o->fill_rate;
  r->cycle_service_level      = o->cycle_service_level;
  r->lead_time_demand_mean    = o->lead_time_demand_mean;
  r->lead_time_demand_std_dev = o->lead_time_demand_std_dev;
  r->demand_distribution      = kind;
}

/* Reorder point and safety stock; a family that these moments have no member of gives way to auto. */
static dyo_status place_reorder(dyo_ctx *ctx, const dyo_plan_in *in, const plan_item *item, const plan_demand *d,
                                double size, dyo_recommendation *r, dyo_notes *notes, dyo_err *err)
{
  const double          sd    = hypot(d->lead_sd, d->mean * item->lead_sd);
  const dyo_dist_kind   by    = family(d, d->lead_mean, sd);
  const int             asked = item->given->demand_distribution;
  dyo_reorder_point_in  x     = {.demand_std_dev      = d->sd,
                                 .lead_time_days      = item->lead,
                                 .avg_daily_demand    = d->mean,
                                 .lead_time_std_dev   = item->lead_sd,
                                 .review_period_days  = item->review,
                                 .service_level       = item->service,
                                 .service_type        = size > 0 ? in->service_type : DYO_SERVICE_CYCLE,
                                 .order_quantity      = size > 0 ? size : NAN,
                                 .demand_distribution = asked > 0 ? asked - 1 : (int)by,
                                 .on_hand             = NAN};
  dyo_reorder_point_out o     = {0};
  dyo_status            st    = dyo_reorder_point(ctx, &x, &o, err);
  if (st != DYO_OK && st != DYO_OUT_OF_MEMORY && asked > 0) {
    st = note_oom(dyo_note(ctx, notes, "%s demand does not fit (%s); %s is used.", dyo_dist_words[asked - 1],
                           err->message, dyo_dist_words[by]),
                  err);
    x.demand_distribution = (int)by;
    if (st == DYO_OK) st = dyo_reorder_point(ctx, &x, &o, err);
  }
  const bool skewed =
    st == DYO_OK && asked == 0 && o.safety_stock < 0 && x.service_type == DYO_SERVICE_CYCLE && item->service >= 0.5;
  if (skewed) st = too_skewed(ctx, d, x, &o, notes, err);
  if (st == DYO_OK) keep(&o, skewed && o.safety_stock != 0 ? DYO_DIST_EMPIRICAL : x.demand_distribution, r);
  return st;
}

/* Lifts the position to the order-up-to level, in whole lots, within max_stock. */
static dyo_status order(dyo_ctx *ctx, const plan_item *item, dyo_recommendation *r, dyo_notes *notes, dyo_err *err)
{
  const dyo_plan_item *g     = item->given;
  const double         least = isnan(g->min_order_quantity) ? 0 : g->min_order_quantity;
  r->order_quantity          = whole_lots(fmax(r->order_up_to - r->position, least), item->lot);
  if (isnan(g->max_stock) || r->position + r->order_quantity <= g->max_stock) return DYO_OK;
  r->order_quantity = fmax(0, floor((g->max_stock - r->position) / item->lot + 1e-9) * item->lot);
  if (r->order_quantity < least) r->order_quantity = 0;
  return note_oom(
    dyo_note(ctx, notes, "max_stock of %g leaves room for an order of %g.", g->max_stock, r->order_quantity), err);
}

static dyo_status act(dyo_ctx *ctx, const dyo_plan_in *in, const plan_item *item, const plan_demand *d, double size,
                      dyo_recommendation *r, dyo_notes *notes, dyo_err *err)
{
  const double least =
    isnan(item->given->max_stock) ? r->reorder_point + size + in->excess_days * d->mean : item->given->max_stock;
  r->action      = DYO_MAINTAIN;
  r->order_up_to = r->reorder_point + size;
  if (!d->model) return DYO_OK;
  if (size > 0) r->next_order_quantity = whole_lots(size, item->lot);
  if (r->position <= r->reorder_point && r->order_up_to > r->position) {
    r->action = DYO_ORDER_NOW;
    return order(ctx, item, r, notes, err);
  }
  if (r->position <= least) return DYO_OK;
  r->action           = DYO_REDUCE_STOCK;
  r->excess_stock     = r->position - fmax(least, 0);
  r->potential_saving = r->excess_stock * item->holding;
  return DYO_OK;
}

/* Days until `stock` is used up, the part of a day included; beyond the days at the mean rate. NaN without demand. */
static double cover(const plan_demand *d, double stock)
{
  if (stock <= 0) return 0;
  for (size_t i = 0; i < d->n; i++) {
    if (d->day[i] >= stock && d->day[i] > 0) return (double)i + stock / d->day[i];
    stock -= d->day[i];
  }
  const double all = (double)d->n + stock / d->mean;
  return all <= LONGEST_COVER ? all : NAN; /* next to no demand is none */
}

/* First day whose demand the stock, with what is on order, does not meet; NaN where there is none. Writes the stock at each day's
 * end, not below zero, where wanted. */
static double run_out(const plan_demand *d, const plan_item *item, size_t days, double *curve)
{
  const double arrives = isnan(item->given->on_order_days) ? item->lead : item->given->on_order_days;
  double       stock = item->given->on_hand, first = NAN;
  bool         come = false;
  for (size_t i = 0; i < days; i++) {
    if (!come && (double)i >= arrives) {
      stock += item->given->on_order;
      come = true;
    }
    stock -= d->day[i];
    if (isnan(first) && stock < -1e-9 * (1 + fabs(item->given->on_hand))) first = (double)i;
    if (curve) curve[i] = fmax(stock, 0);
  }
  return first;
}

/* The day by which the position is down to the reorder point. */
static double order_day_of(const dyo_recommendation *r, const plan_demand *d, size_t days)
{
  double position = r->position;
  if (r->action == DYO_ORDER_NOW) return 0;
  for (size_t i = 0; i < days; i++) {
    position -= d->day[i];
    if (position <= r->reorder_point && d->day[i] > 0) return (double)(i + 1);
  }
  return NAN;
}

static dyo_status project(dyo_ctx *ctx, const plan_item *item, const plan_demand *d, size_t days, dyo_recommendation *r,
                          dyo_err *err)
{
  r->projected_stock = DYO_NEW(ctx, 1, dyo_plan_curve);
  if (!r->projected_stock) return dyo_oom(err);
  r->projected_stock->n_values = days;
  r->projected_stock->values   = DYO_NEW(ctx, days, double);
  if (!r->projected_stock->values) return dyo_oom(err);
  run_out(d, item, days, r->projected_stock->values);
  return DYO_OK;
}

static dyo_status start(dyo_ctx *ctx, const dyo_plan_in *in, const plan_item *item, const plan_demand *d,
                        dyo_recommendation *r, dyo_err *err)
{
  const dyo_plan_item *g    = item->given;
  double               year = 0;
  const size_t         days = (size_t)in->horizon_days;
  for (size_t i = 0; i < days; i++) year += d->day[i];
  *r = (dyo_recommendation){.sku           = g->sku,
                            .name          = g->name,
                            .position      = g->on_hand + g->on_order,
                            .annual_demand = year / in->horizon_days * in->days_per_year,
                            .variation     = d->variation,
                            .demand_class  = (int)d->kind,
                            .model_type    = d->model ? d->model : "none",
                            .forecast      = DYO_NEW(ctx, 1, dyo_plan_demand)};
  if (!r->forecast) return dyo_oom(err);
  *r->forecast    = (dyo_plan_demand){d->mean, d->sd};
  r->annual_value = r->annual_demand * g->unit_cost;
  r->stock_value  = fmax(g->on_hand, 0) * g->unit_cost;
  return DYO_OK;
}

dyo_status plan_stock(dyo_ctx *ctx, const dyo_plan_in *in, const plan_item *item, const plan_demand *d,
                      dyo_recommendation *r, double *order_day, double *out_day, dyo_notes *notes, dyo_err *err)
{
  const size_t days = (size_t)in->horizon_days;
  double       size = 0;
  dyo_status   st   = start(ctx, in, item, d, r, err);
  if (st == DYO_OK) st = order_size(ctx, in, item, r, &size, notes, err);
  if (st == DYO_OK) st = place_reorder(ctx, in, item, d, size, r, notes, err);
  if (st == DYO_OK) st = act(ctx, in, item, d, size, r, notes, err);
  if (st != DYO_OK) return st;
  r->order_value   = r->order_quantity * item->given->unit_cost;
  r->days_of_cover = d->model ? cover(d, item->given->on_hand) : NAN;
  *order_day       = order_day_of(r, d, days);
  *out_day         = run_out(d, item, days, NULL);
  return in->include_projection ? project(ctx, item, d, days, r, err) : DYO_OK;
}

typedef struct {
  double worth;
  size_t i;
} ranked;

static int falling(const void *a, const void *b)
{
  const ranked *p = a, *q = b;
  if (p->worth != q->worth) return p->worth < q->worth ? 1 : -1;
  return p->i < q->i ? -1 : 1;
}

dyo_status plan_classes(dyo_ctx *ctx, const dyo_plan_in *in, dyo_recommendation *r, size_t n, dyo_notes *notes,
                        dyo_err *err)
{
  ranked *by     = DYO_NEW(ctx, n, ranked);
  size_t  priced = 0, k = 0;
  double  total = 0, before = 0;
  if (!by) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) priced += isnan(in->items[i].unit_cost) ? 0u : 1u;
  for (size_t i = 0; i < n; i++) {
    const double cv    = r[i].variation;
    const double worth = priced ? r[i].annual_value : r[i].annual_demand;
    r[i].xyz_class     = isnan(cv) ? NULL : cv <= 0.5 ? "X" : cv <= 1 ? "Y" : "Z";
    if (isnan(worth)) continue;
    by[k++] = (ranked){worth, i};
    total += worth;
  }
  qsort(by, k, sizeof *by, falling);
  for (size_t j = 0; j < k; j++) { /* the sums of shares may end a rounding error off */
    const double share   = total > 0 ? before / total + 1e-12 : 1;
    r[by[j].i].abc_class = by[j].worth <= 0 ? "C" : share < 0.8 ? "A" : share < 0.95 ? "B" : "C";
    before += by[j].worth;
  }
  if (priced == 0 && n > 0)
    return note_oom(dyo_note(ctx, notes, "No item has a unit_cost: ABC classes go by units."), err);
  if (priced < n)
    return note_oom(dyo_note(ctx, notes,
                             "%zu of %zu items have no unit_cost: they have no ABC class and are in no total.",
                             n - priced, n),
                    err);
  return DYO_OK;
}

/* Before the arrival of an order placed now? */
static const char *shortage(dyo_ctx *ctx, dyo_time today, double out_day, double lead)
{
  if (isnan(out_day) || out_day >= lead) return "";
  const char *day = words_day(ctx, today + (dyo_time)out_day * DYO_DAY, today);
  return day ? dyo_text(ctx, "; stock is expected to run out on %s, before it can arrive", day) : NULL;
}

static const char *to_order(dyo_ctx *ctx, const dyo_recommendation *r, bool dated, dyo_time today, double out_day,
                            double lead)
{
  const char *what = words_figure(ctx, r->order_quantity), *at = words_figure(ctx, r->reorder_point);
  const char *have = words_figure(ctx, r->position), *day = dated ? words_day(ctx, today, today) : "";
  const char *out = dated ? shortage(ctx, today, out_day, lead) : "";
  if (!what || !at || !have || !day || !out) return NULL;
  return dyo_text(ctx, "Order %s of %s %s%s: %s on hand and on order is at or below the reorder point of %s%s.", what,
                  r->sku, dated ? "by " : "now", day, have, at, out);
}

static const char *to_reduce(dyo_ctx *ctx, const dyo_recommendation *r)
{
  const char *excess = words_figure(ctx, r->excess_stock), *have = words_figure(ctx, r->position);
  const char *cost = isnan(r->potential_saving) ? "" : words_figure(ctx, r->potential_saving);
  if (!excess || !have || !cost) return NULL;
  return dyo_text(ctx, "Reduce %s: %s of %s on hand and on order are more than is needed%s%s%s.", r->sku, excess, have,
                  *cost ? "; holding them costs " : "", cost, *cost ? " a year" : "");
}

const char *plan_reason(dyo_ctx *ctx, const dyo_recommendation *r, bool dated, dyo_time today, double order_day,
                        double out_day, double lead)
{
  if (strcmp(r->model_type, "none") == 0)
    return dyo_text(ctx, "Nothing can be said of %s: it has no known sales.", r->sku);
  if (r->action == DYO_ORDER_NOW) return to_order(ctx, r, dated, today, out_day, lead);
  if (r->action == DYO_REDUCE_STOCK) return to_reduce(ctx, r);
  if (isnan(order_day)) return dyo_text(ctx, "%s needs no order yet: none is due within the time looked at.", r->sku);
  const char *what = words_figure(ctx, r->next_order_quantity);
  const char *day = dated ? words_day(ctx, today + (dyo_time)order_day * DYO_DAY, today) : words_figure(ctx, order_day);
  if (!what || !day) return NULL;
  return dyo_text(ctx,
                  dated ? "%s needs no order yet: the next, about %s, is due by %s."
                        : "%s needs no order yet: the next, about %s, is due in %s days.",
                  r->sku, what, day);
}
