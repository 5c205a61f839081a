/* SPDX-License-Identifier: GPL-3.0-or-later */
/* price_hours.c - the cheapest roster of one person whose rules are hours, rest and overlap, by dynamic programming.
 *
 * Shifts are taken in order of their end; those that may come before shift i are then the first before(i) of the list. With f_i(h) the
 * least cost of a roster among the first i shifts that uses h hours,
 *   f_i(h) = min( f_{i-1}(h),  f_{before(i)}(h - hours_i) + g_i ).
 * Where only an upper limit counts, f_i(h) is "at most h hours" and f_0 = 0. Where weeks count, each week has its own f, which begins at
 * the best of what the weeks before it cost; "no shift in this week yet" is kept beside f, so that the last shift of one week and the
 * first of the next are told apart exactly. Where the horizon has limits on top of weeks, it is relaxed by a price on hours: for any slope
 * s and convex cost phi of the total T, min(cost + phi(T)) >= min(cost + s T) + min over T of (phi(T) - s T). */
#include "staffing/engine.h"

#include <stdlib.h>
#include <string.h>

#define NONE  (PRICE_MOST * 2) /* cost of what cannot be */
#define TILTS 6                /* slopes tried in a call */

struct pricer {
  const engine *e;
  int64_t       up, down;
  int32_t     **row;           /* per arc and period: f_i */
  int32_t     **back;          /* the same from the other end */
  int32_t      *cells, *spare; /* what the rows point into */
  int32_t      *blank;         /* a row of NONE */
  int32_t      *once;  /* per arc and period: the least with the week closed after i shifts, some shift worked */
  int32_t      *none;  /* per period: nothing worked up to its end */
  int32_t      *table; /* per period: what its hours cost */
  int32_t      *tilt;  /* per person: price of an hour where the horizon is relaxed */
  int32_t      *g;     /* a person's prices with the tilt */
  int          *trial;
};

static int32_t least(int32_t a, int32_t b)
{
  return a < b ? a : b;
}

static int32_t scaled(const pricer *w, int64_t cost)
{
  const int64_t most = PRICE_MOST / 4;
  if (cost > most) cost = most; /* a lower cost keeps the bound */
  const int64_t v = w->up > 1 ? cost * w->up : cost / w->down;
  return (int32_t)(v > most ? most : v);
}

/* to[h] = min(old[h], from[h] + g) */
static void take_row(int32_t *restrict to, const int32_t *restrict old, const int32_t *restrict from, int32_t g, int n)
{
  for (int h = 0; h < n; h++) {
    const int32_t a = from[h] + g, b = old[h];
    to[h] = a < b ? a : b;
  }
}

static int hours_of(const engine *e, int person, int arc)
{
  return e->people[person].counted ? e->hours[arc] : 0;
}

pricer *pricer_new(const engine *e, int64_t up, int64_t down)
{
  size_t  arcs = 0, cells = 0, width = 0, table = 0;
  pricer *w = DYO_NEW(e->ctx, 1, pricer);
  for (int p = 0; p < e->n_people; p++) {
    const engine_person *who = &e->people[p];
    const size_t         n   = (size_t)(e->first[p + 1] - e->first[p] + who->n_periods + 2);
    const size_t         own = (size_t)who->width + 1;
    if (n > arcs) arcs = n;
    if (n * own > cells) cells = n * own;
    if (own > width) width = own;
    if (own * (size_t)who->n_periods > table) table = own * (size_t)who->n_periods;
  }
  if (!w) return NULL;
  *w = (pricer){.e     = e,
                .up    = up,
                .down  = down,
                .row   = DYO_NEW(e->ctx, arcs + 1, int32_t *),
                .back  = DYO_NEW(e->ctx, arcs + 1, int32_t *),
                .cells = DYO_NEW(e->ctx, cells + 1, int32_t),
                .spare = DYO_NEW(e->ctx, cells + 1, int32_t),
                .blank = DYO_NEW(e->ctx, width + 1, int32_t),
                .once  = DYO_NEW(e->ctx, arcs + 1, int32_t),
                .none  = DYO_NEW(e->ctx, (size_t)e->n_weeks + 2, int32_t),
                .table = DYO_NEW(e->ctx, table + 1, int32_t),
                .tilt  = DYO_NEW(e->ctx, (size_t)e->n_people + 1, int32_t),
                .g     = DYO_NEW(e->ctx, arcs + 1, int32_t),
                .trial = DYO_NEW(e->ctx, arcs + 1, int)};
  if (!w->row || !w->cells || !w->blank || !w->once || !w->none || !w->table || !w->tilt || !w->g || !w->back ||
      !w->spare || !w->trial)
    return NULL;
  for (size_t h = 0; h <= width; h++) w->blank[h] = NONE;
  return w;
}

/* ---- the short way: one upper limit on hours ---- */

static int64_t flat_pass(pricer *w, int person, const int32_t *g)
{
  const engine *e  = w->e;
  const int     lo = e->first[person], n = e->first[person + 1] - lo, width = e->people[person].width;
  int32_t      *cell = w->cells;
  memset(cell, 0, ((size_t)width + 1) * sizeof *cell);
  w->row[0] = cell;
  for (int i = 0; i < n; i++) {
    const int     d = hours_of(e, person, lo + i), mode = e->mode[lo + i];
    const int32_t c = g[i];
    w->row[i + 1]   = w->row[i];
    if (mode == ARC_OUT || (mode == ARC_FREE && (c >= 0 || d > width))) continue;
    cell += width + 1;
    const int32_t *old = mode == ARC_IN ? w->blank : w->row[i];
    memcpy(cell, old, (size_t)(d <= width ? d : width + 1) * sizeof *cell);
    if (d <= width) take_row(cell + d, old + d, w->row[e->before[lo + i]], c, width + 1 - d);
    w->row[i + 1] = cell;
  }
  return w->row[n][width];
}

static int flat_trace(const pricer *w, int person, int *take)
{
  const engine *e  = w->e;
  const int     lo = e->first[person];
  int           h = e->people[person].width, n = 0;
  for (int i = e->first[person + 1] - lo; i > 0;) {
    if (e->mode[lo + i - 1] != ARC_IN && w->row[i][h] == w->row[i - 1][h]) {
      i--;
      continue;
    }
    take[n++] = lo + i - 1;
    h -= hours_of(e, person, lo + i - 1);
    i = e->before[lo + i - 1];
  }
  return n;
}

/* f from the end of the horizon: back[k + 1] is of the k + 1 shifts that begin last. */
static void flat_back(pricer *w, int person, const int32_t *g)
{
  const engine *e  = w->e;
  const int     lo = e->first[person], n = e->first[person + 1] - lo, width = e->people[person].width;
  int32_t      *cell = w->spare;
  memset(cell, 0, ((size_t)width + 1) * sizeof *cell);
  w->back[0] = cell;
  for (int k = 0; k < n; k++) {
    const int i = e->by_start[lo + k], d = hours_of(e, person, lo + i), mode = e->mode[lo + i];
    w->back[k + 1] = w->back[k];
    if (mode == ARC_OUT || (mode == ARC_FREE && (g[i] >= 0 || d > width))) continue;
    cell += width + 1;
    const int32_t *old = mode == ARC_IN ? w->blank : w->back[k];
    memcpy(cell, old, (size_t)(d <= width ? d : width + 1) * sizeof *cell);
    if (d <= width) take_row(cell + d, old + d, w->back[e->behind[lo + i]], g[i], width + 1 - d);
    w->back[k + 1] = cell;
  }
}

/* min over h = 0 .. n of a[h] + b[n - h] */
static int32_t meet(const int32_t *restrict a, const int32_t *restrict b, int n)
{
  int32_t best = NONE;
  for (int h = 0; h <= n; h++) {
    const int32_t v = a[h] + b[n - h];
    best            = v < best ? v : best;
  }
  return best;
}

void price_extra(pricer *w, int person, const int32_t *g, int64_t lowest, int64_t limit, int32_t *extra)
{
  const engine *e  = w->e;
  const int     lo = e->first[person], n = e->first[person + 1] - lo, width = e->people[person].width;
  memset(extra, 0, (size_t)n * sizeof *extra);
  if (!e->people[person].flat) return;
  flat_back(w, person, g);
  for (int i = 0; i < n; i++) {
    const int room = width - hours_of(e, person, lo + i);
    if (e->mode[lo + i] == ARC_OUT || room < 0) {
      extra[i] = INT32_MAX;
      continue;
    }
    const int32_t *a = w->row[e->before[lo + i]], *b = w->back[e->behind[lo + i]];
    int64_t        v = (int64_t)a[room] + b[room] + g[i] - lowest;
    if (v < limit) v = (int64_t)meet(a, b, room) + g[i] - lowest;
    extra[i] = v < 0 ? 0 : v > PRICE_MOST ? INT32_MAX : (int32_t)v;
  }
}

/* ---- the long way: weeks, leasts, costs on top ---- */

typedef struct {
  pricer        *w;
  const int32_t *g;
  int            person, width;
  int            lo, n, base; /* arcs of the period, and where its rows and `once` begin */
  int            last;        /* base of the period before */
  const int32_t *table;
  int32_t        before; /* least cost of all before this period, some shift worked */
  int32_t        none;   /* the same, none worked */
  bool           skip;   /* arcs that cost are never worth taking */
} week;

static void fill_table(pricer *w, int person)
{
  const engine        *e   = w->e;
  const engine_person *who = &e->people[person];
  for (int k = 0; k < who->n_periods; k++)
    for (int h = 0; h <= who->width; h++) {
      int64_t cost = e->n_weeks > who->n_periods ? 0 : engine_period_terms(e, person, h, 7 * k + 7 <= e->m->n_days);
      if (who->n_periods == 1) cost += engine_horizon_terms(e, person, h);
      w->table[k * (who->width + 1) + h] = scaled(w, cost);
    }
}

/* The first shift of a period comes after the best of the periods before it. */
static int32_t entry(const week *t, int arc, bool forced)
{
  const engine *e = t->w->e;
  if (forced) return NONE;
  const int32_t some = t->last >= 0 ? t->w->once[t->last + e->earlier[arc]] : NONE;
  const int32_t first =
    t->none < PRICE_MOST ? t->none + scaled(t->w, e->shortage ? 0 : e->people[t->person].p->used) : NONE;
  return least(some, first);
}

static int32_t close_week(const week *t, const int32_t *row, bool forced)
{
  int32_t best = forced || t->before >= PRICE_MOST ? NONE : t->before + t->table[0];
  for (int h = 0; h <= t->width; h++) best = row[h] < PRICE_MOST ? least(best, row[h] + t->table[h]) : best;
  return best;
}

/* Rows and closings of one period; returns the next free cell. needed: closings from this many shifts on are asked for. */
static int32_t *week_pass(week *t, int32_t *cell, int needed, bool *forced)
{
  pricer       *w  = t->w;
  const engine *e  = w->e;
  *forced          = false;
  w->row[t->base]  = w->blank;
  w->once[t->base] = close_week(t, w->blank, false);
  for (int i = 0; i < t->n; i++) {
    const int     a = t->lo + i, d = hours_of(e, t->person, a), mode = e->mode[a];
    const int32_t g          = t->g[a - e->first[t->person]];
    int32_t     **row        = &w->row[t->base + i + 1];
    *row                     = row[-1];
    w->once[t->base + i + 1] = w->once[t->base + i];
    if (mode == ARC_IN || (mode == ARC_FREE && !(t->skip && g >= 0) && d <= t->width)) {
      const int32_t *old = mode == ARC_IN ? w->blank : row[-1];
      memcpy(cell, old, ((size_t)t->width + 1) * sizeof *cell);
      if (d <= t->width) {
        const int32_t first = entry(t, a, *forced);
        take_row(cell + d, old + d, w->row[t->base + e->before[a]], g, t->width + 1 - d);
        if (first < PRICE_MOST) cell[d] = least(cell[d], first + g);
      }
      *row = cell;
      cell += t->width + 1;
    }
    *forced = *forced || mode == ARC_IN;
    if (i + 1 >= needed && (*row != row[-1] || mode == ARC_IN || i + 1 == needed))
      w->once[t->base + i + 1] = close_week(t, *row, *forced);
  }
  return cell;
}

/* From how many shifts of period k on the next period asks for closings. */
static int needed_of(const engine *e, int person, int k)
{
  const int *period = e->period + e->period_at[person];
  int        needed = period[k + 1] - period[k];
  if (k + 1 >= e->people[person].n_periods) return needed;
  for (int a = period[k + 1]; a < period[k + 2]; a++)
    if (e->earlier[a] < needed) needed = e->earlier[a];
  return needed;
}

static int64_t weeks_pass(pricer *w, int person, const int32_t *g)
{
  const engine        *e      = w->e;
  const engine_person *who    = &e->people[person];
  const int           *period = e->period + e->period_at[person];
  int32_t             *cell   = w->cells;
  week                 t      = {.w = w, .g = g, .person = person, .width = who->width, .last = -1, .before = NONE};
  t.skip                      = who->rising || (who->sloped && who->p->week_least <= 0 && who->p->used >= 0);
  fill_table(w, person);
  for (int k = 0; k < who->n_periods; k++) {
    bool forced = false;
    t.lo        = period[k];
    t.n         = period[k + 1] - t.lo;
    t.base      = t.lo - e->first[person] + k;
    t.table     = w->table + k * (who->width + 1);
    cell        = week_pass(&t, cell, needed_of(e, person, k), &forced);
    t.none      = forced || t.none >= PRICE_MOST ? NONE : t.none + t.table[0];
    t.before    = w->once[t.base + t.n];
    t.last      = t.base;
    w->none[k]  = t.none;
  }
  return least(t.before, t.none);
}

/* The arcs of the best roster, last first. Periods are walked back; `to` is how many shifts of period k may still come. */
static int weeks_trace(const pricer *w, int person, const int32_t *g, int *take)
{
  const engine        *e      = w->e;
  const engine_person *who    = &e->people[person];
  const int           *period = e->period + e->period_at[person];
  int                  k = who->n_periods - 1, n = 0, to = period[k + 1] - period[k];
  const int32_t        used = scaled(w, e->shortage ? 0 : who->p->used);
  if (w->none[k] <= w->once[period[k] - e->first[person] + k + to]) return 0;
  while (k >= 0) {
    const int      base  = period[k] - e->first[person] + k;
    const int32_t *table = w->table + k * (who->width + 1), *row = w->row[base + to];
    int            h = 0;
    while (h <= who->width && (row[h] >= PRICE_MOST || row[h] + table[h] != w->once[base + to])) h++;
    if (h > who->width) { /* no shift in this period */
      k--;
      if (k >= 0) to = period[k + 1] - period[k];
      continue;
    }
    for (int i = to; i > 0;) {
      const int a = period[k] + i - 1;
      if (e->mode[a] != ARC_IN && w->row[base + i][h] == w->row[base + i - 1][h]) {
        i--;
        continue;
      }
      const int     d = hours_of(e, person, a);
      const int32_t c = g[a - e->first[person]], v = w->row[base + i][h];
      take[n++] = a;
      if (w->row[base + e->before[a]][h - d] + c == v) {
        h -= d;
        i = e->before[a];
        continue;
      }
      if (k == 0 || (w->none[k - 1] < PRICE_MOST && w->none[k - 1] + used + c == v)) return n;
      to = e->earlier[a];
      break;
    }
    k--;
  }
  return n;
}

/* ---- the horizon relaxed by a price on hours ---- */

static int64_t horizon_cost(const pricer *w, int person, int hours)
{
  return scaled(w, engine_horizon_terms(w->e, person, hours));
}

/* min over T of phi(T) - slope T, and the T it is at: phi is convex and bends only at the limits and the fair share. */
static int64_t horizon_least(const pricer *w, int person, int64_t slope, int most, int *at)
{
  const roster_person *p    = w->e->people[person].p;
  const int            hi   = p->hours_most < most ? p->hours_most : most;
  const int            c[4] = {0, p->hours_least, p->fair_hours, hi};
  int64_t              best = INT64_MAX;
  for (int k = 0; k < 4; k++) {
    const int     t = c[k] < 0 ? 0 : c[k] > hi ? hi : c[k];
    const int64_t v = horizon_cost(w, person, t) - slope * t;
    if (v < best) {
      best = v;
      *at  = t;
    }
  }
  return best;
}

static int64_t sloped(pricer *w, int person, const int32_t *g, int *take, int *n_take)
{
  const engine *e  = w->e;
  const int     lo = e->first[person], n = e->first[person + 1] - lo;
  int64_t       best = INT64_MIN, slope = w->tilt[person], low = -PRICE_MOST / 64, high = PRICE_MOST / 64, step = 0;
  int           most = 0;
  for (int i = 0; i < n; i++) {
    const int64_t per = (int64_t)abs(g[i]) / (e->hours[lo + i] ? e->hours[lo + i] : 1);
    if (per > step) step = per;
    most += e->hours[lo + i];
  }
  step = (step + 7) / 8 + 1;
  for (int k = 0; k < TILTS; k++) {
    int total = 0, at = 0;
    for (int i = 0; i < n; i++) w->g[i] = (int32_t)(g[i] + slope * e->hours[lo + i]);
    const int64_t v = weeks_pass(w, person, w->g);
    if (v >= PRICE_MOST) return INT64_MAX;
    const int64_t whole = v + horizon_least(w, person, slope, most, &at);
    const int     m     = weeks_trace(w, person, w->g, w->trial);
    for (int i = 0; i < m; i++) total += e->hours[w->trial[i]];
    if (whole > best) {
      best            = whole;
      w->tilt[person] = (int32_t)slope;
      *n_take         = m;
      memcpy(take, w->trial, (size_t)m * sizeof *take);
    }
    if (total == at) break;
    if (total > at) low = slope;
    else high = slope;
    int64_t next = total > at ? slope + step : slope - step;
    if (next <= low || next >= high) next = low + (high - low) / 2;
    if (next == slope) break;
    slope = next;
    step *= 2;
  }
  return best;
}

/* ---- the door ---- */

int64_t price_hours(pricer *w, int person, const int32_t *g, int *take, int *n_take)
{
  const engine_person *who = &w->e->people[person];
  *n_take                  = 0;
  if (who->sloped) return sloped(w, person, g, take, n_take);
  const int64_t v = who->flat ? flat_pass(w, person, g) : weeks_pass(w, person, g);
  if (v >= PRICE_MOST) return INT64_MAX;
  *n_take = who->flat ? flat_trace(w, person, take) : weeks_trace(w, person, g, take);
  return v;
}
