/* SPDX-License-Identifier: GPL-3.0-or-later */
/* close.c - what good prices tell: which arcs no better plan has, which are worth trying, and a first plan. */
#include "staffing/engine.h"

#include <string.h>

#define EAGER 9 / 8 /* a head still asked for is worth a little more than its price, so that few are left over */

bool closing_done(const closing *c)
{
  int           lack;
  int64_t       hours;
  const int64_t cost = search_best(c->s, &lack, &hours);
  if (lack > c->lack || hours || c->low == INT64_MIN) return false;
  return (double)(cost - c->low) <= c->gap * (double)(cost < 0 ? -cost : cost);
}

bool closing_price(closing *c, int64_t limit)
{
  bound        *b = c->b;
  const engine *e = c->e;
  memcpy(b->price, b->top, (size_t)e->n_demands * sizeof *b->price);
  bound_prices(b);
  for (int p = 0; p < e->n_people; p++) {
    const int     lo = e->first[p];
    const int64_t v  = price_hours(b->w, p, b->g + lo, b->take + lo, &b->n_take[p]);
    if (v == INT64_MAX) return false;
    price_extra(b->w, p, b->g + lo, v, limit, c->extra + lo);
    if (dyo_poll(e->ctx, b->shown, "rosters") != DYO_RUN_ON) return false;
  }
  return true;
}

/* What a plan may cost above the bound's value to be better than the best one, in units of the bound. */
static int64_t room(const closing *c)
{
  int           lack;
  int64_t       hours;
  const int64_t cost = search_best(c->s, &lack, &hours) - c->e->unit;
  const bound  *b    = c->b;
  if (lack > c->lack || hours || b->best == INT64_MIN) return INT64_MAX / 2;
  return (b->up > 1 ? cost * b->up : cost / b->down + 1) - b->best;
}

void closing_pool(closing *c, int64_t limit)
{
  engine       *e    = c->e;
  const int64_t most = room(c), up = limit * c->b->up / c->b->down;
  if (!closing_price(c, (up < most ? up : most) + 1)) return;
  search_plan(c->s, c->on);
  for (int a = 0; a < e->n_arcs; a++) {
    if (e->mode[a] == ARC_FREE && !c->on[a] && c->extra[a] > most) e->mode[a] = ARC_OUT;
    c->on[a] = c->extra[a] <= up;
  }
  search_pool(c->s, c->on);
}

/* Prices for one person when `heads` are there already. */
static void left_over(const closing *c, int p)
{
  const engine *e = c->e;
  bound        *b = c->b;
  for (int a = e->first[p]; a < e->first[p + 1]; a++) {
    int64_t g    = bound_scaled(b, e->cost[a]);
    bool    full = false;
    for (int k = e->ask_at[a]; k < e->ask_at[a + 1]; k++) {
      const engine_demand *d = &e->demands[e->ask[k]];
      const int            n = c->heads[e->ask[k]];
      full                   = full || n >= d->most;
      if (n < d->need && g > -b->highest) g -= (int64_t)b->top[e->ask[k]] * EAGER;
    }
    b->g[a] = full && e->mode[a] != ARC_IN ? PRICE_MOST / 64 : (int32_t)g;
  }
}

static bool is_full(const closing *c, int arc)
{
  const engine *e = c->e;
  for (int k = e->ask_at[arc]; k < e->ask_at[arc + 1]; k++)
    if (c->heads[e->ask[k]] >= e->demands[e->ask[k]].most) return e->mode[arc] != ARC_IN;
  return false;
}

/* Rules that the pricing does not know forbid the arc beside those kept. */
static bool forbidden(const closing *c, int p, const int *kept, int n, int arc)
{
  const engine *e    = c->e;
  int          *list = c->list, at = 0;
  if (!e->people[p].rules) return false;
  for (int k = 0; k <= n; k++) { /* in order */
    const int t = e->shift[k < n ? kept[k] : arc];
    for (at = k; at > 0 && list[at - 1] > t; at--) list[at] = list[at - 1];
    list[at] = t;
  }
  return engine_forbids(e, p, list, n + 1);
}

/* The pricing may relax what it cannot tell apart: keep of the arcs what a person can really work. */
static bool can_add(const closing *c, int p, const int *kept, int n, int arc)
{
  const engine        *e     = c->e;
  const roster_person *who   = e->people[p].p;
  int                  hours = e->hours[arc], week = hours;
  for (int k = 0; k < n; k++) {
    hours += e->hours[kept[k]];
    if (e->m->shifts[e->shift[kept[k]]].day / 7 == e->m->shifts[e->shift[arc]].day / 7) week += e->hours[kept[k]];
    if (engine_clash(e, p, e->shift[kept[k]], e->shift[arc])) return false;
  }
  return hours <= who->hours_most && week <= who->week_most && !forbidden(c, p, kept, n, arc);
}

static int keep_roster(const closing *c, int p, int *take, int n)
{
  int kept = 0;
  for (int pass = 0; pass < 2; pass++) /* what must be comes first */
    for (int k = kept; k < n; k++) {
      const int arc = take[k];
      if ((c->e->mode[arc] == ARC_IN) != (pass == 0) || is_full(c, arc) || !can_add(c, p, take, kept, arc)) continue;
      take[k]      = take[kept];
      take[kept++] = arc;
    }
  return kept;
}

void closing_take(closing *c)
{
  const engine *e = c->e;
  memset(c->heads, 0, (size_t)e->n_demands * sizeof *c->heads);
  for (int a = 0; a < e->n_arcs; a++)
    for (int k = e->ask_at[a]; c->on[a] && k < e->ask_at[a + 1]; k++)
      if (++c->heads[e->ask[k]] > e->demands[e->ask[k]].most) return;
  for (int p = 0; p < e->n_people; p++) {
    int *take = c->b->take + e->first[p], n = 0;
    for (int a = e->first[p]; a < e->first[p + 1]; a++)
      if (c->on[a]) take[n++] = a;
    for (int k = 0; k < n && (!e->people[p].flat || e->people[p].rules); k++)
      if (!can_add(c, p, take, k, take[k])) return;
  }
  search_set(c->s, c->on);
}

void closing_seed(closing *c)
{
  const engine *e = c->e;
  bound        *b = c->b;
  memset(c->on, 0, (size_t)e->n_arcs);
  memset(c->heads, 0, (size_t)e->n_demands * sizeof *c->heads);
  for (int a = 0; a < e->n_arcs; a++) /* what must be has its place before others come */
    for (int j = e->ask_at[a]; e->mode[a] == ARC_IN && j < e->ask_at[a + 1]; j++) c->heads[e->ask[j]]++;
  for (int p = 0; p < e->n_people; p++) {
    int *take = b->take + e->first[p], n = 0;
    left_over(c, p);
    if (price_hours(b->w, p, b->g + e->first[p], take, &n) == INT64_MAX) n = 0;
    n = keep_roster(c, p, take, n);
    for (int k = 0; k < n; k++) {
      c->on[take[k]] = 1;
      for (int j = e->ask_at[take[k]]; e->mode[take[k]] != ARC_IN && j < e->ask_at[take[k] + 1]; j++)
        c->heads[e->ask[j]]++;
    }
  }
  search_set(c->s, c->on);
}
