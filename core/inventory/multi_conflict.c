/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why no plan exists: the smallest set of limits that cannot hold together, the bounds that have a part in it, and for each
 * limit the least figure that works beside all the others. "Least" is the same problem with another objective. */
#include "inventory/multi.h"

#include <math.h>
#include <string.h>

static const char *const limit_names[] = {"budget", "storage_capacity", "max_orders_per_year"};

typedef struct {
  dyo_ctx           *ctx;
  const multi_model *m;
  double            *q;
  unsigned           given;
} inquiry;

/* The least of `what` beside the limits in keep that some plan needs; INFINITY where keep alone cannot be kept. */
static dyo_status least_of(const inquiry *x, int what, unsigned keep, double *least, dyo_err *err)
{
  const double tight = 1e-6; /* least figures in whole lots are proven to this part of them */
  double       price[DYO_MULTI_LIMITS];
  *least = multi_least(&x->m->p, what, keep, price);
  if (!x->m->lots || *least == INFINITY || keep == 0 || (what != DYO_MULTI_ORDERS && !(keep >> DYO_MULTI_ORDERS & 1)))
    return DYO_OK;
  multi_whole      w  = {.ctx    = x->ctx,
                         .p      = &x->m->p,
                         .lot    = x->m->lot,
                         .what   = what,
                         .keep   = keep,
                         .gap    = tight,
                         .enough = -INFINITY,
                         .q      = x->q};
  const dyo_status st = multi_whole_solve(&w, err);
  *least              = w.objective;
  return st;
}

/* Can these limits be kept together? In each set one is asked for its least beside the others; two resources never quarrel. */
static dyo_status holds(const inquiry *x, unsigned set, bool *yes, dyo_err *err)
{
  const unsigned orders = 1u << DYO_MULTI_ORDERS;
  dyo_status     st     = DYO_OK;
  *yes                  = true;
  for (int j = 0; j < DYO_MULTI_LIMITS && st == DYO_OK && *yes; j++) {
    double least = 0;
    if (!(set >> j & 1) || (set & orders && j != DYO_MULTI_ORDERS)) continue;
    st   = least_of(x, j, j == DYO_MULTI_ORDERS ? set & ~orders : 0, &least, err);
    *yes = least <= x->m->p.limit[j] * (1 + MULTI_SLACK);
  }
  return st;
}

/* The limits that cannot be kept even alone, all of them; else the smallest set that cannot be kept together. */
static dyo_status smallest_set(const inquiry *x, unsigned *set, bool *each, dyo_err *err)
{
  static const unsigned sets[] = {1, 2, 4, 1 | 4, 2 | 4};
  dyo_status            st     = DYO_OK;
  *set                         = 0;
  for (int k = 0; k < 5 && st == DYO_OK && (k < 3 || *set == 0); k++) {
    bool yes = true;
    if ((sets[k] & x->given) != sets[k]) continue;
    st = holds(x, sets[k], &yes, err);
    if (st == DYO_OK && !yes) *set |= sets[k];
    if (k < 3) *each = *set != 0;
  }
  if (*set == 0) *set = x->given;
  return st;
}

static bool any_bound(const multi_model *m, const char *which)
{
  for (size_t k = 0; k < m->p.n; k++) {
    const dyo_multi_item *x = &m->in->products[m->at[k]];
    if (which[1] == 'i' && x->min_order_quantity > 0) return true;
    if (which[1] == 'a' && !isnan(x->max_order_quantity)) return true;
    if (which[1] == 'o' && !isnan(x->lot_size)) return true;
  }
  return false;
}

/* Limits of the set, and the kinds of bounds but for which they could be kept. */
static dyo_status name_constraints(const inquiry *x, unsigned set, dyo_multi_conflict *c, dyo_err *err)
{
  static const char *const bounds[] = {"min_order_quantity", "max_order_quantity", "lot_size"};
  multi_model              loose    = *x->m;
  inquiry                  y        = *x;
  bool                     yes      = true;
  dyo_status               st       = DYO_OK;
  c->constraints                    = DYO_NEW(x->ctx, 6, const char *);
  if (!c->constraints) return dyo_oom(err);
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (set >> j & 1) c->constraints[c->n_constraints++] = limit_names[j];
  loose.p.lo = loose.p.hi = NULL;
  loose.lots              = false;
  y.m                     = &loose;
  st                      = holds(&y, set, &yes, err);
  for (int b = 0; b < 3 && st == DYO_OK && yes; b++)
    if (any_bound(x->m, bounds[b])) c->constraints[c->n_constraints++] = bounds[b];
  return st;
}

/* Products that alone take more than a limit of the set has. */
static dyo_status name_products(const inquiry *x, unsigned set, dyo_multi_conflict *c, dyo_err *err)
{
  const dyo_multi_eoq *p = &x->m->p;
  c->products            = DYO_NEW(x->ctx, p->n, const char *);
  if (!c->products) return dyo_oom(err);
  for (size_t k = 0; k < p->n && p->lo; k++) {
    bool alone =
      set >> DYO_MULTI_ORDERS & 1 && p->demand[k] > p->hi[k] * p->limit[DYO_MULTI_ORDERS] * (1 + MULTI_SLACK);
    for (int j = 0; j < DYO_MULTI_ORDERS; j++)
      alone = alone || (set >> j & 1 && p->unit[j][k] * p->lo[k] > p->limit[j] * (1 + MULTI_SLACK));
    if (alone) c->products[c->n_products++] = x->m->in->products[x->m->at[k]].id;
  }
  return DYO_OK;
}

/* "budget 500 and max_orders_per_year 12 cannot be kept together: budget 812.4 or max_orders_per_year 19.5 would do." */
static dyo_status say(const inquiry *x, unsigned set, bool each, const double *least, dyo_multi_conflict *c,
                      dyo_err *err)
{
  const char *what = "", *cure = "", *link = each ? " and " : " or ";
  int         named = 0;
  for (int j = 0; j < DYO_MULTI_LIMITS && what && cure; j++) {
    if (!(set >> j & 1)) continue;
    what = dyo_text(x->ctx, "%s%s%s %.10g", what, *what ? " and " : "", limit_names[j], x->m->p.limit[j]);
    if (least[j] < INFINITY)
      cure = dyo_text(x->ctx, "%s%s%s %.10g", cure, *cure ? link : ": ", limit_names[j], least[j]);
    named++;
  }
  if (!what || !cure) return dyo_oom(err);
  c->message = dyo_text(x->ctx, "%s cannot be kept%s%s%s.", what, named > 1 && !each ? " together" : "", cure,
                        *cure ? " would do" : "");
  return c->message ? DYO_OK : dyo_oom(err);
}

dyo_status multi_conflict(dyo_ctx *ctx, const multi_model *m, dyo_multi_product_out *out, dyo_err *err)
{
  multi_model         eased = *m; /* where several limits fail by themselves: with those before already moved */
  inquiry             x = {ctx, m, DYO_NEW(ctx, m->p.n, double), multi_given(&m->p)}, y = x;
  dyo_multi_conflict *c                       = DYO_NEW(ctx, 1, dyo_multi_conflict);
  double              least[DYO_MULTI_LIMITS] = {NAN, NAN, NAN};
  unsigned            set                     = 0;
  bool                each                    = false; /* every limit of the set fails by itself */
  dyo_status          st                      = x.q && c ? DYO_OK : dyo_oom(err);
  if (st == DYO_OK) st = smallest_set(&x, &set, &each, err);
  unsigned failing = each ? set : 0;
  y.m              = &eased;
  for (int j = 0; j < DYO_MULTI_LIMITS && st == DYO_OK; j++) {
    const unsigned self = 1u << j;
    if (!(x.given & self)) continue;
    st = least_of(&y, j, x.given & ~self & ~failing, &least[j], err);
    if (failing & self && least[j] < INFINITY) eased.p.limit[j] = least[j];
    failing &= ~self;
  }
  if (st == DYO_OK) st = name_constraints(&x, set, c, err);
  if (st == DYO_OK) st = name_products(&x, set, c, err);
  if (st == DYO_OK) st = say(&x, set, each, least, c, err);
  if (st != DYO_OK) return st;
  out->conflict      = c;
  out->least_budget  = least[DYO_MULTI_BUDGET] < INFINITY ? least[DYO_MULTI_BUDGET] : NAN;
  out->least_storage = least[DYO_MULTI_SPACE] < INFINITY ? least[DYO_MULTI_SPACE] : NAN;
  out->least_orders  = least[DYO_MULTI_ORDERS] < INFINITY ? least[DYO_MULTI_ORDERS] : NAN;
  return DYO_OK;
}
