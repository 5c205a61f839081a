/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans near a plan where capacity is tight: the tasks of a few people are handed out anew by depth-first search. With a price for an hour
 * of each person, a plan costs a constant and its losses: reduced costs and idle hours. Few arcs lose little, so that the search, which
 * leaves off where the loss is that of the plan at hand, is short (large neighbourhood search, Shaw 1998, in the core problem of Balas &
 * Zemel 1980). */
#include "staffing/assign.h"

#include <stdlib.h>
#include <string.h>

enum {
  PEOPLE_MOST   = 16,
  FINER         = 6,
  NODE_WORK     = 25,
  NODES_A_PART  = 1000,
  ASTRAY        = 8,
  HOUR_ROUNDS   = 500,
  HOUR_PATIENCE = 10,
  POLL_NODES    = 256,
  NONE          = -1
};

typedef struct {
  int64_t loss;
  int     weight, person; /* place among the chosen, or NONE: left out */
} option;

/* A task of the part that is searched. */
typedef struct {
  int     task, n;         /* options */
  int     was, pick, best; /* options */
  option *option;
} member;

typedef struct {
  const assign_state *s;
  dyo_rng             rng;
  int64_t             unit;     /* one of the problem's money */
  int                *at;       /* n_tasks: the plan at hand */
  int64_t             cost;     /* its */
  int                *found_at; /* the best of this run */
  int64_t             found_cost;
  int                 size;  /* people in a part */
  int64_t            *hour;  /* n_people: price of a unit of weight */
  int                *place; /* n_people: among the chosen, or NONE */
  int                 chosen[PEOPLE_MOST], n_chosen;
  member             *members; /* n_tasks + 1, n used: in the order of branching */
  int                 n;
  option             *options;
  int64_t             room[PEOPLE_MOST], most[PEOPLE_MOST]; /* left */
  int64_t             spare[PEOPLE_MOST];                   /* room that nothing undecided could fill, where positive */
  int64_t            *loss;                                 /* n_tasks + 1: on the way down */
  int64_t             limit, nodes;
  int64_t             astray; /* how much more than the best of this run a plan on the way may cost */
  bool                found;
} core;

static bool core_make(core *c)
{
  dyo_ctx     *ctx = c->s->w->mem;
  const size_t n = c->s->p->n_tasks, m = c->s->p->n_people;
  c->at       = DYO_NEW(ctx, n, int);
  c->found_at = DYO_NEW(ctx, n, int);
  c->hour     = DYO_NEW(ctx, m, int64_t);
  c->place    = DYO_NEW(ctx, m, int);
  c->members  = DYO_NEW(ctx, n + 1, member);
  c->options  = DYO_NEW(ctx, n * (PEOPLE_MOST + 1), option);
  c->loss     = DYO_NEW(ctx, n + 1, int64_t);
  return c->at && c->found_at && c->hour && c->place && c->members && c->options && c->loss;
}

/* ---- prices of hours ---- */

/* To begin with: what an hour more is worth to a person at the prices of the tasks, the best it leaves. */
static void first_hour_prices(core *c)
{
  const assign_state   *s = c->s;
  const assign_problem *p = s->p;
  for (size_t i = 0; i < p->n_people; i++) {
    c->hour[i] = 0;
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) {
      if (s->taken[a] || s->shut[a] || p->weight[a] == 0) continue;
      const int64_t gain = (s->price[p->task[a]] - s->cost[a]) * (1 << FINER) / p->weight[a];
      if (gain > c->hour[i]) c->hour[i] = gain;
    }
  }
}

static int64_t priced(const core *c, size_t a)
{
  const assign_problem *p = c->s->p;
  return c->s->cost[a] * (1 << FINER) + c->hour[p->who[a]] * p->weight[a];
}

/* The bound that these prices of hours give, each task where it is cheapest; over: by how much hours are then beyond a person's room. */
static int64_t hours_bound(const core *c, int64_t *over)
{
  const assign_problem *p   = c->s->p;
  int64_t               sum = 0;
  for (size_t i = 0; i < p->n_people; i++) {
    over[i] = -(int64_t)p->room[i];
    sum -= c->hour[i] * p->room[i];
  }
  for (size_t j = 0; j < p->n_tasks; j++) {
    int64_t least = c->s->must[j] ? INT64_MAX : c->s->skip[j] * (1 << FINER);
    size_t  best  = p->n_arcs;
    for (size_t k = p->of_first[j]; k < p->of_first[j + 1]; k++) {
      const int64_t x = priced(c, p->of[k]);
      if (x >= least) continue;
      least = x;
      best  = p->of[k];
    }
    if (best == p->n_arcs && c->s->must[j]) continue;
    sum += least;
    if (best < p->n_arcs) over[p->who[best]] += p->weight[best];
  }
  return sum;
}

/* Prices of hours by subgradient steps: the nearer their bound is to the plan, the less a plan can lose, and the shorter is the search. */
static bool hour_prices(core *c)
{
  const size_t m    = c->s->p->n_people;
  dyo_ctx     *ctx  = c->s->w->mem;
  int64_t     *over = DYO_NEW(ctx, m, int64_t), *top = DYO_NEW(ctx, m, int64_t), best = INT64_MIN;
  double      *hour = DYO_NEW(ctx, m, double), step = 1;
  if (!over || !top || !hour) return false;
  first_hour_prices(c);
  for (size_t i = 0; i < m; i++) hour[i] = (double)c->hour[i];
  for (int round = 0, stale = 0; round < HOUR_ROUNDS && !assign_over(c->s->w); round++) {
    const int64_t now    = hours_bound(c, over);
    double        square = 0;
    stale                = now > best ? 0 : stale + 1;
    if (now > best) {
      best = now;
      memcpy(top, c->hour, m * sizeof *top);
    } else if (stale % HOUR_PATIENCE == 0) {
      step *= 0.7;
      for (size_t i = 0; i < m; i++) hour[i] = (double)top[i];
    }
    for (size_t i = 0; i < m; i++) square += (double)over[i] * (double)over[i];
    const double far = ((double)c->cost * (double)c->unit - (double)now) * step / (square + 1);
    for (size_t i = 0; i < m; i++) {
      hour[i]    = hour[i] + far * (double)over[i] > 0 ? hour[i] + far * (double)over[i] : 0;
      c->hour[i] = (int64_t)hour[i];
    }
    c->s->w->used += (int64_t)c->s->p->n_arcs;
  }
  memcpy(c->hour, top, m * sizeof *top);
  return true;
}

/* ---- the part ---- */

static void choose(core *c, int i)
{
  if (c->place[i] != NONE) return;
  c->place[i]              = c->n_chosen;
  c->chosen[c->n_chosen++] = i;
}

/* Somebody at random, then mostly those who hold what one of the chosen might do. */
static void choose_people(core *c, int most)
{
  const assign_problem *p = c->s->p;
  const uint64_t        m = p->n_people;
  c->n_chosen             = 0;
  for (size_t i = 0; i < p->n_people; i++) c->place[i] = NONE;
  choose(c, (int)dyo_rng_below(&c->rng, m));
  for (int tries = 0; c->n_chosen < most && tries < 8 * most; tries++) {
    const int    i = c->chosen[dyo_rng_below(&c->rng, (uint64_t)c->n_chosen)];
    const size_t d = p->first[i + 1] - p->first[i];
    if (d == 0 || (dyo_rng_bits(&c->rng) & 3) == 0) {
      choose(c, (int)dyo_rng_below(&c->rng, m));
      continue;
    }
    const int j = p->task[p->first[i] + dyo_rng_below(&c->rng, d)];
    if (c->at[j] == ASSIGN_OUT) continue;
    choose(c, c->at[j]);
  }
}

static int by_loss(const void *a, const void *b)
{
  const option *x = a, *y = b;
  if (x->loss != y->loss) return x->loss < y->loss ? -1 : 1;
  return (x->person > y->person) - (x->person < y->person);
}

/* The ways task j may go among the chosen, those first that lose least. */
static void list_options(core *c, int j)
{
  const assign_problem *p   = c->s->p;
  const int             now = c->at[j] == ASSIGN_OUT ? NONE : c->place[c->at[j]];
  option               *o   = c->options + c->n * (PEOPLE_MOST + 1);
  member               *b   = &c->members[c->n++];
  *b                        = (member){.task = j, .option = o};
  if (!c->s->must[j]) o[b->n++] = (option){c->s->skip[j] * (1 << FINER), 0, NONE};
  for (size_t k = p->of_first[j]; k < p->of_first[j + 1]; k++) {
    const size_t a = p->of[k];
    const int    i = c->place[p->who[a]];
    if (i != NONE && p->weight[a] <= p->room[p->who[a]]) o[b->n++] = (option){priced(c, a), p->weight[a], i};
  }
  qsort(o, (size_t)b->n, sizeof *o, by_loss);
  for (int k = b->n - 1; k >= 0; k--) {
    o[k].loss -= o[0].loss;
    if (o[k].person == now) b->was = k;
  }
}

/* Those with one way first, then those whose second way loses most. */
static int by_ways(const void *a, const void *b)
{
  const member *x = a, *y = b;
  const int64_t wx = x->n > 1 ? x->option[1].loss : 0, wy = y->n > 1 ? y->option[1].loss : 0;
  if ((x->n > 1) != (y->n > 1)) return x->n > 1 ? 1 : -1;
  if (wx != wy) return wx > wy ? -1 : 1;
  return (x->task > y->task) - (x->task < y->task);
}

/* The tasks of the chosen and those of nobody; returns what the plan at hand loses there. Ways that lose more than `more` beyond it go. */
static int64_t make_part(core *c, int64_t more)
{
  const assign_problem *p    = c->s->p;
  int64_t               loss = 0;
  c->n                       = 0;
  for (size_t j = 0; j < p->n_tasks; j++) {
    const int i = c->at[j];
    if (i == ASSIGN_OUT || c->place[i] != NONE) list_options(c, (int)j);
  }
  for (int k = 0; k < c->n_chosen; k++) {
    c->room[k] = c->spare[k] = p->room[c->chosen[k]];
    c->most[k]               = p->most[c->chosen[k]];
    loss += c->hour[c->chosen[k]] * c->room[k];
  }
  for (int t = 0; t < c->n; t++) {
    const option *o = &c->members[t].option[c->members[t].was];
    loss += o->loss;
    if (o->person != NONE) loss -= c->hour[c->chosen[o->person]] * o->weight;
  }
  for (int t = 0; t < c->n; t++) {
    member *b = &c->members[t];
    while (b->n > 1 && b->option[b->n - 1].loss > loss + more) b->n--;
    for (int k = 0; k < b->n; k++)
      if (b->option[k].person != NONE) c->spare[b->option[k].person] -= b->option[k].weight;
  }
  qsort(c->members, (size_t)c->n, sizeof *c->members, by_ways);
  return loss;
}

/* ---- the search ---- */

static int64_t idle(const core *c, int i)
{
  return c->spare[i] > 0 ? c->spare[i] * c->hour[c->chosen[i]] : 0;
}

/* What others can no longer get is idle with them. Returns what that adds to the loss. */
static int64_t bar_others(core *c, const member *b, int sign)
{
  int64_t more = 0;
  for (int k = 0; k < b->n; k++) {
    const int i = b->option[k].person;
    if (i == NONE || k == b->pick) continue;
    more -= idle(c, i);
    c->spare[i] += sign * b->option[k].weight;
    more += idle(c, i);
  }
  return more;
}

static bool enter(core *c, int t)
{
  member       *b = &c->members[t];
  const option *o = &b->option[b->pick];
  if (o->person != NONE) {
    if (c->room[o->person] < o->weight || c->most[o->person] < 1) return false;
    c->room[o->person] -= o->weight;
    c->most[o->person]--;
  }
  c->loss[t + 1] = c->loss[t] + o->loss + bar_others(c, b, 1);
  return true;
}

static void leave(core *c, int t)
{
  member       *b = &c->members[t];
  const option *o = &b->option[b->pick];
  bar_others(c, b, -1);
  if (o->person == NONE) return;
  c->room[o->person] += o->weight;
  c->most[o->person]++;
}

static void leaf(core *c)
{
  bool same = true;
  for (int t = 0; same && t < c->n; t++) same = c->members[t].pick == c->members[t].was;
  if (same) return;
  for (int t = 0; t < c->n; t++) c->members[t].best = c->members[t].pick;
  c->found = true;
  c->limit = c->loss[c->n] - c->unit;
}

/* The plan of the part that loses least, at most c->limit, other than what it was. false: not all was looked at. */
static bool search(core *c)
{
  int t      = 0;
  c->found   = false;
  c->nodes   = 0;
  c->loss[0] = 0;
  for (int i = 0; i < c->n_chosen; i++) c->loss[0] += idle(c, i);
  c->members[0].pick = NONE;
  while (t >= 0) {
    member *b = &c->members[t];
    if (t == c->n) leaf(c);
    if (t == c->n || ++b->pick == b->n || c->loss[t] + b->option[b->pick].loss > c->limit) {
      if (--t >= 0) leave(c, t);
      continue;
    }
    if (++c->nodes > NODES_A_PART || (c->nodes % POLL_NODES == 0 && assign_over(c->s->w))) return false;
    if (!enter(c, t)) continue;
    if (c->loss[t + 1] > c->limit) leave(c, t);
    else c->members[++t].pick = NONE;
  }
  return true;
}

/* ---- a run ---- */

static int64_t cost_of(const assign_problem *p, const int *at)
{
  int64_t sum = 0;
  for (size_t j = 0; j < p->n_tasks; j++) sum += at[j] == ASSIGN_OUT ? p->skip[j] : 0;
  for (size_t a = 0; a < p->n_arcs; a++) sum += at[p->task[a]] == p->who[a] ? p->cost[a] : 0;
  return sum;
}

static void go_to(core *c, const int *at, int64_t cost)
{
  memcpy(c->at, at, c->s->p->n_tasks * sizeof *at);
  c->cost = cost;
}

static void take_part(core *c)
{
  for (int t = 0; t < c->n; t++) {
    const member *b     = &c->members[t];
    const int     place = b->option[b->best].person;
    c->at[b->task]      = place == NONE ? ASSIGN_OUT : c->chosen[place];
  }
  c->cost = cost_of(c->s->p, c->at);
  if (c->cost >= c->found_cost) return;
  c->found_cost = c->cost;
  memcpy(c->found_at, c->at, c->s->p->n_tasks * sizeof *c->at);
}

/* One part. It may cost up to `astray` more than the best of this run. */
static void step(core *c)
{
  assign_work  *w    = c->s->w;
  const int64_t left = c->found_cost + c->astray - c->cost;
  choose_people(c, c->size);
  const int64_t more = left > 0 ? c->unit * (int64_t)dyo_rng_below(&c->rng, (uint64_t)left + 1) : 0;
  c->limit           = make_part(c, more) + more;
  const bool whole   = search(c);
  w->used += (c->nodes + (int64_t)c->n * c->n_chosen) * NODE_WORK + (int64_t)c->s->p->n_tasks;
  if (c->found) {
    take_part(c);
    w->used += (int64_t)c->s->p->n_arcs;
  }
  if (!whole && c->size > 2) c->size--;
  if (whole && c->nodes < NODES_A_PART / 4 && c->size < PEOPLE_MOST && (size_t)c->size < c->s->p->n_people) c->size++;
}

dyo_status assign_core(const assign_state *s, assign_plan *plan, const int *start, uint64_t seed, int64_t most_work,
                       dyo_err *err)
{
  core          c   = {.s = s, .rng = dyo_rng_seed(seed), .unit = (int64_t)1 << (s->shift + FINER)};
  const int64_t all = s->w->most - s->w->used < most_work ? s->w->most - s->w->used : most_work;
  const int64_t end = s->w->used + all;
  if (!core_make(&c)) return dyo_oom(err);
  c.size = s->p->n_people < 4 ? (int)s->p->n_people : 4;
  go_to(&c, start, cost_of(s->p, start));
  if (!hour_prices(&c)) return dyo_oom(err);
  memcpy(c.found_at, c.at, s->p->n_tasks * sizeof *c.at);
  c.found_cost = c.cost;
  while (s->w->used < end && !assign_over(s->w) && !assign_closed(s->w, plan)) {
    c.astray = ASTRAY * (end - s->w->used) / all; /* down to nothing at the end */
    step(&c);
    if (c.found_cost >= plan->cost) continue;
    plan->cost = c.found_cost;
    memcpy(plan->at, c.found_at, s->p->n_tasks * sizeof *c.at);
  }
  return DYO_OK;
}
