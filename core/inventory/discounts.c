/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discounts.c - the cheapest order quantity when the price depends on it.
 *
 * An order of Q units costs K + a + c Q within a price segment (a = 0 for all-units discounts; Snyder & Shen 2019,
 * 3.4.2 and 3.4.3). With phi = 1 - demand / production rate and the best share h / (h + b) of a cycle's peak left
 * waiting, stock and waiting cost together
 *     phi h b / (h + b) Q / 2        a year, where h is given, or rate times the average price (a + c Q) / Q.
 * So the yearly cost within a segment falls and then rises: it has one stationary point, and the best lots are
 * those beside it. */
#include "inventory/discounts.h"

#include <math.h>
#include <stdbool.h>

#include "num/dyo_root.h"

static double total(const eoq_plan *p)
{
  return p->ordering + p->holding + p->purchase + p->backorder;
}

static double holding_at(const eoq_model *m, double unit_cost)
{
  return isnan(m->holding) ? m->rate * unit_cost : m->holding;
}

/* Share of the peak that is left waiting: h / (h + b). */
static double waiting_share(const eoq_model *m, double h)
{
  return isinf(m->backlog) ? 0.0 : h / (h + m->backlog);
}

static eoq_plan plan_at(const eoq_model *m, const eoq_segment *s, double q)
{
  const double c = q > 0 ? s->fixed / q + s->price : s->price, h = holding_at(m, c);
  const double peak = m->rising * q, wait = waiting_share(m, h);
  eoq_plan     p      = {.quantity = q, .unit_cost = c};
  p.max_backorder     = peak * wait;
  p.max_inventory     = peak * (1.0 - wait);
  p.average_inventory = 0.5 * p.max_inventory * (1.0 - wait); /* I^2 / (2 phi Q) */
  p.ordering          = q > 0 ? m->order * m->demand / q : 0.0;
  p.holding           = h * p.average_inventory;
  p.backorder         = wait > 0 ? m->backlog * 0.5 * p.max_backorder * wait : 0.0; /* b B^2 / (2 phi Q) */
  p.purchase          = c * m->demand;
  return p;
}

/* Half the slope of the cost in Q, times Q^2 and scaled, for h = rate (a + c Q) / Q with backorders: rises in Q,
 * and is 0 at the optimum. Holding and waiting cost phi b r (a Q + c Q^2) / (r a + d Q) / 2 with d = r c + b,
 * which is c/d Q + const - w / (r a + d Q). */
typedef struct {
  double a, c, r, d, w, goal;
} slope;

static double slope_at(double q, const void *arg)
{
  const slope *s = arg;
  const double u = q / (s->r * s->a + s->d * q);
  return s->c / s->d * q * q + s->w * s->d * u * u - s->goal;
}

/* Where the cost of the segment's formula is least, were the formula to hold for all Q. */
static double stationary(const eoq_model *m, const eoq_segment *s)
{
  const double k = 2.0 * m->demand * (m->order + s->fixed) / m->rising; /* phi h' Q^2 = 2 D (K + a) */
  if (!isnan(m->holding)) return sqrt(k / (m->holding * (1.0 - waiting_share(m, m->holding))));
  if (isinf(m->backlog)) return sqrt(k / (m->rate * s->price)); /* the part of h from a is constant in cost */
  const double h = m->rate * s->price;
  if (s->fixed == 0) return sqrt(k / (h * (1.0 - waiting_share(m, h))));
  slope f = {.a = s->fixed, .c = s->price, .r = m->rate, .d = h + m->backlog, .goal = k / (m->backlog * m->rate)};
  f.w     = f.a * f.a * f.r * m->backlog / (f.d * f.d); /* minus the remainder of the division */
  return dyo_root(slope_at, &f, 0.0, sqrt(f.goal * f.d / f.c));
}

/* The best order of the segment into *p; false when none of its orders is allowed, or none is the best of it (its
 * open end is). */
static bool best_of(const eoq_model *m, const eoq_segment *s, eoq_plan *p)
{
  const double lo = fmax(s->lo, m->least), q = stationary(m, s);
  if (lo >= s->hi) return false;
  if (m->lot == 0) {
    if (q >= s->hi) return false; /* the next segment starts there and is no dearer */
    *p = plan_at(m, s, fmax(q, lo));
    return true;
  }
  const double near  = 1e-9; /* 2.1 / 0.3 is 7 lots */
  const double first = fmax(1.0, ceil(lo / m->lot * (1.0 - near))),
               last  = isinf(s->hi) ? INFINITY : ceil(s->hi / m->lot * (1.0 - near)) - 1.0;
  if (first > last) return false;
  const double down = fmin(fmax(floor(q / m->lot), first), last), up = fmin(fmax(floor(q / m->lot) + 1.0, first), last);
  const eoq_plan a = plan_at(m, s, down * m->lot), b = plan_at(m, s, up * m->lot);
  *p = total(&b) < total(&a) ? b : a;
  return true;
}

eoq_plan eoq_cheapest(const eoq_model *m, const eoq_segment *s, size_t n, size_t *which)
{
  eoq_plan best = {0}, p;
  *which        = n;
  for (size_t j = 0; j < n; j++) {
    if (!best_of(m, &s[j], &p)) continue;
    if (*which < n && !(total(&p) < total(&best))) continue;
    best   = p;
    *which = j;
  }
  if (*which < n && !(best.quantity > 0)) *which = n;
  return best;
}
