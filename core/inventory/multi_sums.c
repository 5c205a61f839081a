/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass over the products: the Lagrangian of the multi-product order sizes and its derivatives in the prices.
 * With A_i = w order_i + nu demand_i and G_i = w hold_i + lambda money_i + mu space_i the minimiser of A/q + G q is
 * q_i = sqrt(A_i / G_i), cut to its bounds (Hadley & Whitin 1963, section 2-9). Sums go block by block, so that rounding
 * grows with the number of blocks and not of products. */
#include "inventory/multi.h"

#include <math.h>

enum { BLOCK = 256 };

/* A product that nothing holds back orders once in this many years (times the products there are). */
static const double SELDOM = 1e9;
/* Lots this near to a bound, as part of it, are at it. */
static const double HAIR = 1e-12;

unsigned multi_given(const dyo_multi_eoq *p)
{
  unsigned given = 0;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (p->limit[j] < INFINITY) given |= 1u << j;
  return given;
}

static void add_sums(multi_sums *to, const multi_sums *s)
{
  to->value += s->value;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) to->use[j] += s->use[j];
  for (int j = 0; j < 6; j++) to->curve[j] += s->curve[j];
}

static bool plain(const dyo_multi_eoq *p, double weight)
{
  return !p->lo && !p->hi && weight == 1 && p->limit[DYO_MULTI_ORDERS] == INFINITY;
}

static inline double plain_choice(const dyo_multi_eoq *p, const double *price, size_t i)
{
  double g = p->hold[i];
  if (p->unit[0]) g += price[0] * p->unit[0][i];
  if (p->unit[1]) g += price[1] * p->unit[1][i];
  return sqrt(p->order[i] / g);
}

/* No bounds and no limit on orders: value 2 G q; d use_r / d price_s = -unit_r unit_s q / (2 G). A resource that is
 * not there reads the other's numbers at price 0. */
static void plain_block(const dyo_multi_eoq *p, const double *price, size_t from, size_t to, multi_sums *s)
{
  const double *order = p->order, *hold = p->hold;
  const double *a  = p->unit[0] ? p->unit[0] : p->unit[1] ? p->unit[1] : hold;
  const double *b  = p->unit[1] ? p->unit[1] : a;
  const double  la = price[0], lb = price[1];
  double        q[BLOCK], t[BLOCK];
  double        v = 0, ua = 0, ub = 0, aa = 0, ab = 0, bb = 0;
  for (size_t i = from; i < to; i++) {
    const double r = 1.0 / (hold[i] + la * a[i] + lb * b[i]);
    q[i - from]    = sqrt(order[i] * r);
    t[i - from]    = q[i - from] * r;
  }
  for (size_t i = from; i < to; i++) {
    const double qi = q[i - from], at = a[i] * t[i - from], bt = b[i] * t[i - from];
    v += hold[i] * qi;
    ua += a[i] * qi;
    ub += b[i] * qi;
    aa += a[i] * at;
    ab += a[i] * bt;
    bb += b[i] * bt;
  }
  s->value    = 2 * (v + la * ua + lb * ub);
  s->use[0]   = ua;
  s->use[1]   = ub;
  s->use[2]   = 0;
  s->curve[0] = aa / 2;
  s->curve[1] = ab / 2;
  s->curve[2] = bb / 2;
  s->curve[3] = s->curve[4] = s->curve[5] = 0;
}

typedef struct {
  const dyo_multi_eoq *p;
  const double        *price;
  double               weight, rare, seldom; /* rare: lo as years of demand; seldom: hi likewise where hi is INFINITY */
} formula;

static formula formula_of(const dyo_multi_eoq *p, double weight, const double *price)
{
  formula f = {p, price, weight, 0, SELDOM * (double)p->n};
  /* demand/q <= limit for each product alone; half of it never binds and keeps q off 0 */
  if (p->limit[DYO_MULTI_ORDERS] < INFINITY && p->limit[DYO_MULTI_ORDERS] > 0)
    f.rare = 0.5 / p->limit[DYO_MULTI_ORDERS];
  return f;
}

static inline double lowest(const formula *f, size_t i)
{
  const double lo = f->p->lo ? f->p->lo[i] : 0.0, rare = f->p->demand ? f->p->demand[i] * f->rare : 0.0;
  return lo > rare ? lo : rare;
}

typedef struct {
  double q, g, a; /* quantity, G and A */
  bool   inside;  /* strictly between the bounds */
} choice;

static inline choice choose(const formula *f, size_t i)
{
  const dyo_multi_eoq *p = f->p;
  const double         d = p->demand ? p->demand[i] : 0.0, lo = lowest(f, i);
  choice               c;
  double               hi = p->hi ? p->hi[i] : INFINITY;
  c.a                     = f->weight * p->order[i] + f->price[2] * d;
  c.g                     = f->weight * p->hold[i];
  if (p->unit[0]) c.g += f->price[0] * p->unit[0][i];
  if (p->unit[1]) c.g += f->price[1] * p->unit[1][i];
  if (hi == INFINITY && !(c.g > 0)) hi = lo > d * f->seldom ? lo : d * f->seldom;
  c.q      = c.g > 0 ? sqrt(c.a / c.g) : hi;
  c.inside = c.q > lo && c.q < hi;
  if (c.q < lo) c.q = lo;
  if (c.q > hi) c.q = hi;
  return c;
}

/* Everything may be there. With o = demand/q: d use_r / d nu = unit_r o / (2 G), d orders / d nu = -o^2 / (2 G q). */
static void full_block(const formula *f, size_t from, size_t to, multi_sums *s)
{
  const dyo_multi_eoq *p = f->p;
  *s                     = (multi_sums){0};
  for (size_t i = from; i < to; i++) {
    const choice c  = choose(f, i);
    const double iq = 1 / c.q, o = p->demand ? p->demand[i] * iq : 0;
    const double a = p->unit[0] ? p->unit[0][i] : 0, b = p->unit[1] ? p->unit[1][i] : 0;
    const double t = c.inside ? 0.5 / c.g : 0, at = a * t, bt = b * t, ot = o * t;
    s->value += c.a * iq + c.g * c.q;
    s->use[0] += a * c.q;
    s->use[1] += b * c.q;
    s->use[2] += o;
    s->curve[0] += a * at * c.q;
    s->curve[1] += a * bt * c.q;
    s->curve[2] += b * bt * c.q;
    s->curve[3] -= a * ot;
    s->curve[4] -= b * ot;
    s->curve[5] += o * ot * iq;
  }
}

void multi_pass(const dyo_multi_eoq *p, double weight, const double price[DYO_MULTI_LIMITS], multi_sums *s)
{
  const formula f    = formula_of(p, weight, price);
  const bool    easy = plain(p, weight);
  multi_sums    part;
  *s = (multi_sums){0};
  for (size_t i = 0; i < p->n; i += BLOCK) {
    const size_t end = i + BLOCK < p->n ? i + BLOCK : p->n;
    if (easy) plain_block(p, price, i, end, &part);
    else full_block(&f, i, end, &part);
    add_sums(s, &part);
  }
}

void multi_quantities(const dyo_multi_eoq *p, const double price[DYO_MULTI_LIMITS], double keep, double *q,
                      multi_totals *sum)
{
  const formula f = formula_of(p, 1, price);
  if (plain(p, 1))
    for (size_t i = 0; i < p->n; i++) q[i] = keep * plain_choice(p, price, i);
  else
    for (size_t i = 0; i < p->n; i++) q[i] = choose(&f, i).q;
  if (keep < 1 && !plain(p, 1))
    for (size_t i = 0; i < p->n; i++) q[i] = lowest(&f, i) + keep * (q[i] - lowest(&f, i));
  multi_total(p, q, sum);
}

void multi_blend(const dyo_multi_eoq *p, const double *price, const double *safe, double t, double *q)
{
  const formula f = formula_of(p, 1, price);
  formula       g = formula_of(p, 0, safe);
  if (g.rare > 0)
    g.seldom = 2e4 * (double)p->n * g.rare; /* takes a ten-thousandth of the limit on orders, at no absurd quantity */
  for (size_t i = 0; i < p->n; i++) {
    const double a = choose(&f, i).q;
    q[i]           = a + t * (choose(&g, i).q - a);
  }
}

static void total_block(const dyo_multi_eoq *p, const double *q, size_t from, size_t to, multi_totals *sum)
{
  double cost = 0, used[DYO_MULTI_LIMITS] = {0};
  for (size_t i = from; i < to; i++) cost += p->order[i] / q[i] + p->hold[i] * q[i];
  for (int j = 0; j < DYO_MULTI_ORDERS; j++)
    for (size_t i = from; p->unit[j] && i < to; i++) used[j] += p->unit[j][i] * q[i];
  for (size_t i = from; p->demand && i < to; i++) used[DYO_MULTI_ORDERS] += p->demand[i] / q[i];
  sum->cost += cost;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) sum->used[j] += used[j];
}

void multi_total(const dyo_multi_eoq *p, const double *q, multi_totals *sum)
{
  *sum = (multi_totals){0};
  for (size_t i = 0; i < p->n; i += BLOCK) total_block(p, q, i, i + BLOCK < p->n ? i + BLOCK : p->n, sum);
}

/* Of the two lots around the continuous minimiser, the better: f(x) = A/x + G x falls from x to y > x where A > G x y. */
static double whole_choice(const choice *c, double lot, double lo, double hi)
{
  const double m = floor(c->q / lot * (1 + HAIR)), below = lot * m, above = lot * (m + 1);
  if (below < lo * (1 - HAIR)) return lo;
  if (above > hi * (1 + HAIR)) return below;
  return c->a > c->g * below * above ? above : below;
}

void multi_whole_pass(const dyo_multi_eoq *p, const double *lot, double weight, const double price[DYO_MULTI_LIMITS],
                      double *q, multi_sums *sum)
{
  const formula f = formula_of(p, weight, price);
  *sum            = (multi_sums){0};
  for (size_t from = 0; from < p->n; from += BLOCK) {
    const size_t to   = from + BLOCK < p->n ? from + BLOCK : p->n;
    multi_sums   part = {0};
    for (size_t i = from; i < to; i++) {
      const choice c = choose(&f, i);
      const double x = lot[i] > 0 ? whole_choice(&c, lot[i], p->lo[i], p->hi[i]) : c.q;
      if (q) q[i] = x;
      part.value += c.a / x + c.g * x;
      for (int j = 0; j < DYO_MULTI_ORDERS; j++) part.use[j] += p->unit[j] ? p->unit[j][i] * x : 0;
      part.use[DYO_MULTI_ORDERS] += p->demand[i] / x;
    }
    add_sums(sum, &part);
  }
}
