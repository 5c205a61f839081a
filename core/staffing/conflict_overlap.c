/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conflict_overlap.c - demands that need people at one time, where nobody can be in two of them. A set that cannot all be filled is what
 * augmenting paths reach from a head that stays open (Hall's theorem). */
#include <string.h>

#include "staffing/conflict.h"

typedef struct {
  staff_view *v;
  int        *clique; /* demands at this time */
  int         n;
  int        *at;      /* person -> demand they fill, -1 */
  int        *seen;    /* demand -> round in which it was reached */
  int        *touched; /* person -> likewise */
  int         round;
  int        *way;    /* demands reached, in order */
  int        *parent; /* demand -> the demand that a person of it could move to */
  int        *mover;  /* and that person */
} matching;

static bool matching_new(matching *x, staff_view *v)
{
  dyo_ctx     *ctx = v->j->ctx;
  const size_t d = v->j->m.n_demands + 1, p = v->j->m.n_people;
  *x = (matching){.v       = v,
                  .clique  = DYO_NEW(ctx, d, int),
                  .at      = DYO_NEW(ctx, p, int),
                  .seen    = DYO_NEW(ctx, d, int),
                  .touched = DYO_NEW(ctx, p, int),
                  .way     = DYO_NEW(ctx, d, int),
                  .parent  = DYO_NEW(ctx, d, int),
                  .mover   = DYO_NEW(ctx, d, int)};
  return x->clique && x->at && x->seen && x->touched && x->way && x->parent && x->mover;
}

/* A free person comes in at `demand`; each demand on the way back gives one of its people to the one before. */
static void move_along(matching *x, int person, int demand, int root)
{
  x->at[person] = demand;
  while (demand != root) {
    x->at[x->mover[demand]] = x->parent[demand];
    demand                  = x->parent[demand];
  }
}

/* One more head for `root`, breadth first. Where there is none, way[0..*n) are the demands that share all their people. */
static bool augment(matching *x, int root, int *n)
{
  int head = 0;
  *n       = 0;
  x->round++;
  x->way[(*n)++] = root;
  x->seen[root]  = x->round;
  while (head < *n) {
    const int d = x->way[head++];
    for (size_t w = x->v->from[d]; w < x->v->from[d + 1]; w++) {
      const int p = x->v->who[w], in = x->at[p];
      if (x->touched[p] == x->round) continue;
      x->touched[p] = x->round;
      if (in < 0) {
        move_along(x, p, d, root);
        return true;
      }
      if (x->seen[in] == x->round) continue;
      x->seen[in]    = x->round;
      x->parent[in]  = d;
      x->mover[in]   = p;
      x->way[(*n)++] = in;
    }
  }
  return false;
}

/* Do the n demands need more people than there are for any of them? */
static bool too_few(matching *x, const int *demands, int n, int *needed, int *had)
{
  x->round++;
  *needed = *had = 0;
  for (int k = 0; k < n; k++) {
    *needed += x->v->j->m.demands[demands[k]].need;
    for (size_t w = x->v->from[demands[k]]; w < x->v->from[demands[k] + 1]; w++) {
      *had += x->touched[x->v->who[w]] != x->round;
      x->touched[x->v->who[w]] = x->round;
    }
  }
  return *needed > *had;
}

static dyo_status tell_overlap(matching *x, int n, staff_cause *c)
{
  int       *set = DYO_NEW(x->v->j->ctx, (size_t)n + 1, int);
  int        needed, had;
  dyo_status st = set ? DYO_OK : dyo_oom(x->v->j->err);
  if (st != DYO_OK) return st;
  memcpy(set, x->way, (size_t)n * sizeof *set);
  for (int k = n - 1; k >= 0 && n > 1; k--) { /* leave out what is not needed for it */
    const int out = set[k];
    memmove(set + k, set + k + 1, (size_t)(n - 1 - k) * sizeof *set);
    if (too_few(x, set, n - 1, &needed, &had)) {
      n--;
      continue;
    }
    memmove(set + k + 1, set + k, (size_t)(n - 1 - k) * sizeof *set);
    set[k] = out;
  }
  too_few(x, set, n, &needed, &had);
  for (int a = 1; a < n; a++) /* by time, as demands are */
    for (int b = a; b > 0 && set[b] < set[b - 1]; b--) {
      const int t = set[b];
      set[b]      = set[b - 1];
      set[b - 1]  = t;
    }
  c->cause       = DYO_CAUSE_OVERLAP;
  st             = conflict_set(x->v, set, (size_t)n, c);
  c->needed      = needed;
  c->had         = had;
  c->short_heads = needed - had;
  if (st == DYO_OK) c->rules |= conflict_keeping_out(x->v, c);
  return st;
}

/* Fills the clique head by head; false: some cannot be. */
static bool fill(matching *x, int *n)
{
  for (size_t p = 0; p < x->v->j->m.n_people; p++) x->at[p] = -1;
  for (int k = 0; k < x->n; k++)
    for (int h = 0; h < x->v->j->m.demands[x->clique[k]].need; h++)
      if (!augment(x, x->clique[k], n)) return false;
  return true;
}

/* The demands whose shifts exclude each other with `first`, a shift that starts at this time: all that still run, or must rest. */
static void pick(matching *x, int first, const char *skill, bool by_day)
{
  const schedule_job *j = x->v->j;
  const int           t = j->m.shifts[first].start, rest = j->m.people[0].rest;
  x->n = 0;
  for (int s = 0; s < (int)j->m.n_shifts && j->m.shifts[s].start <= t + (by_day ? 1440 : 0); s++) {
    const roster_shift *o = &j->m.shifts[s];
    if (by_day ? o->day != j->m.shifts[first].day : o->end + rest <= t || o->start > t) continue;
    for (int d = j->heads_at[s]; d < j->heads_at[s + 1]; d++)
      if (j->m.demands[d].under == ROSTER_HARD && j->m.demands[d].need > 0 &&
          (skill ? j->skill_of[d] && strcmp(j->skill_of[d], skill) == 0 : !j->skill_of[d]))
        x->clique[x->n++] = d;
  }
}

static dyo_status look(matching *x, const char *skill, bool by_day, staff_cause *c)
{
  const roster_shift *shifts = x->v->j->m.shifts;
  for (int s = 0; s < (int)x->v->j->m.n_shifts && c->cause < 0; s++) {
    int n = 0;
    if (s > 0 && (by_day ? shifts[s].day == shifts[s - 1].day : shifts[s].start == shifts[s - 1].start)) continue;
    if (dyo_poll(x->v->j->ctx, 0, "conflict") != DYO_RUN_ON) return DYO_OK;
    pick(x, s, skill, by_day);
    if (x->n < 2 || fill(x, &n)) continue;
    c->skill            = skill;
    const dyo_status st = tell_overlap(x, n, c);
    if (by_day) c->rules |= RULE_DAY;
    if (!by_day && x->v->j->m.people[0].rest > 0) c->rules |= RULE_REST;
    if (st != DYO_OK) return st;
  }
  return DYO_OK;
}

dyo_status conflict_overlap(staff_view *v, staff_cause *c)
{
  matching   x;
  bool       one_a_day = true;
  dyo_status st        = matching_new(&x, v) ? DYO_OK : dyo_oom(v->j->err);
  for (size_t p = 0; p < v->j->m.n_people; p++) one_a_day = one_a_day && v->j->m.people[p].day_most == 1;
  if (st == DYO_OK) st = look(&x, NULL, false, c);
  if (st == DYO_OK && c->cause < 0 && one_a_day) st = look(&x, NULL, true, c);
  for (size_t i = 0; i < v->j->in->n_skill_coverage && st == DYO_OK && c->cause < 0; i++)
    for (size_t k = 0; k < v->j->in->skill_coverage[i].n_skills && st == DYO_OK && c->cause < 0; k++)
      st = look(&x, v->j->in->skill_coverage[i].skills[k].key, false, c);
  return st;
}
