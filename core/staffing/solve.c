/* SPDX-License-Identifier: GPL-3.0-or-later */
/* solve.c - the way from a model to a plan with its proof: who searches, and in what order.
 *
 * Models of plain people: prices and rosters give a bound (bound.c), annealing a plan (search.c), and what lies between is closed by
 * leaving out what the bound rules out (close.c) and by branching (tree.c). If some hard demand stays short, the least number of heads
 * short is settled first and the cost after it. What is done when follows counts, never the clock, so that a seed gives one plan. */
#include "staffing/engine.h"
#include "staffing/fewest.h"
#include "staffing/rules.h"

#include <math.h>
#include <string.h>

enum {
  FIRST_ROUNDS = 60, /* of the bound, before there is a plan */
  DOUBT        = 40, /* that have to show that heads must be short */
  FIRST_TICKS  = 60, /* of the first run; each run has twice the ticks of the one before */
  RUNS         = 9,
  MOVES        = 4,    /* of a tick, for each head asked for */
  CELLS        = 5000, /* of the pricing, that take as long as a move */
  POOL_TICKS   = 20,   /* between looks at which arcs are worth trying */
  LIMIT        = 8,    /* arcs that cost more than this times the heat are not worth trying */
  AGAIN_LESS   = 4,    /* times less rounds of a bound that has come to rest before */
  TREE_ARCS    = 3000, /* branching is for models with fewer arcs left than this, */
  TREE_ROUNDS  = 8,    /* with so many rounds for each tick of the run before */
  RULES_ARCS   = 4000  /* models with rules and more arcs than this go without exact rosters */
};

#define CALM   0.1  /* and steps of the bound shorter than this */
#define SETTLE 1e-3 /* the bound rests when its steps are this short */

/* Heat, as a share of how much costs within a shift differ, and of it what is left after a tick in FIRST_TICKS. */
typedef struct {
  double hot, cool;
} cooling;

static const cooling first_run = {0.30, 0.945}; /* to 0.01: all heads are there soon */
static const cooling again     = {0.20, 0.915}; /* to 0.001, from the best plan */
static const cooling anew = {0.05, 0.948}; /* to 0.002, from a plan by the prices, whose good parts heat would undo */

typedef struct {
  closing c;
  int64_t each;    /* stand-in for a head short */
  bool    settled; /* the least number of heads short has been looked for */
  double  scale;   /* of heat */
  int64_t moves;   /* of a tick */
  int     rounds;  /* of a tick */
} solving;

static bool stopped(const solving *v)
{
  return dyo_poll(v->c.e->ctx, v->c.b->shown, "plan") != DYO_RUN_ON;
}

static void note_bound(solving *v)
{
  closing      *c   = &v->c;
  const int64_t now = bound_cost(c->b);
  int           lack;
  const int64_t cost = search_best(c->s, &lack, NULL);
  if (now > c->low) c->low = now;
  if (c->low == INT64_MIN || lack > c->lack) return;
  const double size = (double)(cost < 0 ? -cost : cost) + 1;
  c->b->shown       = 1 - (double)(cost - c->low) / size; /* progress is the part of the cost that is proven */
  if (c->b->shown < 0) c->b->shown = 0;
}

/* What the bound's steps go for. Before there is a whole plan: a little above what is known. */
static int64_t goal(const solving *v)
{
  int           lack;
  const int64_t cost = search_best(v->c.s, &lack, NULL), low = bound_cost(v->c.b);
  if (lack <= v->c.lack || low == INT64_MIN) return cost;
  return low + (low < 0 ? -low : low) / 20 + 1;
}

static bool price_rounds(solving *v, int n)
{
  for (int k = 0; k < n && v->c.b->step > SETTLE; k++) {
    if (!bound_solve(v->c.b)) return false;
    bound_step(v->c.b, goal(v));
  }
  note_bound(v);
  return true;
}

/* How much the costs of a shift's arcs differ, on average. */
static double spread_of(const engine *e)
{
  double sum = 0, top = 1;
  for (int t = 0; t < e->n_shifts; t++) {
    double mean = 0;
    for (int k = e->who_at[t]; k < e->who_at[t + 1]; k++) mean += (double)e->cost[e->who[k]];
    mean /= e->who_at[t + 1] - e->who_at[t] + 1e-9;
    for (int k = e->who_at[t]; k < e->who_at[t + 1]; k++) {
      const double x = (double)e->cost[e->who[k]], off = x < mean ? mean - x : x - mean;
      sum += off;
      top = x > top ? x : top;
    }
  }
  sum /= e->n_arcs + 1e-9;
  return e->shortage ? SHORT_UNIT : sum > top / 50 ? sum : top / 50;
}

static void measure(solving *v)
{
  const engine *e     = v->c.e;
  int64_t       slots = 1, cells = 1;
  for (int d = 0; d < e->n_demands; d++) slots += e->demands[d].need;
  for (int p = 0; p < e->n_people; p++) cells += (int64_t)(e->first[p + 1] - e->first[p]) * (e->people[p].width + 8);
  const int64_t even = slots * MOVES * CELLS / cells;
  v->moves           = slots * MOVES;
  v->rounds          = even < 1 ? 1 : even > 8 ? 8 : (int)even;
  v->scale           = spread_of(e);
}

static int arcs_left(const engine *e)
{
  int n = 0;
  for (int a = 0; a < e->n_arcs; a++) n += e->mode[a] == ARC_FREE;
  return n;
}

/* Annealing run number `which`, the bound moving beside it. Whatever stands in the way of one start hardly does so for the other, so they take turns.
 * false: the work is over. */
static bool run(solving *v, int which, int ticks)
{
  closing      *c    = &v->c;
  const cooling how  = !which ? first_run : which % 2 ? again : anew;
  double        heat = how.hot * v->scale, cool = how.cool;
  for (int k = 0; k < which; k++) cool = sqrt(cool);
  if (which && c->b->step <= SETTLE) { /* little is left to gain */
    bound_again(c->b);
    if (arcs_left(c->e) >= TREE_ARCS) v->rounds = v->rounds > AGAIN_LESS ? v->rounds / AGAIN_LESS : 1;
  }
  if (which && which % 2 == 0) closing_seed(c);
  for (int k = 0; k < ticks; k++, heat *= cool) {
    if (k % POOL_TICKS == 0) closing_pool(c, (int64_t)(LIMIT * heat));
    search_run(c->s, v->moves, (int64_t)heat, c->b->shown);
    price_rounds(v, v->rounds);
    if (closing_done(c) || stopped(v)) return false;
  }
  search_return(c->s);
  return true;
}

static int64_t stand_in(const engine *e)
{
  int64_t top = 0;
  for (int p = 0; p < e->n_people; p++)
    for (size_t k = 0; k < e->people[p].p->n_arcs; k++) {
      const int64_t x = e->people[p].p->arcs[k].cost;
      if (x > top) top = x;
      if (-x > top) top = -x;
    }
  return 2 * top + 1;
}

/* true: some heads have to be short, by a few rounds of the bound on their number. Otherwise everything is as before. */
static bool cannot(solving *v)
{
  bound      *b = v->c.b;
  engine     *e = v->c.e;
  bound_state kept;
  if (!bound_keep(b, &kept)) return false;
  engine_phase(e, true, v->each);
  bound_start(b, 0, v->each);
  bool more = true, found = false;
  for (int k = 0; k < DOUBT && more && !found; k++) {
    int lack;
    more  = bound_solve(b);
    found = more && b->value > 0;
    search_best(v->c.s, &lack, NULL);
    if (more) bound_step(b, (int64_t)lack * SHORT_UNIT);
  }
  engine_phase(e, false, v->each);
  bound_start(b, 0, v->each);
  bound_back(b, &kept);
  return found;
}

/* Runs, each twice as long as the one before, until the proof is there or work no longer pays. In the cost phase a first run that leaves
 * heads short ends it, unless so many have to be. */
static dyo_status improve(solving *v, dyo_err *err)
{
  closing   *c  = &v->c;
  dyo_status st = DYO_OK;
  measure(v);
  price_rounds(v, FIRST_ROUNDS);
  if (!stopped(v)) closing_seed(c);
  price_rounds(v, 1);
  for (int k = 0, ticks = FIRST_TICKS; k < RUNS && st == DYO_OK; k++, ticks *= 2) {
    int lack;
    if (closing_done(c) || stopped(v)) break;
    if (!run(v, k, ticks)) break;
    search_best(c->s, &lack, NULL);
    if (lack > c->lack) {
      if (!v->settled && (k > 0 || cannot(v))) break; /* how many have to be short comes first */
      v->each *= 2;                                   /* heads short look too cheap */
      engine_phase(c->e, false, v->each);
      search_reset(c->s, false);
      measure(v);
    } else if ((v->c.b->late || v->c.b->step < CALM) && arcs_left(c->e) < TREE_ARCS && !c->e->rules) {
      st = closing_tree(c, (int64_t)ticks * TREE_ROUNDS, err);
      note_bound(v);
    }
  }
  return st;
}

/* ---- phases ---- */

static void begin(solving *v, bool shortage, int short_heads)
{
  closing *c = &v->c;
  engine  *e = c->e;
  engine_phase(e, shortage, v->each);
  for (int a = 0; a < e->n_arcs; a++) /* what was closed for one phase is open for the next */
    if (e->mode[a] == ARC_OUT) e->mode[a] = ARC_FREE;
  search_reset(c->s, true);
  search_pool(c->s, NULL);
  bound_start(c->b, short_heads, v->each);
  c->low  = shortage ? 0 : INT64_MIN;
  c->lack = short_heads;
}

/* The least number of heads short, as far as it can be proven. */
static dyo_status least_short(solving *v, int *least, dyo_err *err)
{
  begin(v, true, 0);
  const dyo_status st = improve(v, err);
  *least              = v->c.low > 0 ? (int)((v->c.low + SHORT_UNIT - 1) / SHORT_UNIT) : 0;
  return st;
}

static dyo_status phases(solving *v, roster_plan *plan, dyo_err *err)
{
  closing    *c = &v->c;
  bound_state kept;
  int         lack;
  begin(v, false, 0);
  dyo_status st = improve(v, err);
  search_best(c->s, &lack, NULL);
  if (lack && st == DYO_OK && !stopped(v)) {
    const int64_t low = c->low;
    if (!bound_keep(c->b, &kept)) return dyo_oom(err);
    st = least_short(v, &plan->least_short, err);
    begin(v, false, plan->least_short);
    v->settled = true;
    if (!plan->least_short) { /* what was proven of plans that lack nobody still holds */
      bound_back(c->b, &kept);
      c->low = low;
    }
    if (st == DYO_OK) st = improve(v, err);
  }
  plan->bound = c->low;
  return st;
}

/* ---- the answer ---- */

static dyo_status write_plan(const solving *v, roster_plan *plan, dyo_err *err)
{
  const engine *e = v->c.e;
  plan->works     = DYO_NEW(e->ctx, (size_t)e->n_people + 1, int *);
  plan->n_works   = DYO_NEW(e->ctx, (size_t)e->n_people + 1, int);
  if (!plan->works || !plan->n_works) return dyo_oom(err);
  search_plan(v->c.s, v->c.on);
  for (int p = 0; p < e->n_people; p++) {
    int n = 0, *works = DYO_NEW(e->ctx, (size_t)(e->first[p + 1] - e->first[p]) + 1, int);
    if (!works) return dyo_oom(err);
    for (int a = e->first[p]; a < e->first[p + 1]; a++) { /* in order of shift, which arcs nearly are */
      int k = n;
      if (!v->c.on[a]) continue;
      for (; k > 0 && works[k - 1] > e->shift[a]; k--) works[k] = works[k - 1];
      works[k] = e->shift[a];
      n++;
    }
    plan->works[p]   = works;
    plan->n_works[p] = n;
  }
  return DYO_OK;
}

/* The plan once more, by the definition. A plan that lacks hours of a least is looked at without leasts. */
static dyo_status check_plan(const solving *v, roster_plan *plan, dyo_err *err)
{
  roster_model m   = *v->c.e->m;
  const char  *why = "";
  int          who = -1, which = -1;
  m.people = DYO_NEW(v->c.e->ctx, m.n_people + 1, roster_person);
  if (!m.people) return dyo_oom(err);
  search_best(v->c.s, NULL, &plan->short_hours);
  for (size_t p = 0; p < m.n_people; p++) {
    m.people[p] = v->c.e->m->people[p];
    if (plan->short_hours) m.people[p].hours_least = m.people[p].week_least = 0;
  }
  if (roster_check(&m, plan->works, plan->n_works, &plan->cost, &plan->short_heads, &why, &who, &which)) return DYO_OK;
  return dyo_fail(err, DYO_INTERNAL, "", "the plan breaks a rule: %s (person %d, shift %d)", why, who, which);
}

static int by_stop(dyo_stop stop)
{
  return stop == DYO_STOP_TIME ? ROSTER_BY_TIME : stop == DYO_STOP_CANCELLED ? ROSTER_BY_CANCEL : ROSTER_BY_WORK;
}

static int why_stopped(const solving *v, const roster_plan *plan)
{
  const dyo_stop stop = dyo_poll(v->c.e->ctx, v->c.b->shown, "plan");
  const double   size = (double)(plan->cost < 0 ? -plan->cost : plan->cost);
  if (plan->short_heads == plan->least_short && !plan->short_hours &&
      (double)(plan->cost - plan->bound) <= v->c.gap * size)
    return ROSTER_BY_GAP;
  return by_stop(stop);
}

/* Not below what nobody's roster can cost, where the bound was never asked. */
static int64_t floor_of(const roster_model *m)
{
  int64_t sum = 0;
  for (size_t p = 0; p < m->n_people; p++) {
    sum += m->people[p].used < 0 ? m->people[p].used : 0;
    for (size_t k = 0; k < m->people[p].n_arcs; k++)
      sum += m->people[p].arcs[k].cost < 0 || m->people[p].arcs[k].fixed ? m->people[p].arcs[k].cost : 0;
  }
  return sum;
}

/* Hours that person p lacks of the leasts in this roster. */
static int64_t lacking(const roster_model *m, const roster_person *p, const int *works, int n)
{
  int64_t all = 0, sum = 0;
  for (int i = 0; i < n; i++) all += m->shifts[works[i]].hours;
  if (all < p->hours_least) sum = p->hours_least - all;
  for (int w = 0; p->week_least > 0 && 7 * w + 7 <= m->n_days; w++) {
    int64_t week = 0;
    for (int i = 0; i < n; i++) week += m->shifts[works[i]].day / 7 == w ? m->shifts[works[i]].hours : 0;
    if (week < p->week_least) sum += p->week_least - week;
  }
  return sum;
}

/* Told to stop before there was anything: nobody works but where it is fixed. */
static dyo_status only_fixed(dyo_ctx *ctx, const roster_model *m, roster_plan *plan, dyo_err *err)
{
  roster_model eased = *m;
  eased.people       = DYO_NEW(ctx, m->n_people + 1, roster_person);
  *plan              = (roster_plan){.works      = DYO_NEW(ctx, m->n_people + 1, int *),
                                     .n_works    = DYO_NEW(ctx, m->n_people + 1, int),
                                     .bound      = floor_of(m),
                                     .stopped_by = by_stop(ctx->stop)};
  if (!eased.people || !plan->works || !plan->n_works) return dyo_oom(err);
  for (size_t p = 0; p < m->n_people; p++) {
    const roster_person *who   = &m->people[p];
    int                  fixed = 0, *works;
    for (size_t k = 0; k < who->n_arcs; k++) fixed += who->arcs[k].fixed;
    works = DYO_NEW(ctx, (size_t)fixed + 1, int);
    if (!works) return dyo_oom(err);
    plan->works[p] = works;
    for (size_t k = 0; k < who->n_arcs; k++)
      if (who->arcs[k].fixed) works[plan->n_works[p]++] = who->arcs[k].shift;
    plan->short_hours += lacking(m, who, works, fixed);
    eased.people[p]             = *who;
    eased.people[p].hours_least = eased.people[p].week_least = 0;
  }
  if (roster_check(&eased, plan->works, plan->n_works, &plan->cost, &plan->short_heads, NULL, NULL, NULL))
    return DYO_OK;
  return dyo_fail(err, DYO_INTERNAL, "", "the fixed shifts alone break a rule");
}

static bool told_to_stop(dyo_ctx *ctx)
{
  return dyo_look(ctx, 0, "plan") != DYO_RUN_ON;
}

dyo_status roster_solve_plain(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan,
                              dyo_err *err)
{
  solving v = {.c = {.gap = o->gap, .low = INT64_MIN}};
  if (told_to_stop(ctx)) return only_fixed(ctx, m, plan, err);
  dyo_status st = engine_new(ctx, m, &v.c.e, err);
  if (st != DYO_OK) return st;
  if (told_to_stop(ctx)) return only_fixed(ctx, m, plan, err);
  v.each = stand_in(v.c.e);
  engine_phase(v.c.e, false, v.each);
  st = bound_new(v.c.e, &v.c.b, err);
  if (st == DYO_OK && told_to_stop(ctx)) return only_fixed(ctx, m, plan, err);
  if (st == DYO_OK) st = search_new(v.c.e, o->seed, &v.c.s, err);
  if (st != DYO_OK) return st;
  if (told_to_stop(ctx)) return only_fixed(ctx, m, plan, err);
  v.c.on    = DYO_NEW(ctx, (size_t)v.c.e->n_arcs + 1, uint8_t);
  v.c.heads = DYO_NEW(ctx, (size_t)v.c.e->n_demands + 1, int);
  v.c.list  = DYO_NEW(ctx, (size_t)v.c.e->n_shifts + 1, int);
  v.c.extra = DYO_NEW(ctx, (size_t)v.c.e->n_arcs + 1, int32_t);
  if (!v.c.on || !v.c.heads || !v.c.list || !v.c.extra) return dyo_oom(err);
  *plan = (roster_plan){.bound = INT64_MIN};
  st    = phases(&v, plan, err);
  if (st == DYO_OK) st = write_plan(&v, plan, err);
  if (st == DYO_OK) st = check_plan(&v, plan, err);
  if (st != DYO_OK) return st;
  if (plan->bound < floor_of(m)) plan->bound = floor_of(m);
  plan->stopped_by = why_stopped(&v, plan);
  return DYO_OK;
}

/* ---- the door: who searches ---- */

static bool all_plain(const roster_model *m)
{
  for (size_t p = 0; p < m->n_people; p++)
    if (!roster_is_plain(&m->people[p])) return false;
  return !m->barred;
}

/* Too large for exact rosters under every rule, and all rules beyond the plain ones only forbid. */
static bool large(const roster_model *m)
{
  size_t arcs = 0;
  for (size_t p = 0; p < m->n_people; p++) {
    if (!engine_only_forbids(&m->people[p])) return false;
    arcs += m->people[p].n_arcs;
  }
  return arcs > RULES_ARCS;
}

dyo_status roster_solve(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan, dyo_err *err)
{
  if (fewest_applies(m)) return fewest_solve(ctx, m, o, plan, err);
  if (all_plain(m) || large(m)) return roster_solve_plain(ctx, m, o, plan, err);
  return rules_solve(ctx, m, o, plan, err);
}
