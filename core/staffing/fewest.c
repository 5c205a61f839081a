/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fewest people that cover all shifts. No fewer can than are needed at the busiest moment; with so many people an ejection search
 * looks for a plan that covers everything, changing both who is called and who works what (after Lin & Ying 2014, Computers & Operations
 * Research 45, and Smet & Vanden Berghe 2012). With no luck, one person more is called. */
#include "staffing/fewest.h"

#include <stdlib.h>
#include <string.h>

#include "num/dyo_rng.h"

enum { NOBODY = -1, MOVES_PER_JOB = 6000, FEWEST_MOVES = 400000, UNDO_MOST = 256, TRIES = 8, COLD = 12 };

/* One head of a shift. */
typedef struct {
  int shift, start, end; /* end with rest, so that two jobs of a person are apart when they do not overlap */
} job;

typedef struct {
  const roster_model *m;
  dyo_ctx            *ctx;
  dyo_rng             rng;
  job                *jobs;
  int                 n_jobs, n_people;
  uint8_t            *may;                    /* n_people x n_jobs */
  int                *who;                    /* n_jobs */
  int                *next;                   /* n_jobs: the next job of the same person */
  int                *first;                  /* n_people: a person's first job */
  int                *open, *place, n_open;   /* jobs without anybody */
  int                *order, *rank, n_called; /* people, those called first */
  int                *best;                   /* n_jobs: the plan with the fewest open jobs */
  int                 best_open, best_called;
  int                 was_job[UNDO_MOST], was_who[UNDO_MOST], n_was;
} search;

/* ---- does it apply ---- */

static bool free_hours(const roster_person *p)
{
  return p->hours_least <= 0 && p->hours_most == ROSTER_NONE && p->week_least <= 0 && p->week_most == ROSTER_NONE &&
         (p->overtime_from == ROSTER_NONE || p->overtime_cost == 0) && p->fair_hours_cost == 0;
}

static bool person_fits(const roster_model *m, const roster_person *p)
{
  const roster_person *one = &m->people[0];
  if (!roster_is_plain(p) || !free_hours(p) || p->used != one->used || p->rest != one->rest) return false;
  for (size_t k = 0; k < p->n_arcs; k++)
    if (p->arcs[k].cost != 0 || p->arcs[k].fixed) return false;
  return true;
}

bool fewest_applies(const roster_model *m)
{
  if (m->n_people == 0 || m->barred || m->people[0].used <= 0) return false;
  for (size_t i = 0; i < m->n_people; i++)
    if (!person_fits(m, &m->people[i])) return false;
  for (size_t k = 0; k < m->n_demands; k++) {
    const roster_demand *d = &m->demands[k];
    if (d->who || (d->need > 0 && d->under != ROSTER_HARD) || d->need > d->most) return false;
    if (k > 0 && d->shift == m->demands[k - 1].shift) return false;
  }
  return true;
}

/* ---- making ---- */

static int by_start(const void *a, const void *b)
{
  const job *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  return (x->shift > y->shift) - (x->shift < y->shift);
}

static bool make_jobs(search *s)
{
  const roster_model *m = s->m;
  size_t              n = 0;
  for (size_t k = 0; k < m->n_demands; k++) n += (size_t)m->demands[k].need;
  if (n > 1000000) return false;
  s->jobs = DYO_NEW(s->ctx, n + 1, job);
  if (!s->jobs) return false;
  for (size_t k = 0; k < m->n_demands; k++) {
    const roster_shift *t = &m->shifts[m->demands[k].shift];
    for (int h = 0; h < m->demands[k].need; h++)
      s->jobs[s->n_jobs++] = (job){m->demands[k].shift, t->start, t->end + m->people[0].rest};
  }
  qsort(s->jobs, n, sizeof *s->jobs, by_start);
  return true;
}

static dyo_status make(search *s, dyo_err *err)
{
  s->n_people = (int)s->m->n_people;
  if (!make_jobs(s)) return dyo_oom(err);
  const size_t n = (size_t)s->n_jobs + 1, m = (size_t)s->n_people;
  s->may   = DYO_NEW(s->ctx, m * n, uint8_t);
  s->who   = DYO_NEW(s->ctx, n, int);
  s->next  = DYO_NEW(s->ctx, n, int);
  s->open  = DYO_NEW(s->ctx, n, int);
  s->place = DYO_NEW(s->ctx, n, int);
  s->best  = DYO_NEW(s->ctx, n, int);
  s->first = DYO_NEW(s->ctx, m, int);
  s->order = DYO_NEW(s->ctx, m, int);
  s->rank  = DYO_NEW(s->ctx, m, int);
  if (!s->may || !s->who || !s->next || !s->open || !s->place || !s->best || !s->first || !s->order || !s->rank)
    return dyo_oom(err);
  for (int i = 0; i < s->n_people; i++) {
    const roster_person *p = &s->m->people[i];
    for (int j = 0; j < s->n_jobs; j++)
      for (size_t k = 0; k < p->n_arcs; k++) s->may[i * s->n_jobs + j] |= p->arcs[k].shift == s->jobs[j].shift;
  }
  return DYO_OK;
}

/* Heads needed at the busiest moment: jobs are in order of start, so it is when one starts. */
static int busiest(const search *s)
{
  int most = 0;
  for (int j = 0; j < s->n_jobs; j++) {
    int n = 0;
    for (int k = 0; k <= j; k++) n += s->jobs[k].end > s->jobs[j].start;
    for (int k = j + 1; k < s->n_jobs && s->jobs[k].start == s->jobs[j].start; k++) n++;
    if (n > most) most = n;
  }
  return most;
}

/* ---- what cannot be covered: at one moment everybody holds one job at most ---- */

typedef struct {
  int *holds, *via, *seen; /* n_people: a job; by which job a person was reached, and in which search */
  int *seat, *queue;       /* n_jobs: the person who holds a job, NOBODY */
  int  round;
} seating;

static bool seating_make(const search *s, seating *t)
{
  const size_t n = (size_t)s->n_jobs + 1, m = (size_t)s->n_people;
  t->round = 0;
  t->holds = DYO_NEW(s->ctx, m, int);
  t->via   = DYO_NEW(s->ctx, m, int);
  t->seen  = DYO_NEW(s->ctx, m, int);
  t->seat  = DYO_NEW(s->ctx, n, int);
  t->queue = DYO_NEW(s->ctx, n, int);
  if (!t->holds || !t->via || !t->seen || !t->seat || !t->queue) return false;
  for (int i = 0; i < s->n_people; i++) t->holds[i] = NOBODY;
  for (int j = 0; j < s->n_jobs; j++) t->seat[j] = NOBODY;
  return true;
}

/* Somebody for a job, others changing theirs where that makes room. */
static bool sit(const search *s, seating *t, int first)
{
  int n         = 0;
  t->queue[n++] = first;
  t->round++;
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < s->n_people; i++) {
      if (t->seen[i] == t->round || !s->may[i * s->n_jobs + t->queue[k]]) continue;
      t->seen[i] = t->round;
      t->via[i]  = t->queue[k];
      if (t->holds[i] != NOBODY) {
        t->queue[n++] = t->holds[i];
        continue;
      }
      for (int p = i, j = NOBODY; j != first;) {
        const int next = t->seat[j = t->via[p]];
        t->holds[p]    = j;
        t->seat[j]     = p;
        p              = next;
      }
      return true;
    }
  }
  return false;
}

/* Jobs up to the one that starts now are seated, as many as can be; those that ended have left. Returns how many stand. */
static int standing(const search *s, seating *t, int now)
{
  int n = 0;
  for (int j = 0; j <= now; j++) {
    if (s->jobs[j].end <= s->jobs[now].start) {
      if (t->seat[j] != NOBODY) t->holds[t->seat[j]] = NOBODY;
      t->seat[j] = NOBODY;
    }
  }
  for (int j = 0; j <= now; j++)
    if (s->jobs[j].end > s->jobs[now].start && t->seat[j] == NOBODY) n += !sit(s, t, j);
  return n;
}

static bool nobody_may(const search *s, int j)
{
  for (int i = 0; i < s->n_people; i++)
    if (s->may[i * s->n_jobs + j]) return false;
  return true;
}

/* No plan leaves fewer jobs open: those that nobody may do, and at the worst moment those beyond what people could hold. -1: no memory. */
static int least_open(const search *s)
{
  seating t;
  int     most = 0, hopeless = 0;
  if (!seating_make(s, &t)) return -1;
  for (int j = 0; j < s->n_jobs; j++) hopeless += nobody_may(s, j);
  for (int j = 0; j < s->n_jobs && dyo_poll(s->ctx, 0, "fewest people") == DYO_RUN_ON; j++) {
    int now = standing(s, &t, j);
    for (int k = 0; k <= j; k++) now -= s->jobs[k].end > s->jobs[j].start && nobody_may(s, k);
    if (now > most) most = now;
  }
  return hopeless + most;
}

/* ---- moves ---- */

static void put(search *s, int j, int i)
{
  if (s->who[j] == NOBODY) {
    const int last       = s->open[--s->n_open];
    s->open[s->place[j]] = last;
    s->place[last]       = s->place[j];
  } else {
    int *link = &s->first[s->who[j]];
    while (*link != j) link = &s->next[*link];
    *link = s->next[j];
  }
  s->who[j] = i;
  if (i == NOBODY) {
    s->place[j]          = s->n_open;
    s->open[s->n_open++] = j;
  } else {
    s->next[j]  = s->first[i];
    s->first[i] = j;
  }
}

static bool change(search *s, int j, int i)
{
  if (s->n_was == UNDO_MOST) return false;
  s->was_job[s->n_was]   = j;
  s->was_who[s->n_was++] = s->who[j];
  put(s, j, i);
  return true;
}

static void undo(search *s)
{
  while (s->n_was > 0) {
    s->n_was--;
    put(s, s->was_job[s->n_was], s->was_who[s->n_was]);
  }
}

static bool clash(const search *s, int a, int b)
{
  return s->jobs[a].start < s->jobs[b].end && s->jobs[b].start < s->jobs[a].end;
}

static bool is_free(const search *s, int i, int j)
{
  for (int k = s->first[i]; k != NOBODY; k = s->next[k])
    if (clash(s, j, k)) return false;
  return true;
}

/* Job j to somebody called who is free, beginning anywhere. */
static bool settle(search *s, int j)
{
  const int from = (int)dyo_rng_below(&s->rng, (uint64_t)s->n_called);
  for (int q = 0; q < s->n_called; q++) {
    const int i = s->order[(from + q) % s->n_called];
    if (s->may[i * s->n_jobs + j] && is_free(s, i, j)) return change(s, j, i);
  }
  return false;
}

/* Job j to person i, whose jobs at that time go to others or stay open. */
static bool push(search *s, int j, int i)
{
  int gone[UNDO_MOST], n = 0;
  for (int k = s->first[i], next; k != NOBODY; k = next) {
    next = s->next[k];
    if (!clash(s, j, k)) continue;
    if (n == UNDO_MOST || !change(s, k, NOBODY)) return false;
    gone[n++] = k;
  }
  if (!change(s, j, i)) return false;
  for (int g = 0; g < n; g++) settle(s, gone[g]);
  return true;
}

static int somebody_for(search *s, int j)
{
  for (int t = 0; t < 20; t++) {
    const int i = s->order[dyo_rng_below(&s->rng, (uint64_t)s->n_called)];
    if (s->may[i * s->n_jobs + j] && s->who[j] != i) return i;
  }
  return NOBODY;
}

static void swap_called(search *s, int a, int b)
{
  const int x = s->order[a], y = s->order[b];
  s->order[a] = y;
  s->order[b] = x;
  s->rank[x]  = b;
  s->rank[y]  = a;
}

/* Somebody called goes home, somebody else comes and takes what of it he may; then what is open is offered round. */
static bool exchange(search *s, int a, int b)
{
  const int out = s->order[a], in = s->order[b];
  swap_called(s, a, b);
  for (int k = s->first[out], next; k != NOBODY; k = next) {
    next = s->next[k];
    if (!change(s, k, s->may[in * s->n_jobs + k] ? in : NOBODY)) return false;
  }
  for (int q = s->n_open - 1; q >= 0; q--) {
    const int j = s->open[q];
    if (s->may[in * s->n_jobs + j] && is_free(s, in, j)) {
      if (!change(s, j, in)) return false;
    } else if (!settle(s, j) && s->n_was == UNDO_MOST) {
      return false;
    }
    if (q > s->n_open) q = s->n_open;
  }
  return true;
}

/* A worse plan is taken hardly ever, a like one always. */
static bool taken(search *s, int before)
{
  const int worse = s->n_open - before;
  if (worse <= 0) return true;
  return worse <= 4 && (dyo_rng_bits(&s->rng) & (((uint64_t)1 << COLD * worse) - 1)) == 0;
}

static void step(search *s)
{
  const uint64_t kind   = dyo_rng_below(&s->rng, 16);
  const int      before = s->n_open;
  int            a = 0, b = 0;
  bool           ok = false;
  s->n_was          = 0;
  if (kind == 0 && s->n_called < s->n_people) {
    a  = (int)dyo_rng_below(&s->rng, (uint64_t)s->n_called);
    b  = s->n_called + (int)dyo_rng_below(&s->rng, (uint64_t)(s->n_people - s->n_called));
    ok = exchange(s, a, b);
  } else {
    const int j = kind < 12 && s->n_open > 0 ? s->open[dyo_rng_below(&s->rng, (uint64_t)s->n_open)]
                                             : (int)dyo_rng_below(&s->rng, (uint64_t)s->n_jobs);
    const int i = somebody_for(s, j);
    ok          = i != NOBODY && push(s, j, i);
  }
  if (ok && taken(s, before)) return;
  undo(s);
  if (a != b) swap_called(s, a, b);
}

static void keep(search *s)
{
  if (s->n_open > s->best_open || (s->n_open == s->best_open && s->n_called >= s->best_called)) return;
  memcpy(s->best, s->who, (size_t)s->n_jobs * sizeof *s->best);
  s->best_open   = s->n_open;
  s->best_called = s->n_called;
}

/* Who may do most is called first; jobs are offered in order of start. */
static void begin(search *s, int called)
{
  s->n_called = called;
  s->n_open = s->n_was = 0;
  for (int i = 0; i < s->n_people; i++) {
    s->first[i] = NOBODY;
    s->order[i] = s->rank[i] = i;
  }
  for (int i = 1; i < s->n_people; i++)
    for (int k = i; k > 0 && s->m->people[s->order[k]].n_arcs > s->m->people[s->order[k - 1]].n_arcs; k--)
      swap_called(s, k, k - 1);
  for (int j = 0; j < s->n_jobs; j++) {
    s->who[j]            = NOBODY;
    s->place[j]          = s->n_open;
    s->open[s->n_open++] = j;
  }
  for (int j = 0; j < s->n_jobs; j++) {
    s->n_was = 0;
    settle(s, j);
  }
}

/* true: a plan with so many people that leaves no more open than must be. */
static bool try_with(search *s, int called, int enough)
{
  const int64_t moves = FEWEST_MOVES + (int64_t)MOVES_PER_JOB * s->n_jobs;
  begin(s, called);
  keep(s);
  for (int64_t k = 0; k < moves && s->n_open > enough; k++) {
    step(s);
    keep(s);
    if (k % 8 == 0 && dyo_poll(s->ctx, (double)k / (double)moves, "fewest people") != DYO_RUN_ON) break;
  }
  return s->n_open <= enough;
}

/* First up from the bound in growing steps until a plan covers everything, then down again one by one, TRIES times at most in vain. */
static void look(search *s, int bound, int enough)
{
  int called = bound, up = 1, tries = 0;
  while (!try_with(s, called, enough) && called < s->n_people && s->ctx->stop == DYO_RUN_ON) {
    called = called + up < s->n_people ? called + up : s->n_people;
    up *= 2;
  }
  while (s->best_open <= enough && s->best_called > bound && tries < TRIES && s->ctx->stop == DYO_RUN_ON)
    tries += !try_with(s, s->best_called - 1, enough);
  if (s->best_open <= enough || s->ctx->stop == DYO_RUN_ON) return;
  begin(s, s->n_people); /* cut before any plan covered everything: whoever covers most, from everybody */
  keep(s);
}

/* ---- the plan ---- */

static int by_number(const void *a, const void *b)
{
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

static dyo_status lay(search *s, roster_plan *plan, dyo_err *err)
{
  plan->works   = DYO_NEW(s->ctx, s->m->n_people, int *);
  plan->n_works = DYO_NEW(s->ctx, s->m->n_people, int);
  if (!plan->works || !plan->n_works) return dyo_oom(err);
  for (int i = 0; i < s->n_people; i++) {
    int n = 0;
    for (int j = 0; j < s->n_jobs; j++) n += s->best[j] == i;
    plan->works[i] = DYO_NEW(s->ctx, (size_t)n + 1, int);
    if (!plan->works[i]) return dyo_oom(err);
    for (int j = 0; j < s->n_jobs; j++)
      if (s->best[j] == i) plan->works[i][plan->n_works[i]++] = s->jobs[j].shift;
    qsort(plan->works[i], (size_t)n, sizeof(int), by_number);
  }
  if (!roster_check(s->m, plan->works, plan->n_works, &plan->cost, &plan->short_heads, NULL, NULL, NULL))
    return dyo_fail(err, DYO_INTERNAL, "", "a plan broke a rule");
  return DYO_OK;
}

dyo_status fewest_solve(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan, dyo_err *err)
{
  search     s  = {.m = m, .ctx = ctx, .rng = dyo_rng_seed(o->seed), .best_open = INT_MAX};
  dyo_status st = make(&s, err);
  memset(plan, 0, sizeof *plan);
  if (st != DYO_OK) return st;
  const int least = least_open(&s), bound = least == 0 ? busiest(&s) : least < s.n_jobs;
  if (least < 0) return dyo_oom(err);
  if (s.n_jobs > 0) look(&s, least > 0 ? s.n_people : bound < s.n_people ? bound : s.n_people, least);
  st = lay(&s, plan, err);
  if (st != DYO_OK) return st;
  plan->bound       = bound * m->people[0].used;
  plan->least_short = least;
  if (plan->bound > plan->cost) plan->bound = plan->cost;
  const bool closed = plan->short_heads == least && (double)(plan->cost - plan->bound) <= o->gap * (double)plan->cost;
  plan->stopped_by  = closed                            ? ROSTER_BY_GAP
                      : ctx->stop == DYO_STOP_TIME      ? ROSTER_BY_TIME
                      : ctx->stop == DYO_STOP_CANCELLED ? ROSTER_BY_CANCEL
                                                        : ROSTER_BY_WORK;
  return DYO_OK;
}
