/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where capacity amounts to a number of tasks, the problem is a transport problem: shortest augmenting paths after a greedy start (Jonker &
 * Volgenant 1987, with persons that may hold several tasks). Exact, and the prices it ends with are the proof. */
#include "staffing/assign.h"

#include <stdlib.h>
#include <string.h>

enum { NOBODY = -1, BIDS = 4 };

static int by_weight(const void *a, const void *b)
{
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* The most tasks that may fit, if that many fit whichever they are; -1 where it depends on which. */
static int heads_of(const assign_problem *p, size_t person, int *weights)
{
  const size_t n     = p->first[person + 1] - p->first[person];
  int64_t      light = 0, heavy = 0;
  size_t       k = 0;
  memcpy(weights, p->weight + p->first[person], n * sizeof *weights);
  qsort(weights, n, sizeof *weights, by_weight);
  while (k < n && k < (size_t)p->most[person] && light + weights[k] <= p->room[person]) light += weights[k++];
  for (size_t q = 0; q < k; q++) heavy += weights[n - 1 - q];
  return heavy <= p->room[person] ? (int)k : -1;
}

dyo_status assign_heads(dyo_ctx *ctx, const assign_problem *p, int **heads, dyo_err *err)
{
  int *weights = DYO_NEW(ctx, p->n_tasks + 1, int);
  *heads       = DYO_NEW(ctx, p->n_people + 1, int);
  if (!weights || !*heads) return dyo_oom(err);
  for (size_t i = 0; i < p->n_people; i++) {
    (*heads)[i] = heads_of(p, i, weights);
    if ((*heads)[i] >= 0) continue;
    *heads = NULL;
    return DYO_OK;
  }
  return DYO_OK;
}

/* Reduced cost of an arc: cost - u - v, never below 0 for the tasks placed so far. */
typedef struct {
  const assign_problem *p;
  const int            *heads;
  size_t               *row; /* n_tasks + 1: the arcs by task, side by side */
  int                  *who;
  int64_t              *cost;
  int                  *at, *next; /* n_tasks: person, and the next task of the same person */
  int                  *head, *count;
  int64_t              *u, *v;                      /* prices of tasks and (<= 0) of persons */
  int64_t              *far;                        /* n_people: length of the shortest path to the person */
  int                  *from;                       /* n_people: the task on that path before it */
  int                  *reached, n_reached, n_done; /* persons with a length; the first n_done are final */
  uint8_t              *state;
  uint8_t              *placed; /* n_tasks: to a person, or left out for good reason */
} net;

static bool lay_rows(dyo_ctx *ctx, const assign_problem *p, net *t)
{
  size_t *fill = DYO_NEW(ctx, p->n_tasks + 1, size_t);
  t->row       = DYO_NEW(ctx, p->n_tasks + 1, size_t);
  t->who       = DYO_NEW(ctx, p->n_arcs + 1, int);
  t->cost      = DYO_NEW(ctx, p->n_arcs + 1, int64_t);
  if (!fill || !t->row || !t->who || !t->cost) return false;
  for (size_t a = 0; a < p->n_arcs; a++) t->row[p->task[a] + 1]++;
  for (size_t j = 0; j < p->n_tasks; j++) t->row[j + 1] += t->row[j];
  memcpy(fill, t->row, p->n_tasks * sizeof *fill);
  for (size_t i = 0; i < p->n_people; i++) {
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) {
      const size_t k = fill[p->task[a]]++;
      t->who[k]      = (int)i;
      t->cost[k]     = p->cost[a];
    }
  }
  return true;
}

static bool net_make(dyo_ctx *ctx, const assign_problem *p, const int *heads, net *t)
{
  const size_t n = p->n_tasks, m = p->n_people;
  *t         = (net){.p = p, .heads = heads};
  t->at      = DYO_NEW(ctx, n, int);
  t->next    = DYO_NEW(ctx, n, int);
  t->head    = DYO_NEW(ctx, m, int);
  t->count   = DYO_NEW(ctx, m, int);
  t->u       = DYO_NEW(ctx, n, int64_t);
  t->v       = DYO_NEW(ctx, m, int64_t);
  t->far     = DYO_NEW(ctx, m, int64_t);
  t->from    = DYO_NEW(ctx, m, int);
  t->reached = DYO_NEW(ctx, m, int);
  t->state   = DYO_NEW(ctx, m, uint8_t);
  t->placed  = DYO_NEW(ctx, n, uint8_t);
  if (!t->at || !t->next || !t->head || !t->count || !t->u || !t->v || !t->far || !t->from || !t->reached ||
      !t->state || !t->placed || !lay_rows(ctx, p, t))
    return false;
  for (size_t i = 0; i < m; i++) t->head[i] = NOBODY;
  for (size_t j = 0; j < n; j++) t->at[j] = NOBODY;
  return true;
}

static void join(net *t, int j, int i)
{
  t->at[j]   = i;
  t->next[j] = t->head[i];
  t->head[i] = j;
  t->count[i]++;
}

static void part(net *t, int j)
{
  int *link = &t->head[t->at[j]];
  while (*link != j) link = &t->next[*link];
  *link = t->next[j];
  t->count[t->at[j]]--;
  t->at[j] = NOBODY;
}

/* Lengths through task j, itself `length` away at price u. */
static void reach(net *t, int j, int64_t length, int64_t u)
{
  for (size_t k = t->row[j]; k < t->row[j + 1]; k++) {
    const int     i = t->who[k];
    const int64_t d = length + t->cost[k] - u - t->v[i];
    if (t->heads[i] == 0 || t->state[i] == 2 || (t->state[i] == 1 && d >= t->far[i])) continue;
    if (t->state[i] == 0) t->reached[t->n_reached++] = i;
    t->state[i] = 1;
    t->far[i]   = d;
    t->from[i]  = j;
  }
}

/* The nearest person not yet final becomes final; NOBODY where all are, or none is nearer than `limit`. */
static int nearest(net *t, int64_t limit)
{
  int best = NOBODY;
  for (int k = t->n_done; k < t->n_reached; k++)
    if (t->far[t->reached[k]] < limit) {
      best  = k;
      limit = t->far[t->reached[k]];
    }
  if (best == NOBODY) return NOBODY;
  const int i             = t->reached[best];
  t->reached[best]        = t->reached[t->n_done];
  t->reached[t->n_done++] = i;
  t->state[i]             = 2;
  return i;
}

/* Moves each task on the path to `to` one person on, from the end to task j. */
static void shift_path(net *t, int j, int to)
{
  for (;;) {
    const int task = t->from[to], before = t->at[task];
    if (before != NOBODY) part(t, task);
    join(t, task, to);
    if (task == j) return;
    to = before;
  }
}

static void place(net *t, int j)
{
  int64_t least = t->p->skip[j]; /* of a path that ends with a task left out */
  int     out   = j, i;
  t->n_reached = t->n_done = 0;
  reach(t, j, 0, 0);
  while ((i = nearest(t, least)) != NOBODY && t->count[i] == t->heads[i]) {
    for (int k = t->head[i]; k != NOBODY; k = t->next[k]) {
      const int64_t end = t->far[i] + t->p->skip[k] - t->u[k];
      if (end < least) {
        least = end;
        out   = k;
      }
      reach(t, k, t->far[i], t->u[k]);
    }
  }
  const int64_t length = i == NOBODY ? least : t->far[i];
  for (int q = 0; q < t->n_done; q++) t->v[t->reached[q]] += t->far[t->reached[q]] - length;
  for (int q = 0; q < t->n_done; q++)
    for (int k = t->head[t->reached[q]]; k != NOBODY; k = t->next[k]) t->u[k] += length - t->far[t->reached[q]];
  t->u[j] = length;
  for (int q = 0; q < t->n_reached; q++) t->state[t->reached[q]] = 0;
  if (i != NOBODY) {
    shift_path(t, j, i);
  } else if (out != j) {
    const int last = t->at[out];
    part(t, out);
    shift_path(t, j, last);
  }
}

/* The best person for a task and how much worse the next best way is (being left out is one); NOBODY where it is best left out. */
static int best_person(const net *t, int j, int64_t *u, int64_t *margin)
{
  int64_t least = t->p->skip[j], second = least;
  int     best = NOBODY;
  for (size_t k = t->row[j]; k < t->row[j + 1]; k++) {
    const int64_t d = t->cost[k] - t->v[t->who[k]];
    if (d >= second || t->heads[t->who[k]] == 0) continue;
    if (d < least) {
      second = least;
      least  = d;
      best   = t->who[k];
    } else {
      second = d;
    }
  }
  *u      = least;
  *margin = second - least;
  return best;
}

/* The start: tasks bid for their best person, up to BIDS times each on average; who is outbid bids again. What is left over is placed by paths. */
static void bid(net *t, assign_work *w, int *queue)
{
  const int n    = (int)t->p->n_tasks;
  int       left = n, bids = BIDS * n;
  for (int j = 0; j < n; j++) queue[j] = n - 1 - j;
  while (left > 0 && bids-- > 0) {
    int64_t   u, margin;
    const int j = queue[--left], i = best_person(t, j, &u, &margin);
    w->used += (int64_t)(t->row[j + 1] - t->row[j]);
    if ((bids & 15) == 0 && assign_over(w)) return;
    t->placed[j] = i == NOBODY;
    t->u[j]      = u;
    if (i == NOBODY || (t->count[i] == t->heads[i] && (t->heads[i] > 1 || margin == 0))) continue;
    if (t->count[i] == t->heads[i]) {
      const int loser  = t->head[i];
      t->placed[loser] = 0;
      queue[left++]    = loser;
      part(t, loser);
    }
    join(t, j, i);
    t->placed[j] = 1;
    if (t->heads[i] > 1) continue;
    t->v[i] -= margin;
    t->u[j] += margin;
  }
}

/* sum of u + sum of heads * v, if these prices are feasible for the dual; else nothing is proven. */
static int64_t proven(const net *t)
{
  int64_t sum = 0;
  for (size_t j = 0; j < t->p->n_tasks; j++) {
    if (t->u[j] > t->p->skip[j]) return INT64_MIN;
    sum += t->u[j];
  }
  for (size_t i = 0; i < t->p->n_people; i++) {
    if (t->v[i] > 0) return INT64_MIN;
    sum += t->heads[i] * t->v[i];
    for (size_t a = t->p->first[i]; a < t->p->first[i + 1] && t->heads[i] > 0; a++)
      if (t->p->cost[a] - t->u[t->p->task[a]] - t->v[i] < 0) return INT64_MIN;
  }
  return sum;
}

dyo_status assign_network(const assign_problem *p, assign_work *w, const int *heads, assign_plan *plan, dyo_err *err)
{
  net  t;
  int *queue = DYO_NEW(w->mem, p->n_tasks, int);
  if (!queue || !net_make(w->mem, p, heads, &t)) return dyo_oom(err);
  bid(&t, w, queue);
  for (size_t j = 0; j < p->n_tasks; j++) {
    if (!t.placed[j]) place(&t, (int)j);
    w->used += t.n_reached + 1;
    if (assign_over(w)) return DYO_OK;
  }
  memcpy(plan->at, t.at, p->n_tasks * sizeof *t.at);
  plan->cost = 0;
  for (size_t j = 0; j < p->n_tasks; j++) plan->cost += t.at[j] == NOBODY ? p->skip[j] : 0;
  for (size_t i = 0; i < p->n_people; i++)
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) plan->cost += t.at[p->task[a]] == (int)i ? p->cost[a] : 0;
  const int64_t bound = proven(&t);
  if (bound > plan->bound) plan->bound = bound;
  return DYO_OK;
}
