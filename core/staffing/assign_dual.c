/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prices of tasks that make the bound large: subgradient steps (Held, Wolfe & Crowder 1974) with a share of the last direction kept. */
#include "staffing/assign.h"

#include <math.h>
#include <string.h>

/* How many people too few hold the task: the slope of the bound in its price. */
static int slope(const assign_state *s, size_t j)
{
  if (s->settled[j]) return 0;
  const int g = 1 - s->held[j];
  return g > 0 && !s->must[j] && s->price[j] >= s->skip[j] ? 0 : g;
}

static void keep(const assign_state *s, int64_t *best)
{
  memcpy(best, s->price, s->p->n_tasks * sizeof *best);
}

/* Where many prices change it is quicker to value everybody than to look who must be. */
static void set_prices(assign_state *s, const int64_t *price)
{
  const size_t n       = s->p->n_tasks;
  size_t       changed = 0;
  for (size_t j = 0; j < n; j++) changed += price[j] != s->price[j];
  if (changed * 16 < n) {
    for (size_t j = 0; j < n; j++) assign_price_set(s, (int)j, price[j]);
    return;
  }
  for (size_t j = 0; j < n; j++) s->price[j] = s->must[j] || price[j] < s->skip[j] ? price[j] : s->skip[j];
  memset(s->stale, 1, s->p->n_people);
}

static double direction(const assign_state *s, const assign_ascent *how, double *dir)
{
  double norm = 0;
  for (size_t j = 0; j < s->p->n_tasks; j++) {
    dir[j] = slope(s, j) + how->drag * dir[j];
    norm += dir[j] * dir[j];
  }
  return norm;
}

static bool level(const assign_state *s)
{
  for (size_t j = 0; j < s->p->n_tasks; j++)
    if (slope(s, j) != 0) return false;
  return true;
}

static void walk(assign_state *s, double length, const double *dir, int64_t *next)
{
  for (size_t j = 0; j < s->p->n_tasks; j++) {
    next[j] = s->price[j];
    if (dir[j] == 0 || s->settled[j]) continue;
    double move = length * dir[j];
    if (fabs(move) < 1 && slope(s, j) != 0) move = dir[j] > 0 ? 1 : -1;
    next[j] += (int64_t)floor(move + 0.5);
  }
  set_prices(s, next);
}

dyo_status assign_climb(assign_state *s, const assign_ascent *how, dyo_err *err)
{
  const size_t n    = s->p->n_tasks;
  int64_t     *best = s->kept, top = INT64_MIN;
  double      *dir = s->direction, step = how->step;
  int          idle = 0;
  dyo_status   st   = DYO_OK;
  memset(dir, 0, n * sizeof *dir);
  keep(s, best);
  for (int round = 0; round < how->rounds && st == DYO_OK && !assign_over(s->w); round++) {
    st = assign_value(s, err);
    if (s->bound > top) {
      idle = 0;
      top  = s->bound;
      keep(s, best);
    } else if (++idle >= how->patience) {
      idle = 0;
      step *= how->shrink;
      if (step < how->least) break;
      set_prices(s, best);
      memset(dir, 0, n * sizeof *dir);
      continue;
    }
    if (top > how->enough || level(s)) break;
    const double norm  = direction(s, how, dir);
    const double apart = (double)how->target - (double)s->bound;
    walk(s, step * (apart > 1 ? apart : 1) / (norm > 0 ? norm : 1), dir, s->next);
  }
  set_prices(s, best);
  if (st == DYO_OK) st = assign_value(s, err);
  if (s->bound < top) s->bound = top; /* a stop left it without */
  return st;
}
