/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans in whole lots near given prices: single lots are moved until the limits hold, cheapest in the Lagrangian first, then
 * one and two at a time while that saves money; products without lots get the best quantities for what is left. */
#include "inventory/multi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPAIRS = 60, SWEEPS = 20, PAIRED = 96, SWAPS = 200 };

static const double SAVES = 1e-13; /* least saving worth a move, as part of the objective */

typedef struct {
  double rank; /* lower first */
  size_t i;
  double dq; /* one lot up or down */
} move;

typedef struct {
  multi_whole  *w;
  const double *price;
  double       *q;
  multi_totals  sum;
  double        objective;
  move         *moves; /* 2 n */
  size_t        n_moves;
} search;

static int by_rank(const void *a, const void *b)
{
  const move *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  if (x->i != y->i) return x->i < y->i ? -1 : 1;
  return (x->dq > y->dq) - (x->dq < y->dq);
}

/* By how much use and change together miss the limits, summed over the limits in parts of them. */
static double missed(const search *s, const multi_change *c, const multi_change *d)
{
  double sum = 0;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    const double limit = s->w->p->limit[j];
    double       over  = s->sum.used[j] - limit;
    if (!(s->w->keep >> j & 1)) continue;
    if (c) over += c->use[j];
    if (d) over += d->use[j];
    if (over > 1e-12 * limit) sum += over / limit;
  }
  return sum;
}

static bool legal(const search *s, size_t i, double dq)
{
  const double to = s->q[i] + dq, hair = 1e-9 * fabs(dq);
  return to >= s->w->p->lo[i] - hair && to <= s->w->p->hi[i] + hair && to > hair;
}

/* The quantity one lot away, as a whole multiple, so that rounding does not pile up. */
static double moved(const search *s, size_t i, double dq)
{
  return s->w->lot[i] * nearbyint((s->q[i] + dq) / s->w->lot[i]);
}

static multi_change change(const search *s, size_t i, double dq)
{
  return multi_change_of(s->w, i, s->q[i], moved(s, i, dq));
}

/* Change of the Lagrangian. */
static double reduced(const search *s, const multi_change *c)
{
  double v = c->objective;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (s->w->keep >> j & 1) v += s->price[j] * c->use[j];
  return v;
}

static void apply(search *s, size_t i, double dq, const multi_change *c)
{
  s->q[i] = moved(s, i, dq);
  s->objective += c->objective;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) s->sum.used[j] += c->use[j];
}

static void retotal(search *s)
{
  multi_total(s->w->p, s->q, &s->sum);
  s->objective = s->w->what == MULTI_COST ? s->sum.cost : s->sum.used[s->w->what];
}

typedef double (*ranking)(const search *s, const multi_change *c); /* INFINITY: not a candidate */

static void collect(search *s, ranking rank)
{
  s->n_moves = 0;
  for (size_t i = 0; i < s->w->p->n; i++) {
    for (int side = -1; side <= 1 && s->w->lot[i] > 0; side += 2) {
      const double dq = side * s->w->lot[i];
      if (!legal(s, i, dq)) continue;
      const multi_change c = change(s, i, dq);
      const double       r = rank(s, &c);
      if (r < INFINITY) s->moves[s->n_moves++] = (move){r, i, dq};
    }
  }
  qsort(s->moves, s->n_moves, sizeof *s->moves, by_rank);
}

static double rank_repair(const search *s, const multi_change *c)
{
  const double less = missed(s, NULL, NULL) - missed(s, c, NULL);
  return less > 0 ? fmax(reduced(s, c), 0) / less : INFINITY;
}

static double rank_saving(const search *s, const multi_change *c)
{
  return c->objective < -SAVES * fabs(s->objective) && missed(s, c, NULL) == 0 ? c->objective : INFINITY;
}

static double rank_reduced(const search *s, const multi_change *c)
{
  return reduced(s, c);
}

static bool repair(search *s)
{
  for (int round = 0; round < REPAIRS; round++) {
    if (missed(s, NULL, NULL) == 0) return true;
    collect(s, rank_repair);
    if (s->n_moves == 0) return false;
    for (size_t k = 0; k < s->n_moves && missed(s, NULL, NULL) > 0; k++) {
      const move m = s->moves[k];
      if (!legal(s, m.i, m.dq)) continue;
      const multi_change c = change(s, m.i, m.dq);
      if (rank_repair(s, &c) < INFINITY) apply(s, m.i, m.dq, &c);
    }
    retotal(s);
  }
  return false;
}

static void save_singles(search *s)
{
  for (int sweep = 0; sweep < SWEEPS; sweep++) {
    bool any = false;
    collect(s, rank_saving);
    for (size_t k = 0; k < s->n_moves; k++) {
      const move m = s->moves[k];
      if (!legal(s, m.i, m.dq)) continue;
      const multi_change c = change(s, m.i, m.dq);
      if (rank_saving(s, &c) == INFINITY) continue;
      apply(s, m.i, m.dq, &c);
      any = true;
    }
    if (!any) return;
  }
}

/* The best second move for move a among the candidates. Returns its place, or n where no pair saves. */
static size_t best_partner(const search *s, size_t a, size_t n, const multi_change *all)
{
  double best = -SAVES * fabs(s->objective);
  size_t at   = n;
  for (size_t b = 0; b < n; b++) {
    const double gain = all[a].objective + all[b].objective;
    if (s->moves[b].i == s->moves[a].i || gain >= best || missed(s, &all[a], &all[b]) > 0) continue;
    best = gain;
    at   = b;
  }
  return at;
}

/* Two lots at a time among the moves that cost the Lagrangian least. */
static bool save_pairs(search *s)
{
  multi_change all[PAIRED];
  collect(s, rank_reduced);
  const size_t n = s->n_moves < PAIRED ? s->n_moves : PAIRED;
  for (size_t k = 0; k < n; k++) all[k] = change(s, s->moves[k].i, s->moves[k].dq);
  for (size_t a = 0; a < n; a++) {
    const size_t b = best_partner(s, a, n, all);
    if (b == n) continue;
    apply(s, s->moves[a].i, s->moves[a].dq, &all[a]);
    apply(s, s->moves[b].i, s->moves[b].dq, &all[b]);
    return true;
  }
  return false;
}

static void save_money(search *s)
{
  for (int swap = 0; swap < SWAPS; swap++) {
    save_singles(s);
    if (s->objective <= s->w->enough || !save_pairs(s)) break;
  }
  retotal(s);
}

/* A plan better than all before goes into w. */
static void keep_best(search *s)
{
  multi_whole *w = s->w;
  if (missed(s, NULL, NULL) > 0 || !(s->objective < w->objective)) return;
  memcpy(w->q, s->q, w->p->n * sizeof *w->q);
  w->objective = s->objective;
  w->sum       = s->sum;
}

/* Lots first, then the rest, then lots again in what that leaves. */
static void polish(search *s)
{
  double price[DYO_MULTI_LIMITS];
  int    blocked;
  for (int round = 0; round < 3; round++) {
    const double before = s->objective;
    save_money(s);
    if (s->w->rest.p.n == 0) return;
    keep_best(s);
    if (!multi_rest_fit(s->w, s->q, price, &blocked)) return;
    retotal(s);
    if (!(s->objective < before)) return;
  }
}

dyo_status multi_search(multi_whole *w, const double price[DYO_MULTI_LIMITS], double *q, dyo_err *err)
{
  search s = {.w = w, .price = price, .q = q};
  double unused[DYO_MULTI_LIMITS];
  int    blocked;
  if (!w->moves) w->moves = dyo_alloc(w->ctx, 2 * w->p->n, sizeof(move));
  if (!w->moves) return dyo_oom(err);
  s.moves = w->moves;
  if (w->rest.p.n > 0) multi_rest_fit(w, q, unused, &blocked);
  retotal(&s);
  if (!repair(&s)) return DYO_OK;
  polish(&s);
  keep_best(&s);
  return DYO_OK;
}
