/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The products without lots beside products in lots: given the lots they are the continuous problem again, and its prices
 * say how their cost changes with what the lots leave them (Geoffrion 1972, generalized Benders decomposition). */
#include "inventory/multi.h"

#include <math.h>
#include <string.h>

dyo_status multi_rest_make(multi_whole *w, dyo_err *err)
{
  const dyo_multi_eoq *p = w->p;
  multi_rest          *r = &w->rest;
  size_t               n = 0;
  memset(r, 0, sizeof *r);
  for (size_t i = 0; i < p->n; i++) n += !(w->lot[i] > 0);
  if (n == 0) return DYO_OK;
  const double  *from[] = {p->order, p->hold, p->demand, p->lo, p->hi, p->unit[0], p->unit[1]};
  const double **to[]   = {&r->p.order, &r->p.hold, &r->p.demand, &r->p.lo, &r->p.hi, &r->p.unit[0], &r->p.unit[1]};
  double        *v      = DYO_NEW(w->ctx, 8 * n, double);
  r->at                 = DYO_NEW(w->ctx, n, size_t);
  if (!r->at || !v) return dyo_oom(err);
  r->p.n = n;
  r->q   = v;
  for (size_t i = 0, k = 0; i < p->n; i++)
    if (!(w->lot[i] > 0)) r->at[k++] = i;
  for (int a = 0; a < 7; a++) {
    if (!from[a]) continue;
    v += n;
    for (size_t k = 0; k < n; k++) v[k] = from[a][r->at[k]];
    *to[a] = v;
  }
  return DYO_OK;
}

/* What the lots of q leave of each kept limit; false where they miss one by themselves. */
static bool leave_over(multi_whole *w, const double *q)
{
  multi_totals all, mine;
  for (size_t k = 0; k < w->rest.p.n; k++) w->rest.q[k] = q[w->rest.at[k]];
  multi_total(w->p, q, &all);
  multi_total(&w->rest.p, w->rest.q, &mine);
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    double *limit = &w->rest.p.limit[j];
    *limit        = w->keep >> j & 1 ? w->p->limit[j] - (all.used[j] - mine.used[j]) : INFINITY;
    if (*limit < 0) return false;
  }
  return true;
}

/* Always false; where the other limits leave no room for the orders that are left, says so with their prices. */
static bool out_of_orders(const multi_whole *w, double price[DYO_MULTI_LIMITS], int *blocked)
{
  const unsigned orders = 1u << DYO_MULTI_ORDERS;
  if (!(w->keep & orders)) return false;
  const double least = multi_least(&w->rest.p, DYO_MULTI_ORDERS, w->keep & ~orders, price);
  if (least < INFINITY) *blocked = DYO_MULTI_ORDERS;
  return false;
}

bool multi_rest_fit(multi_whole *w, double *q, double price[DYO_MULTI_LIMITS], int *blocked)
{
  multi_rest        *r = &w->rest;
  dyo_multi_eoq_info info;
  *blocked = MULTI_COST;
  if (!leave_over(w, q)) return false;
  if (w->what == MULTI_COST) {
    dyo_multi_eoq_solve(&r->p, r->q, &info);
    memcpy(price, info.price, sizeof info.price);
    if (!info.feasible) return out_of_orders(w, price, blocked);
  } else {
    if (multi_least(&r->p, w->what, w->keep, price) == INFINITY) return false;
    multi_blend(&r->p, price, price, 1, r->q);
  }
  for (size_t k = 0; k < r->p.n; k++) q[r->at[k]] = r->q[k];
  return true;
}

double multi_rest_value(const multi_whole *w, int what, const double price[DYO_MULTI_LIMITS])
{
  dyo_multi_eoq p = w->rest.p;
  multi_sums    s;
  memcpy(p.limit, w->p->limit, sizeof p.limit);
  multi_pass(&p, what == MULTI_COST ? 1 : 0, price, &s);
  return s.value;
}
