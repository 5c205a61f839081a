/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conflict_rules.c - the last question: which rules and demands, each needed for it, leave no full plan. Each is left out in turn, and stays out
 * where the search still proves that heads must be missing (deletion filtering). */
#include <string.h>

#include "staffing/conflict.h"

enum { MOST_SOLVES = 80 };

typedef enum { FULL_PLAN, NO_PLAN, NOT_KNOWN } verdict;

typedef struct {
  staff_view *v;
  unsigned    out;  /* rules left out */
  bool       *kept; /* n_demands: the rest asks for nobody */
  double      seconds;
  int         solves;
  bool        cut; /* a search was ended by its time */
} filter;

/* ---- a model with less in it ---- */

static void ease(roster_person *p, unsigned out)
{
  if (out & RULE_MAX_HOURS) p->hours_most = ROSTER_NONE;
  if (out & RULE_MIN_HOURS) p->hours_least = 0;
  if (out & RULE_MAX_WEEK) p->week_most = ROSTER_NONE;
  if (out & RULE_MIN_WEEK) p->week_least = 0;
  if (out & RULE_REST) p->rest = 0;
  if (out & RULE_DAY) p->day_most = ROSTER_NONE;
  if (out & RULE_RUN_MOST) p->run_most = ROSTER_NONE;
  if (out & RULE_RUN_LEAST) p->run_least = 0;
  if (out & RULE_OFF_LEAST) p->off_least = 0;
  if (out & RULE_WEEKENDS) p->weekends_most = ROSTER_NONE;
  if (out & RULE_TYPES) p->kind_most = NULL;
}

/* Which rules the request has at all. */
static unsigned rules_of(const schedule_job *j)
{
  unsigned all = j->m.barred ? RULE_SUCCESSIONS : 0;
  all |= j->in->n_fixed > 0 ? RULE_FIXED : 0;
  all |= j->in->n_max_coverage > 0 ? RULE_MAX_COVERAGE : 0;
  for (size_t i = 0; i < j->m.n_people; i++) {
    const roster_person *p = &j->m.people[i];
    all |= p->hours_most != ROSTER_NONE ? RULE_MAX_HOURS : 0;
    all |= p->hours_least > 0 ? RULE_MIN_HOURS : 0;
    all |= p->week_most != ROSTER_NONE ? RULE_MAX_WEEK : 0;
    all |= p->week_least > 0 ? RULE_MIN_WEEK : 0;
    all |= p->rest > 0 ? RULE_REST : 0;
    all |= p->day_most != ROSTER_NONE ? RULE_DAY : 0;
    all |= p->run_most != ROSTER_NONE ? RULE_RUN_MOST : 0;
    all |= p->run_least > 1 ? RULE_RUN_LEAST : 0;
    all |= p->off_least > 1 ? RULE_OFF_LEAST : 0;
    all |= p->weekends_most != ROSTER_NONE ? RULE_WEEKENDS : 0;
    all |= p->kind_most ? RULE_TYPES : 0;
  }
  return all;
}

/* Nothing costs anything; only heads count. */
static bool smaller(const filter *f, roster_model *m)
{
  dyo_ctx *ctx = f->v->j->ctx;
  *m           = f->v->j->m;
  m->people    = DYO_NEW(ctx, m->n_people, roster_person);
  m->demands   = DYO_NEW(ctx, m->n_demands, roster_demand);
  if (!m->people || !m->demands) return false;
  if (f->out & RULE_SUCCESSIONS) m->barred = NULL;
  for (size_t i = 0; i < m->n_people; i++) {
    roster_person *p = &m->people[i];
    *p               = f->v->j->m.people[i];
    p->arcs          = DYO_NEW(ctx, p->n_arcs + 1, roster_arc);
    if (!p->arcs) return false;
    for (size_t a = 0; a < p->n_arcs; a++)
      p->arcs[a] = (roster_arc){.shift = f->v->j->m.people[i].arcs[a].shift,
                                .fixed = f->out & RULE_FIXED ? 0 : f->v->j->m.people[i].arcs[a].fixed};
    p->used = p->overtime_cost = p->fair_hours_cost = p->fair_unpopular_cost = 0;
    p->overtime_from                                                         = ROSTER_NONE;
    ease(p, f->out);
  }
  for (size_t d = 0; d < m->n_demands; d++) {
    m->demands[d] = f->v->j->m.demands[d];
    if (!f->kept[d]) m->demands[d].need = 0;
    if (m->demands[d].under != ROSTER_HARD) m->demands[d].under = 0;
    m->demands[d].over = 0;
    if (f->out & RULE_MAX_COVERAGE) m->demands[d].most = ROSTER_NONE;
  }
  return true;
}

static dyo_status judge(filter *f, verdict *what)
{
  schedule_job  *j    = f->v->j;
  roster_plan    plan = {0};
  roster_model   m;
  roster_options o = {.gap = 1, .seed = (uint64_t)j->in->seed};
  *what            = NOT_KNOWN;
  f->cut           = f->cut || f->solves >= MOST_SOLVES || j->ctx->stop != DYO_RUN_ON;
  if (f->solves++ >= MOST_SOLVES || j->ctx->stop != DYO_RUN_ON) return DYO_OK;
  if (!smaller(f, &m)) return dyo_oom(j->err);
  const double     before = dyo_time_part(j->ctx, f->seconds);
  const dyo_status st     = roster_solve(j->ctx, &m, &o, &plan, j->err);
  f->cut                  = f->cut || j->ctx->stop == DYO_STOP_TIME;
  dyo_time_back(j->ctx, before);
  if (st != DYO_OK) return st;
  if (plan.least_short > 0) *what = NO_PLAN;
  else if (plan.short_heads == 0 && roster_check(&m, plan.works, plan.n_works, NULL, NULL, NULL, NULL, NULL))
    *what = FULL_PLAN;
  return DYO_OK;
}

/* ---- the filter ---- */

static dyo_status filter_rules(filter *f, unsigned all)
{
  dyo_status st = DYO_OK;
  verdict    what;
  for (int k = 0; k < RULES && st == DYO_OK; k++) {
    if (!(all >> k & 1)) continue;
    f->out |= 1u << k;
    st = judge(f, &what);
    if (what != NO_PLAN) f->out &= ~(1u << k);
  }
  return st;
}

static dyo_status filter_demands(filter *f, int *list, size_t *n)
{
  dyo_status st = DYO_OK;
  for (size_t block = (*n + 1) / 2; st == DYO_OK; block = (block + 1) / 2) {
    for (size_t from = 0; from<*n && * n> 1 && st == DYO_OK;) {
      const size_t to = from + block < *n ? from + block : *n;
      verdict      what;
      for (size_t k = from; k < to; k++) f->kept[list[k]] = false;
      st = judge(f, &what);
      if (what == NO_PLAN) {
        memmove(list + from, list + to, (*n - to) * sizeof *list);
        *n -= to - from;
        continue;
      }
      for (size_t k = from; k < to; k++) f->kept[list[k]] = true;
      from = to;
    }
    if (block <= 1 || f->solves >= MOST_SOLVES) break;
  }
  return st;
}

dyo_status conflict_rules(staff_view *v, staff_cause *c, double seconds)
{
  schedule_job  *j    = v->j;
  const unsigned all  = rules_of(j);
  filter         f    = {.v = v, .kept = DYO_NEW(j->ctx, j->m.n_demands + 1, bool), .seconds = seconds / 20};
  int           *list = DYO_NEW(j->ctx, j->m.n_demands + 1, int);
  size_t         n    = 0;
  dyo_status     st   = f.kept && list ? DYO_OK : dyo_oom(j->err);
  for (size_t d = 0; d < j->m.n_demands && st == DYO_OK; d++) {
    if (j->m.demands[d].under != ROSTER_HARD || j->m.demands[d].need == 0) continue;
    f.kept[d] = true;
    list[n++] = (int)d;
  }
  if (st == DYO_OK) st = filter_rules(&f, all);
  if (st == DYO_OK) st = filter_demands(&f, list, &n);
  if (st == DYO_OK) st = filter_rules(&f, all & ~f.out); /* with fewer demands some more may go */
  if (st == DYO_OK) st = conflict_set(v, list, n, c);
  c->cause = DYO_CAUSE_RULES;
  c->rules |= all & ~f.out;
  c->cut = f.cut;
  if (st == DYO_OK) c->rules |= conflict_keeping_out(v, c) & ~RULES_EASED;
  return st;
}
