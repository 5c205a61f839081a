/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lot_sizing_capacity.c - lot sizing with capacities, by dynamic programming over piecewise linear functions. Chen,
 * Hearn & Lee (1994), J. Global Optimization 4, 285-300.
 *
 * F_t(I) is the least cost of the periods before t that leaves I in stock. With S = I + need_t and orders of at most
 * C_t,
 *     F_{t+1}(I) = h_t I + min( F_t(S),  K_t + c_t S + min over S - C_t <= u <= S of F_t(u) - c_t u ).
 * The inner minimum of one linear piece over a sliding window has two linear pieces; the lower envelope of them
 * all is F_{t+1}. Stock is kept between what later capacity cannot make up for and what later periods need. */
#include "inventory/lot_sizing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HURRIED = 200, THIN_FROM = 5000, MOST_IN_ALL = 6000000 };

/* A line from (x0, f0) to (x1, f1), ends included; x0 = x1 for a single point. */
typedef struct {
  double x0, x1, f0, f1;
} piece;

typedef struct {
  piece *p;
  size_t n, cap;
} pieces;

/* A function: lines from left to right that do not overlap, and single points below them. */
typedef struct {
  piece *line, *point;
  size_t n_line, n_point;
} cost_fn;

typedef struct {
  dyo_ctx           *ctx;
  const lot_problem *p;
  double            *least, *most; /* n + 1: stock a period may begin with */
  double            *keep;         /* n + 1: cost of holding a unit from there to the end */
  cost_fn           *fn;           /* n + 1: F before each period */
  pieces             from, to;     /* functions in a row, which are merged two by two */
  size_t            *run, *run_to; /* where each begins */
  size_t             n_run, cap_run;
  pieces             point;
  size_t             budget;
  double             tiny_x, tiny_f, slack, lost;
  bool               no_memory;
} program;

/* ---- memory ---- */

static bool room(program *g, pieces *b, size_t more)
{
  if (b->n + more <= b->cap) return true;
  const size_t cap = 2 * (b->n + more) + 64;
  piece       *p   = realloc(b->p, cap * sizeof *p);
  if (!p) {
    g->no_memory = true;
    return false;
  }
  b->p   = p;
  b->cap = cap;
  return true;
}

/* A function begins at the end of g->from. */
static void begin_run(program *g)
{
  if (g->n_run == g->cap_run) {
    const size_t cap = 2 * g->cap_run + 64;
    size_t      *run = realloc(g->run, cap * sizeof *run);
    if (run) g->run = run;
    size_t *run_to = realloc(g->run_to, cap * sizeof *run_to);
    if (run_to) g->run_to = run_to;
    g->no_memory |= !run || !run_to;
    if (g->no_memory) return;
    g->cap_run = cap;
  }
  g->run[g->n_run++] = g->from.n;
}

/* ---- lower envelope ---- */

static double value_at(const piece *a, double x)
{
  return a->x1 > a->x0 ? a->f0 + (a->f1 - a->f0) * ((x - a->x0) / (a->x1 - a->x0)) : fmin(a->f0, a->f1);
}

typedef struct {
  pieces      *out;
  size_t       first;
  const piece *last; /* the line that the last piece written lies on */
  double       tiny_x, tiny_f;
} writer;

/* Append a stretch of line s. What goes on where the last piece ended is joined to it when it lies on the same
 * line or is a splinter. */
static void emit(writer *w, const piece *s, piece t)
{
  piece     *end   = w->out->n > w->first ? &w->out->p[w->out->n - 1] : NULL;
  const bool joins = end && end->x1 == t.x0;
  if (!(t.x1 > t.x0)) return;
  if (joins && (w->last == s || t.x1 - t.x0 <= w->tiny_x)) {
    end->x1 = t.x1;
    if (w->last == s) end->f1 = t.f1;
    return;
  }
  w->out->p[w->out->n++] = t;
  w->last                = s;
}

/* The lower of lines a and b over x..y. */
static void emit_lower(writer *w, const piece *a, const piece *b, double x, double y)
{
  const double ax = value_at(a, x), ay = value_at(a, y), bx = value_at(b, x), by = value_at(b, y);
  const bool   a_below = ax <= bx + w->tiny_f && ay <= by + w->tiny_f,
             b_below   = bx <= ax + w->tiny_f && by <= ay + w->tiny_f;
  if (a_below && !(b_below && w->last == b)) {
    emit(w, a, (piece){x, y, ax, ay});
  } else if (b_below) {
    emit(w, b, (piece){x, y, bx, by});
  } else { /* they cross */
    const double s = (bx - ax) / ((bx - ax) - (by - ay)), z = fmin(fmax(x + s * (y - x), x), y), v = ax + s * (ay - ax);
    const bool   a_first = ax < bx;
    emit(w, a_first ? a : b, (piece){x, z, a_first ? ax : bx, v});
    emit(w, a_first ? b : a, (piece){z, y, v, a_first ? by : ay});
  }
}

/* Append the lower envelope of the functions a and b. */
static void merge(program *g, const piece *a, size_t na, const piece *b, size_t nb)
{
  writer w = {.out = &g->to, .first = g->to.n, .tiny_x = g->tiny_x, .tiny_f = g->tiny_f};
  double x = -INFINITY;
  if (!room(g, &g->to, 4 * (na + nb) + 4)) return;
  for (size_t i = 0, j = 0; i < na || j < nb;) {
    const piece *p = i < na ? &a[i] : NULL, *q = j < nb ? &b[j] : NULL;
    const double px = p ? fmax(p->x0, x) : INFINITY, qx = q ? fmax(q->x0, x) : INFINITY, at = fmin(px, qx);
    const bool   in_p = p && px <= at, in_q = q && qx <= at;
    const double p_next = !p ? INFINITY : in_p ? p->x1 : p->x0, q_next = !q ? INFINITY : in_q ? q->x1 : q->x0;
    x = fmin(p_next, q_next);
    if (in_p && in_q) emit_lower(&w, p, q, at, x);
    else if (in_p) emit(&w, p, (piece){at, x, value_at(p, at), value_at(p, x)});
    else emit(&w, q, (piece){at, x, value_at(q, at), value_at(q, x)});
    if (p && p->x1 <= x) i++;
    if (q && q->x1 <= x) j++;
  }
}

/* All functions of g->from become one. */
static void envelope(program *g)
{
  while (g->n_run > 1 && !g->no_memory) {
    size_t n = 0;
    g->to.n  = 0;
    for (size_t k = 0; k < g->n_run; k += 2) {
      const size_t a = g->run[k], b = k + 1 < g->n_run ? g->run[k + 1] : g->from.n,
                   end = k + 2 < g->n_run ? g->run[k + 2] : g->from.n;
      g->run_to[n++]   = g->to.n;
      merge(g, g->from.p + a, b - a, g->from.p + b, end - b);
    }
    const pieces swap = g->from;
    size_t      *runs = g->run;
    g->from           = g->to;
    g->to             = swap;
    g->run            = g->run_to;
    g->run_to         = runs;
    g->n_run          = n;
  }
}

/* ---- one period ---- */

/* Remember f at the single point x, the lowest where there are several. */
static void add_point(program *g, double x, double f)
{
  for (size_t k = 0; k < g->point.n; k++) {
    piece *at = &g->point.p[k];
    if (fabs(at->x0 - x) > g->tiny_x) continue;
    at->f0 = at->f1 = fmin(at->f0, f);
    return;
  }
  if (room(g, &g->point, 1)) g->point.p[g->point.n++] = (piece){x, x, f, f};
}

/* The part of a within lo..hi, which ends it touches by rounding. */
static void add_piece(program *g, piece a, double lo, double hi)
{
  if (a.x1 < lo - g->tiny_x || a.x0 > hi + g->tiny_x) return;
  const double x0 = a.x0 < lo + g->tiny_x ? lo : a.x0, x1 = a.x1 > hi - g->tiny_x ? hi : a.x1;
  const double at0 = fmin(fmax(x0, a.x0), a.x1), at1 = fmin(fmax(x1, a.x0), a.x1);
  if (x1 - x0 > g->tiny_x) {
    if (room(g, &g->from, 1)) g->from.p[g->from.n++] = (piece){x0, x1, value_at(&a, at0), value_at(&a, at1)};
  } else {
    add_point(g, fmin(x0, x1), fmin(value_at(&a, at0), value_at(&a, at1)));
  }
}

/* Ordering in period t from stocks on piece a, into stocks lo..hi after it. */
static void add_orders(program *g, size_t t, const piece *a, double lo, double hi)
{
  const double c = g->p->unit_cost[t], k = g->p->order_cost[t], most = fmin(g->p->capacity[t], g->most[t]);
  const double g0 = a->f0 - c * a->x0, g1 = a->f1 - c * a->x1;
  const bool   rises = g0 <= g1;
  piece        low   = rises ? (piece){a->x0, a->x0 + most, g0, g0} : (piece){a->x1, a->x1 + most, g1, g1};
  piece        line  = rises ? (piece){a->x0 + most, a->x1 + most, g0, g1} : (piece){a->x0, a->x1, g0, g1};
  low.f0 += k + c * low.x0;
  low.f1 += k + c * low.x1;
  line.f0 += k + c * line.x0;
  line.f1 += k + c * line.x1;
  begin_run(g);
  if (!rises) add_piece(g, line, lo, hi);
  add_piece(g, low, lo, hi);
  if (rises && a->x1 > a->x0) add_piece(g, line, lo, hi);
}

/* Pieces that nearly cost no less than more stock does go: with x in stock, more can be kept to the end at keep a
 * unit. */
static void thin_by(program *g, double keep, double slack)
{
  pieces *b  = &g->from;
  size_t  to = b->n;
  double  x = 0, f = INFINITY; /* the best stock to the right */
  for (size_t i = b->n; i-- > 0;) {
    const piece a = b->p[i];
    if (a.f0 + slack >= f + keep * (x - a.x0) && a.f1 + slack >= f + keep * (x - a.x1)) continue;
    for (int left = 0; left < 2; left++) {
      const double xe = left ? a.x0 : a.x1, fe = left ? a.f0 : a.f1;
      if (fe > f + keep * (x - xe)) continue;
      x = xe;
      f = fe;
    }
    b->p[--to] = a;
  }
  memmove(b->p, b->p + to, (b->n - to) * sizeof *b->p);
  b->n -= to;
  g->lost += slack;
}

static void thin(program *g, double keep)
{
  double slack = fmax(g->slack, 100 * g->tiny_f);
  if (g->from.n > THIN_FROM && g->slack > 0) thin_by(g, keep, g->slack);
  for (; g->from.n > g->budget; slack *= 2) thin_by(g, keep, slack);
}

/* Store what stands in from and point as F before period t + 1. */
static bool store(program *g, size_t t)
{
  const double need = g->p->need[t], h = g->p->holding[t], lo = g->least[t + 1], hi = g->most[t + 1];
  cost_fn     *f    = &g->fn[t + 1];
  size_t       kept = 0;
  for (size_t k = 0; k < g->point.n; k++) {
    bool         below = true;
    const double x     = g->point.p[k].x0;
    for (size_t i = 0; below && i < g->from.n; i++)
      below = x < g->from.p[i].x0 || x > g->from.p[i].x1 || g->point.p[k].f0 < value_at(&g->from.p[i], x);
    if (below) g->point.p[kept++] = g->point.p[k];
  }
  g->point.n = kept;
  f->n_line  = g->from.n;
  f->n_point = g->point.n;
  f->line    = DYO_NEW(g->ctx, f->n_line + f->n_point, piece);
  if (!f->line) return false;
  f->point = f->line + f->n_line;
  if (f->n_line > 0) memcpy(f->line, g->from.p, f->n_line * sizeof *f->line);
  if (f->n_point > 0) memcpy(f->point, g->point.p, f->n_point * sizeof *f->point);
  for (size_t i = 0; i < f->n_line + f->n_point; i++) {
    piece *a = &f->line[i];
    a->x0    = fmin(fmax(a->x0 - need, lo), hi);
    a->x1    = fmin(fmax(a->x1 - need, lo), hi);
    a->f0 += h * a->x0;
    a->f1 += h * a->x1;
  }
  return true;
}

/* F before period t + 1 from F before period t. */
static bool step(program *g, size_t t)
{
  const cost_fn *f  = &g->fn[t];
  const double   lo = g->least[t + 1] + g->p->need[t], hi = g->most[t + 1] + g->p->need[t];
  g->from.n = g->point.n = g->n_run = 0;
  begin_run(g);
  for (size_t i = 0; i < f->n_line; i++) add_piece(g, f->line[i], lo, hi);
  for (size_t i = 0; i < f->n_point; i++) add_piece(g, f->point[i], lo, hi);
  for (size_t i = 0; i < f->n_line + f->n_point && g->p->capacity[t] > 0; i++) add_orders(g, t, &f->line[i], lo, hi);
  if (g->no_memory) return false;
  envelope(g);
  if (g->no_memory) return false;
  thin(g, g->keep[t]); /* before this period's holding cost: stock is kept through it as well */
  return store(g, t);
}

/* ---- the plan ---- */

/* The least of F(u) - c u over lo <= u <= hi, and where. INFINITY where F has no value there. */
typedef struct {
  double f, u;
} spot;

static spot least_within(const program *g, const cost_fn *f, double c, double lo, double hi)
{
  spot best = {INFINITY, hi};
  for (size_t i = 0; i < f->n_line + f->n_point; i++) {
    const piece *a = &f->line[i];
    if (a->x1 < lo - g->tiny_x || a->x0 > hi + g->tiny_x) continue;
    for (int end = 0; end < 2; end++) {
      const double u = end ? fmax(fmin(a->x1, hi), a->x0) : fmin(fmax(a->x0, lo), a->x1), v = value_at(a, u) - c * u;
      if (v < best.f) best = (spot){v, u};
    }
  }
  return best;
}

static bool trace(const program *g, double *orders)
{
  double stock = 0;
  for (size_t t = g->p->n; t-- > 0;) {
    const double c = g->p->unit_cost[t], s = stock + g->p->need[t], most = fmin(g->p->capacity[t], g->most[t]);
    const spot   none = least_within(g, &g->fn[t], 0, s, s), order = least_within(g, &g->fn[t], c, s - most, s);
    const bool   buy = most > 0 && order.f + g->p->order_cost[t] + c * s < none.f;
    if (!buy && none.f == INFINITY) return false;
    orders[t] = buy && s - order.u > g->tiny_x ? fmin(s - order.u, g->p->capacity[t]) : 0.0;
    stock     = buy ? order.u : none.u;
  }
  return true;
}

static bool prepare(program *g)
{
  const size_t n = g->p->n;
  g->least       = DYO_NEW(g->ctx, n + 1, double);
  g->most        = DYO_NEW(g->ctx, n + 1, double);
  g->keep        = DYO_NEW(g->ctx, n + 1, double);
  g->fn          = DYO_NEW(g->ctx, n + 1, cost_fn);
  if (!g->least || !g->most || !g->keep || !g->fn) return false;
  for (size_t t = n; t-- > 0;) {
    g->most[t]  = g->most[t + 1] + g->p->need[t];
    g->keep[t]  = g->keep[t + 1] + g->p->holding[t];
    g->least[t] = fmax(0.0, g->least[t + 1] + g->p->need[t] - g->p->capacity[t]);
  }
  g->fn[0].line    = DYO_NEW(g->ctx, 1, piece); /* nothing in stock, at no cost */
  g->fn[0].point   = g->fn[0].line;
  g->fn[0].n_point = 1;
  g->tiny_x        = 1e-11 * g->most[0];
  g->budget        = g->budget * n > MOST_IN_ALL ? MOST_IN_ALL / n : g->budget;
  return g->fn[0].line && room(g, &g->from, 1) && room(g, &g->to, 1) && room(g, &g->point, 1);
}

/* The unit of a supply i that is cheapest for period t: K_i / C_i + c_i, and holding from i on. */
static size_t cheapest_left(const lot_problem *p, const double *left, const double *unit, size_t t)
{
  size_t best = p->n;
  for (size_t i = 0; i <= t; i++)
    if (left[i] > 0 && (best == p->n || unit[i] < unit[best])) best = i;
  return best;
}

double lot_linear_bound(dyo_ctx *ctx, const lot_problem *p)
{
  double *left = DYO_NEW(ctx, p->n, double), *unit = DYO_NEW(ctx, p->n, double), sum = 0, most = 0, held = 0;
  if (!left || !unit) return 0;
  for (size_t t = p->n; t-- > 0;) {
    most += p->need[t];
    held += p->holding[t]; /* from here to the end */
    left[t] = fmin(p->capacity[t], most);
    unit[t] = left[t] > 0 ? p->unit_cost[t] + p->order_cost[t] / left[t] + held : 0.0;
  }
  for (size_t t = 0; t < p->n; t++) {
    double need = p->need[t];
    for (size_t i = cheapest_left(p, left, unit, t); need > 0 && i < p->n; i = cheapest_left(p, left, unit, t)) {
      const double take = fmin(left[i], need);
      left[i] -= take;
      need -= take;
      sum += take * (unit[i] - held);
    }
    held -= p->holding[t];
  }
  return sum * (1 - 1e-10); /* rounding */
}

dyo_status lot_capacitated(dyo_ctx *ctx, const lot_problem *p, const lot_scale *s, lot_answer *a, dyo_err *err)
{
  program    g = {.ctx = ctx, .p = p, .tiny_f = 1e-14 * s->upper, .slack = s->slack / (double)p->n, .budget = s->lines};
  dyo_status st = prepare(&g) ? DYO_OK : dyo_oom(err);
  a->bound      = 0;
  a->stop       = DYO_RUN_ON;
  for (size_t t = 0; st == DYO_OK && t < p->n; t++) {
    a->stop = dyo_poll(ctx, (double)t / (double)p->n, "planning periods");
    if (a->stop != DYO_RUN_ON)
      g.budget = g.budget < HURRIED ? g.budget : HURRIED; /* the rest roughly: a plan is wanted all the same */
    if (!step(&g, t)) st = dyo_oom(err);
  }
  if (st == DYO_OK && !trace(&g, a->orders))
    st = dyo_fail(err, DYO_INTERNAL, "",
                  "the figures are too far apart in size to plan with: no path through %zu periods was found", p->n);
  if (st == DYO_OK) a->bound = lot_cost(p, a->orders) - g.lost;
  if (st == DYO_OK && g.lost > 0) a->bound = fmax(a->bound, lot_linear_bound(ctx, p));
  free(g.from.p);
  free(g.to.p);
  free(g.point.p);
  free(g.run);
  free(g.run_to);
  return st;
}
