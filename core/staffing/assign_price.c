/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tasks are worth at prices: each person's best knapsack by an exact dynamic program over hours (and number of tasks, where that is
 * limited), the Lagrangian bound they add up to, and by how much it rises where one decision is turned. All in integers. */
#include "staffing/assign.h"

#include <string.h>

enum { CELLS = 4096, SCAN_WORK = 4 };

static const int64_t NEVER = (int64_t)1 << 60;

/* One person's dynamic program: a layer of planes * width cells for each item. */
typedef struct {
  size_t   n, width, planes, layer;
  int64_t *forth, *back; /* layer 0 .. n */
} table;

static int fine_shift(const assign_problem *p)
{
  int64_t largest = 1;
  int     shift   = 0;
  for (size_t a = 0; a < p->n_arcs; a++) {
    const int64_t c = p->cost[a] < 0 ? -p->cost[a] : p->cost[a];
    if (c > largest) largest = c;
  }
  while (shift < 8 && largest << (shift + 1) < (int64_t)1 << 24) shift++;
  return shift;
}

dyo_status assign_state_make(const assign_problem *p, assign_work *w, assign_state *s, dyo_err *err)
{
  dyo_ctx     *ctx = w->mem;
  const size_t n = p->n_tasks, m = p->n_people, arcs = p->n_arcs;
  memset(s, 0, sizeof *s);
  s->p         = p;
  s->w         = w;
  s->shift     = fine_shift(p);
  s->cost      = DYO_NEW(ctx, arcs + 1, int64_t);
  s->extra     = DYO_NEW(ctx, arcs + 1, int64_t);
  s->skip      = DYO_NEW(ctx, n, int64_t);
  s->price     = DYO_NEW(ctx, n, int64_t);
  s->value     = DYO_NEW(ctx, m, int64_t);
  s->shut      = DYO_NEW(ctx, arcs + 1, uint8_t);
  s->taken     = DYO_NEW(ctx, arcs + 1, uint8_t);
  s->must      = DYO_NEW(ctx, n, uint8_t);
  s->settled   = DYO_NEW(ctx, n, uint8_t);
  s->stale     = DYO_NEW(ctx, m, uint8_t);
  s->turned    = DYO_NEW(ctx, m, uint8_t);
  s->at        = DYO_NEW(ctx, n, int);
  s->held      = DYO_NEW(ctx, n, int);
  s->open      = DYO_NEW(ctx, n, int);
  s->room      = DYO_NEW(ctx, m, int);
  s->most      = DYO_NEW(ctx, m, int);
  s->grain     = DYO_NEW(ctx, m, int);
  s->item      = DYO_NEW(ctx, n + 1, size_t);
  s->kept      = DYO_NEW(ctx, n, int64_t);
  s->next      = DYO_NEW(ctx, n, int64_t);
  s->direction = DYO_NEW(ctx, n, double);
  if (!s->cost || !s->extra || !s->skip || !s->price || !s->value || !s->shut || !s->taken || !s->must || !s->settled ||
      !s->stale || !s->turned || !s->at || !s->held || !s->open || !s->room || !s->most || !s->grain || !s->item ||
      !s->kept || !s->next || !s->direction)
    return dyo_oom(err);
  for (size_t a = 0; a < arcs; a++) {
    s->cost[a] = p->cost[a] * ((int64_t)1 << s->shift);
    s->open[p->task[a]]++;
  }
  for (size_t j = 0; j < n; j++) {
    s->skip[j] = s->price[j] = p->skip[j] * ((int64_t)1 << s->shift);
    s->at[j]                 = ASSIGN_OUT;
  }
  for (size_t i = 0; i < m; i++) s->grain[i] = p->room[i] / CELLS + 1;
  memcpy(s->room, p->room, m * sizeof *s->room);
  memcpy(s->most, p->most, m * sizeof *s->most);
  memset(s->stale, 1, m);
  return DYO_OK;
}

void assign_price_set(assign_state *s, int task, int64_t price)
{
  if (!s->must[task] && price > s->skip[task]) price = s->skip[task];
  if (price == s->price[task]) return;
  for (size_t k = s->p->of_first[task]; k < s->p->of_first[task + 1]; k++) {
    const size_t a = s->p->of[k];
    if (s->shut[a]) continue;
    if (s->taken[a] || (price > s->cost[a] && price > s->price[task])) s->stale[s->p->who[a]] = 1;
    else s->turned[s->p->who[a]] = 0;
  }
  s->price[task] = price;
}

static dyo_status need_cells(assign_state *s, size_t n, dyo_err *err)
{
  if (n <= s->n_cells) return DYO_OK;
  s->n_cells = 2 * n;
  s->cells   = dyo_alloc(s->w->mem, s->n_cells, sizeof *s->cells);
  if (!s->cells) s->cells = dyo_alloc(s->w->mem, s->n_cells = n, sizeof *s->cells);
  if (s->cells) return DYO_OK;
  s->n_cells = 0;
  return dyo_oom(err);
}

static int64_t worth(const assign_state *s, size_t a)
{
  return s->cost[a] - s->price[s->p->task[a]];
}

/* The arcs of a person that lower the value; *sum of their weights. */
static size_t items_of(assign_state *s, size_t person, int64_t *sum)
{
  size_t n = 0;
  *sum     = 0;
  for (size_t a = s->p->first[person]; a < s->p->first[person + 1]; a++) {
    if (s->shut[a] || s->p->weight[a] > s->room[person] || worth(s, a) >= 0) continue;
    s->item[n++] = a;
    *sum += s->p->weight[a];
  }
  return s->most[person] > 0 ? n : 0;
}

/* Rooms beyond CELLS are cut into coarser grains: weights are rounded down, so that the bound stays one. */
static size_t grains(const assign_state *s, size_t a)
{
  return (size_t)(s->p->weight[a] / s->grain[s->p->who[a]]);
}

static void shape(const assign_state *s, size_t person, size_t n, table *t)
{
  t->n      = n;
  t->width  = (size_t)(s->room[person] / s->grain[person]) + 1;
  t->planes = (size_t)s->most[person] < n ? (size_t)s->most[person] + 1 : 1;
  t->layer  = t->width * t->planes;
}

/* to = the better of from without and with an item. */
static void put_item(const table *t, const int64_t *restrict from, int64_t *restrict to, size_t weight, int64_t r)
{
  for (size_t k = 0; k < t->planes; k++) {
    const int64_t *same = from + k * t->width, *less = t->planes > 1 && k > 0 ? same - t->width : same;
    int64_t       *out  = to + k * t->width;
    size_t         c    = 0;
    const size_t   none = t->planes > 1 && k == 0 ? t->width : weight;
    for (; c < none; c++) out[c] = same[c];
    for (; c < t->width; c++) {
      const int64_t with = less[c - weight] + r;
      out[c]             = with < same[c] ? with : same[c];
    }
  }
}

static void fill_forth(assign_state *s, const table *t)
{
  memset(t->forth, 0, t->layer * sizeof *t->forth);
  for (size_t k = 0; k < t->n; k++)
    put_item(t, t->forth + k * t->layer, t->forth + (k + 1) * t->layer, grains(s, s->item[k]), worth(s, s->item[k]));
  assign_spend(s->w, (int64_t)(t->n * t->layer));
}

static void take(assign_state *s, size_t a)
{
  s->taken[a] = 1;
  s->held[s->p->task[a]]++;
  s->value[s->p->who[a]] += worth(s, a);
}

static void take_best(assign_state *s, const table *t)
{
  size_t c = t->layer - 1;
  for (size_t k = t->n; k > 0; k--) {
    const int64_t *with = t->forth + k * t->layer, *without = with - t->layer;
    if (with[c] == without[c]) continue;
    take(s, s->item[k - 1]);
    c -= grains(s, s->item[k - 1]) + (t->planes > 1 ? t->width : 0);
  }
}

static dyo_status value_person(assign_state *s, size_t person, dyo_err *err)
{
  int64_t sum;
  table   t;
  s->value[person]  = 0;
  s->stale[person]  = 0;
  s->turned[person] = 0;
  for (size_t a = s->p->first[person]; a < s->p->first[person + 1]; a++) {
    s->held[s->p->task[a]] -= s->taken[a];
    s->taken[a] = 0;
  }
  const size_t n = items_of(s, person, &sum);
  assign_spend(s->w, SCAN_WORK * (int64_t)(s->p->first[person + 1] - s->p->first[person]));
  if (sum <= s->room[person] && n <= (size_t)s->most[person]) {
    for (size_t k = 0; k < n; k++) take(s, s->item[k]);
    return DYO_OK;
  }
  shape(s, person, n, &t);
  const dyo_status st = need_cells(s, (n + 1) * t.layer, err);
  if (st != DYO_OK) return st;
  t.forth = s->cells;
  fill_forth(s, &t);
  take_best(s, &t);
  return DYO_OK;
}

dyo_status assign_value(assign_state *s, dyo_err *err)
{
  s->bound = s->base;
  s->w->used += (int64_t)(s->p->n_people + s->p->n_tasks);
  for (size_t i = 0; i < s->p->n_people; i++) {
    if (s->w->ctx->stop != DYO_RUN_ON) {
      s->bound = INT64_MIN / 4;
      return DYO_OK;
    }
    if (s->stale[i]) {
      const dyo_status st = value_person(s, i, err);
      if (st != DYO_OK) return st;
    }
    s->bound += s->value[i];
  }
  for (size_t j = 0; j < s->p->n_tasks; j++)
    if (!s->settled[j]) s->bound += s->price[j];
  return DYO_OK;
}

/* ---- turning one decision ---- */

static void fill_back(assign_state *s, const table *t)
{
  memset(t->back + t->n * t->layer, 0, t->layer * sizeof *t->back);
  for (size_t k = t->n; k > 0; k--)
    put_item(t, t->back + k * t->layer, t->back + (k - 1) * t->layer, grains(s, s->item[k - 1]),
             worth(s, s->item[k - 1]));
  assign_spend(s->w, (int64_t)(t->n * t->layer));
}

/* The best of the items before and after item k in all the room but `less` hours and `one` task. */
static int64_t best_around(const table *t, size_t k, size_t less, size_t one)
{
  const int64_t *f = t->forth + k * t->layer, *b = t->back + (k + 1) * t->layer;
  const size_t   planes = t->planes > 1 ? t->planes - one : 1;
  int64_t        best   = NEVER;
  for (size_t q = 0; q < planes; q++) {
    const int64_t *fq = f + q * t->width, *bq = b + (planes - 1 - q) * t->width;
    const size_t   top = t->width - 1 - less;
    for (size_t c = 0; c <= top; c++) {
      const int64_t v = fq[c] + bq[top - c];
      best            = v < best ? v : best;
    }
  }
  return best;
}

/* An item that is not among the table's. */
static int64_t put_in(const assign_state *s, const table *t, size_t person, size_t a)
{
  const int weight = s->p->weight[a];
  if (weight > s->room[person] || s->most[person] < 1) return NEVER;
  const size_t c = t->layer - 1 - grains(s, a) - (t->planes > 1 ? t->width : 0);
  return t->forth[t->n * t->layer + c] + worth(s, a) - s->value[person];
}

static dyo_status turn_person(assign_state *s, size_t person, dyo_err *err)
{
  int64_t      sum;
  table        t;
  const size_t n = items_of(s, person, &sum);
  shape(s, person, n, &t);
  /* Without room for one more task than all items the number is a limit to an item from outside. */
  if ((size_t)s->most[person] == n && n > 0) {
    t.planes = n + 1;
    t.layer  = t.width * t.planes;
  }
  const dyo_status st = need_cells(s, 2 * (n + 1) * t.layer, err);
  if (st != DYO_OK) return st;
  t.forth = s->cells;
  t.back  = s->cells + (n + 1) * t.layer;
  fill_forth(s, &t);
  fill_back(s, &t);
  for (size_t a = s->p->first[person], k = 0; a < s->p->first[person + 1]; a++) {
    if (s->shut[a]) continue;
    if (k < n && s->item[k] == a) {
      const size_t less = s->taken[a] ? 0 : grains(s, a), one = s->taken[a] ? 0 : 1;
      s->extra[a] = best_around(&t, k, less, one) + (s->taken[a] ? 0 : worth(s, a)) - s->value[person];
      k++;
    } else {
      s->extra[a] = put_in(s, &t, person, a);
    }
  }
  assign_spend(s->w, (int64_t)(n * t.layer));
  s->turned[person] = 1;
  return DYO_OK;
}

dyo_status assign_turns(assign_state *s, dyo_err *err)
{
  for (size_t i = 0; i < s->p->n_people; i++) {
    if (s->turned[i] || s->w->ctx->stop != DYO_RUN_ON) continue;
    const dyo_status st = turn_person(s, i, err);
    if (st != DYO_OK) return st;
  }
  return DYO_OK;
}
