/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demand over lead time and review period, and the stock that meets it with the service asked for.
 * Silver, Pyke & Thomas (2017), sections 6.7 to 6.10; Snyder & Shen (2019), section 4.3. */
#include <math.h>
#include <stdlib.h>

#include "inventory/demand.h"

enum { MIN_WINDOWS = 10 };

const char *const stock_service_words[] = {"cycle", "fill_rate", NULL};

/* None on average, and yet an uncertain one. */
static dyo_status no_lead_time(const dyo_safety_stock_in *in, dyo_err *err)
{
  return dyo_fail(err, DYO_INVALID_INPUT, "/lead_time_days",
                  "found 0 with a lead_time_std_dev of %g; %s demand that varies needs a mean above 0",
                  in->lead_time_std_dev, dyo_dist_words[in->demand_distribution]);
}

/* Mean and standard deviation, both exact for independent daily demand and lead time. */
static dyo_status fitted(const dyo_safety_stock_in *in, dyo_dist *d, dyo_err *err)
{
  const dyo_dist_kind kind   = (dyo_dist_kind)in->demand_distribution;
  const double        t      = in->lead_time_days + in->review_period_days;
  const double        mean   = in->avg_daily_demand * t;
  const double        spread = in->avg_daily_demand * in->lead_time_std_dev; /* d sd_L */
  if (kind == DYO_DIST_POISSON) {
    if (in->avg_daily_demand <= 0)
      return dyo_fail(err, DYO_INVALID_INPUT, "/avg_daily_demand", "found %g; poisson demand needs a mean above 0",
                      in->avg_daily_demand);
    /* Poisson demand over a gamma lead time is negative binomial. */
    if (spread > 0 && dyo_dist_fit(DYO_DIST_NEGATIVE_BINOMIAL, mean, hypot(sqrt(mean), spread), d)) return DYO_OK;
    if (!(spread > 0 && mean <= 0) && dyo_dist_fit(kind, mean, 0, d)) return DYO_OK;
    return no_lead_time(in, err);
  }
  if (isnan(in->demand_std_dev))
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand_std_dev", "demand_std_dev is missing: %s demand needs it",
                    dyo_dist_words[kind]);
  const double sd = hypot(sqrt(t) * in->demand_std_dev, spread); /* sqrt(T sd_d^2 + d^2 sd_L^2) */
  if (dyo_dist_fit(kind, mean, sd, d)) return DYO_OK;
  if (kind == DYO_DIST_NEGATIVE_BINOMIAL && mean > 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand_std_dev",
                    "found %g, so a variance of %g with a mean of %g over the lead time; negative_binomial needs a "
                    "variance above the mean",
                    in->demand_std_dev, sd * sd, mean);
  if (in->avg_daily_demand > 0) return no_lead_time(in, err);
  return dyo_fail(err, DYO_INVALID_INPUT, "/avg_daily_demand", "found %g; %s demand that varies needs a mean above 0",
                  in->avg_daily_demand, dyo_dist_words[kind]);
}

typedef struct {
  double x, w;
} weighted;

static int ascending(const void *a, const void *b)
{
  const double x = ((const weighted *)a)->x, y = ((const weighted *)b)->x;
  return (x > y) - (x < y);
}

static size_t windows_of(size_t n, double days)
{
  const double whole = ceil(days);
  return whole > (double)n ? 0 : n - (size_t)whole + (whole > 0);
}

/* Demand of `days` days from each day of the history on, each with an equal share of `share`. sum[i]: demand of the
 * first i days. */
static weighted *add_windows(const double *sum, size_t n, double days, double share, weighted *to)
{
  const size_t whole = (size_t)floor(days), count = windows_of(n, days);
  const double part = days - floor(days);
  for (size_t s = 0; s < count; s++, to++) {
    to->x = sum[s + whole] - sum[s];
    if (part > 0) to->x += part * (sum[s + whole + 1] - sum[s + whole]);
    to->w = share / (double)count;
  }
  return to;
}

/* How many windows the service level takes to show, and whether the history has them. */
static dyo_status check_history(const dyo_safety_stock_in *in, double longest, dyo_err *err)
{
  const size_t n    = in->n_demand_history;
  const double rare = in->service_type == DYO_SERVICE_CYCLE ? ceil((1 - 1e-12) / (1 - in->service_level)) : 1;
  const double need = fmax(MIN_WINDOWS, rare);
  if (!in->demand_history)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand_history",
                    "demand_history is missing: empirical demand is made of it");
  if ((double)windows_of(n, longest) >= need) return DYO_OK;
  return dyo_fail(
    err, DYO_INSUFFICIENT_DATA, "/demand_history",
    "found %zu days, which hold %zu periods of %g days; %.0f are needed for a service level of %g, so %.0f days", n,
    windows_of(n, longest), longest, need, in->service_level, need - 1 + fmax(1, ceil(longest)));
}

static dyo_status distribution_of(dyo_ctx *ctx, weighted *w, size_t n, dyo_dist *d, dyo_err *err)
{
  double *x = DYO_NEW(ctx, n, double), *below = DYO_NEW(ctx, n, double), total = 0;
  if (!x || !below) return dyo_oom(err);
  qsort(w, n, sizeof *w, ascending);
  for (size_t i = 0; i < n; i++) {
    x[i] = w[i].x;
    total += w[i].w;
    below[i] = total;
  }
  below[n - 1] = 1;
  *d           = dyo_dist_samples(x, below, n);
  return DYO_OK;
}

/* A variable lead time is taken as normal by the Gauss-Hermite rule of three points, exact to the fifth moment:
 * T - sqrt(3) sd, T, T + sqrt(3) sd with weights 1/6, 2/3, 1/6. */
static dyo_status from_history(dyo_ctx *ctx, const dyo_safety_stock_in *in, dyo_dist *d, dyo_err *err)
{
  const double     t = in->lead_time_days + in->review_period_days, side = sqrt(3) * in->lead_time_std_dev;
  const size_t     n  = in->n_demand_history;
  const dyo_status st = check_history(in, t + side, err);
  if (st != DYO_OK) return st;
  if (side > in->lead_time_days)
    return dyo_fail(
      err, DYO_INVALID_INPUT, "/lead_time_std_dev",
      "found %g; empirical demand takes lead times up to 1.732 standard deviations below their mean of %g "
      "days, so at most %g is allowed",
      in->lead_time_std_dev, in->lead_time_days, in->lead_time_days / sqrt(3));
  const size_t count = windows_of(n, t) + (side > 0 ? windows_of(n, t - side) + windows_of(n, t + side) : 0);
  double      *sum   = DYO_NEW(ctx, n + 1, double);
  weighted    *w = DYO_NEW(ctx, count, weighted), *to = w;
  if (!sum || !w) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) sum[i + 1] = sum[i] + in->demand_history[i];
  to = add_windows(sum, n, t, side > 0 ? 2.0 / 3 : 1, to);
  if (side > 0) to = add_windows(sum, n, t - side, 1.0 / 6, to);
  if (side > 0) to = add_windows(sum, n, t + side, 1.0 / 6, to);
  return distribution_of(ctx, w, (size_t)(to - w), d, err);
}

dyo_status demand_over_lead_time(dyo_ctx *ctx, const dyo_safety_stock_in *in, dyo_dist *d, dyo_err *err)
{
  if (in->demand_distribution == DYO_DIST_EMPIRICAL) return from_history(ctx, in, d, err);
  if (in->demand_history)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand_history",
                    "found %zu days with demand_distribution %s; only empirical takes a "
                    "history",
                    in->n_demand_history, dyo_dist_words[in->demand_distribution]);
  return fitted(in, d, err);
}

static dyo_status check_service(const dyo_safety_stock_in *in, dyo_err *err)
{
  if (in->service_level >= 1)
    return dyo_fail(err, DYO_INVALID_INPUT, "/service_level",
                    "found %g; below 1 is expected, for no finite stock meets every demand", in->service_level);
  if (in->service_type == DYO_SERVICE_FILL_RATE && isnan(in->order_quantity))
    return dyo_fail(err, DYO_INVALID_INPUT, "/order_quantity",
                    "order_quantity is missing: service_type fill_rate needs it");
  return DYO_OK;
}

/* Normal demand: safety stock is k sd, k the quantile, or the solution of sd G(k) = (1 - beta) Q. Others: r, the
 * quantile or the solution of n(r) = (1 - beta) Q, less the mean. */
static void place_stock(const dyo_safety_stock_in *in, stock_answer *a)
{
  const dyo_dist *d      = &a->lead;
  const bool      cycle  = in->service_type == DYO_SERVICE_CYCLE;
  const double    target = (1 - in->service_level) * in->order_quantity;
  if (d->kind == DYO_DIST_NORMAL) {
    dyo_dist around = *d;
    around.mean     = 0;
    a->safety_stock =
      cycle ? d->std_dev * dyo_normal_quantile(in->service_level) : dyo_dist_loss_inverse(&around, target);
    a->reorder_point = d->mean + a->safety_stock;
  } else {
    a->reorder_point = cycle ? dyo_dist_quantile(d, in->service_level) : dyo_dist_loss_inverse(d, target);
    a->safety_stock  = a->reorder_point - d->mean;
  }
}

dyo_status stock_solve(dyo_ctx *ctx, const dyo_safety_stock_in *in, stock_answer *a, dyo_err *err)
{
  dyo_status st = check_service(in, err);
  if (st == DYO_OK) st = demand_over_lead_time(ctx, in, &a->lead, err);
  if (st != DYO_OK) return st;
  const dyo_dist *d = &a->lead;
  place_stock(in, a);
  a->z_score = NAN;
  if (d->std_dev > 0) a->z_score = a->safety_stock / d->std_dev;
  else if (in->demand_distribution == DYO_DIST_NORMAL && in->service_type == DYO_SERVICE_CYCLE)
    a->z_score = dyo_normal_quantile(in->service_level);
  const dyo_tails t      = dyo_dist_tails(d, a->reorder_point);
  a->shortage            = t.loss;
  a->cycle_service_level = t.cdf;
  a->fill_rate           = isnan(in->order_quantity) ? NAN : fmax(0, 1 - t.loss / in->order_quantity);
  return DYO_OK;
}

const char *stock_figure(dyo_ctx *ctx, double x)
{
  const double a = fabs(x);
  if (a >= 1e15) return dyo_text(ctx, "%.4g", x);
  return dyo_text(ctx, "%.*f", x == round(x) || a >= 100 ? 0 : a >= 10 ? 1 : a >= 0.1 ? 2 : 4, x);
}

const char *stock_percent(dyo_ctx *ctx, double share)
{
  const double v = 100 * share;
  return dyo_text(ctx, "%.*g%%", v < 99 ? 3 : v < 99.9 ? 4 : 6, v);
}

const char *stock_sentence(dyo_ctx *ctx, const dyo_safety_stock_in *in, const stock_answer *a)
{
  const char *units = stock_figure(ctx, fabs(a->safety_stock)), *percent = stock_percent(ctx, in->service_level);
  const char *goal = in->service_type == DYO_SERVICE_CYCLE ? "of replenishment cycles end without a stock-out"
                                                           : "of demand is met from stock";
  if (!units || !percent) return NULL;
  if (a->safety_stock > 0) return dyo_text(ctx, "Keep %s units of safety stock, so that %s %s.", units, percent, goal);
  if (a->safety_stock == 0) return dyo_text(ctx, "No safety stock is needed: %s %s without it.", percent, goal);
  return dyo_text(ctx, "No safety stock is needed: order %s units below mean lead-time demand, and still %s %s.", units,
                  percent, goal);
}
