/* SPDX-License-Identifier: GPL-3.0-or-later */
/* staffing.assign_tasks against enumeration of every plan, its own checker, and its guards. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "num/dyo_rng.h"
#include "pace.h"
#include "staffing/assign.h"
#include "staffing/dyo_assign.h"

enum { PEOPLE = 4, TASKS = 6 };

static const char *const person_id[PEOPLE] = {"ann", "bob", "cy", "dee"};
static const char *const task_id[TASKS]    = {"t1", "t2", "t3", "t4", "t5", "t6"};
static const char       *one[]             = {"cook"};

/* A request with everything given pair by pair, and room for what it points to. */
typedef struct {
  dyo_assign_employee employees[PEOPLE];
  dyo_assign_task     tasks[TASKS];
  dyo_assign_entry    value[PEOPLE][TASKS], cost[PEOPLE][TASKS], hour[PEOPLE][TASKS];
  dyo_assign_row      values[PEOPLE], costs[PEOPLE], hours[PEOPLE];
  dyo_assign_tasks_in in;
} request;

static dyo_ctx              ctx;
static dyo_assign_tasks_out out;
static dyo_err              err;

static dyo_status run(const dyo_assign_tasks_in *in)
{
  dyo_ctx_clear(&ctx);
  dyo_ctx_init(&ctx, NULL);
  memset(&out, 0, sizeof out);
  return dyo_assign_tasks(&ctx, in, &out, &err);
}

static double part(dyo_rng *r, int most, double unit)
{
  return unit * (double)dyo_rng_below(r, (uint64_t)most + 1);
}

static void draw_row(request *q, dyo_rng *r, int i, double unit)
{
  for (int j = 0; j < TASKS; j++) {
    q->value[i][j] = (dyo_assign_entry){task_id[j], part(r, 30, unit) - 3 * unit};
    q->cost[i][j]  = (dyo_assign_entry){task_id[j], part(r, 30, unit)};
    q->hour[i][j]  = (dyo_assign_entry){task_id[j], part(r, 8, 0.25) + 0.25};
  }
  q->values[i] = (dyo_assign_row){person_id[i], q->value[i], TASKS};
  q->costs[i]  = (dyo_assign_row){person_id[i], q->cost[i], TASKS};
  q->hours[i]  = (dyo_assign_row){person_id[i], q->hour[i], TASKS};
}

static void draw(request *q, uint64_t seed)
{
  dyo_rng      r    = dyo_rng_seed(seed);
  const double unit = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 0.01 : 2.5;
  memset(q, 0, sizeof *q);
  for (int i = 0; i < PEOPLE; i++) {
    q->employees[i] = (dyo_assign_employee){.id = person_id[i], .capacity_hours = part(&r, 16, 0.25), .skills = one};
    q->employees[i].n_skills = dyo_rng_below(&r, 3) > 0;
    draw_row(q, &r, i, unit);
  }
  for (int j = 0; j < TASKS; j++) {
    q->tasks[j]                   = (dyo_assign_task){.id = task_id[j], .required_skills = one};
    q->tasks[j].n_required_skills = dyo_rng_below(&r, 4) == 0;
    q->tasks[j].priority          = seed % 2 ? (int)dyo_rng_below(&r, 3) : 0;
  }
  q->in = (dyo_assign_tasks_in){.employees              = q->employees,
                                .n_employees            = PEOPLE,
                                .tasks                  = q->tasks,
                                .n_tasks                = TASKS,
                                .values                 = q->values,
                                .n_values               = PEOPLE,
                                .costs                  = q->costs,
                                .n_costs                = PEOPLE,
                                .hours_by_employee      = q->hours,
                                .n_hours_by_employee    = PEOPLE,
                                .max_tasks_per_employee = seed % 5 == 0 ? 1 + (int)(seed % 2) : DYO_NO_INT,
                                .time_limit_s           = 5,
                                .seed                   = 1};
}

static bool near(double a, double b)
{
  return fabs(a - b) <= 1e-9;
}

/* ---- every plan ---- */

typedef struct {
  int64_t left;  /* 1 + priority of each task left out; 0 where that does not matter */
  double  worth; /* less is better */
} score;

static bool legal(const request *q, const int *at)
{
  for (int i = 0; i < PEOPLE; i++) {
    double hours = 0;
    int    n     = 0;
    for (int j = 0; j < TASKS; j++) {
      if (at[j] != i) continue;
      if (q->tasks[j].n_required_skills > q->employees[i].n_skills) return false;
      hours += q->hour[i][j].amount;
      n++;
    }
    if (hours > q->employees[i].capacity_hours) return false;
    if (q->in.max_tasks_per_employee != DYO_NO_INT && n > q->in.max_tasks_per_employee) return false;
  }
  return true;
}

static score score_of(const request *q, const int *at)
{
  const bool all = q->in.require_all || q->in.objective == DYO_ASSIGN_MIN_COST;
  score      s   = {0, 0};
  for (int j = 0; j < TASKS; j++) {
    if (at[j] < 0) s.left += all ? 1 + q->tasks[j].priority : 0;
    else s.worth += q->in.objective == DYO_ASSIGN_MIN_COST ? q->cost[at[j]][j].amount : -q->value[at[j]][j].amount;
  }
  return s;
}

static score best_of_all(const request *q)
{
  score best = {INT64_MAX, 0};
  int   at[TASKS], plans = 1;
  for (int j = 0; j < TASKS; j++) plans *= PEOPLE + 1;
  for (int k = 0; k < plans; k++) {
    for (int j = 0, rest = k; j < TASKS; j++, rest /= PEOPLE + 1) at[j] = rest % (PEOPLE + 1) - 1;
    const score s = score_of(q, at);
    if (s.left > best.left || (s.left == best.left && s.worth >= best.worth) || !legal(q, at)) continue;
    best = s;
  }
  return best;
}

/* The answer as a plan; every number in it must be the request's own. */
static void read_answer(const request *q, int *at)
{
  double value = 0, cost = 0;
  for (int j = 0; j < TASKS; j++) at[j] = -1;
  for (size_t k = 0; k < out.n_assignments; k++) {
    const dyo_assignment *a = &out.assignments[k];
    int                   i = 0, j = 0;
    while (i < PEOPLE && strcmp(person_id[i], a->employee_id) != 0) i++;
    while (j < TASKS && strcmp(task_id[j], a->task_id) != 0) j++;
    assert_true(i < PEOPLE && j < TASKS && at[j] == -1);
    at[j] = i;
    assert_true(a->value == q->value[i][j].amount && a->hours == q->hour[i][j].amount &&
                a->cost == q->cost[i][j].amount);
    value += a->value;
    cost += a->cost;
  }
  assert_true(near(value, out.total_value));
  assert_true(near(cost, out.total_cost));
  assert_int_equal(out.n_assignments + out.n_unassigned, TASKS);
  for (size_t k = 0; k < out.n_unassigned; k++) assert_true(strlen(out.unassigned[k].reason) > 10);
}

static void compare(request *q)
{
  int at[TASKS];
  assert_int_equal(run(&q->in), DYO_OK);
  read_answer(q, at);
  assert_true(legal(q, at));
  const score got = score_of(q, at), best = best_of_all(q);
  assert_int_equal(got.left, best.left);
  assert_true(near(got.worth, best.worth));
  assert_true(out.gap == 0 && out.stopped_by == DYO_ASSIGN_BY_GAP);
  const bool short_of = q->in.require_all && best.left > 0;
  assert_int_equal(out.status, short_of ? DYO_ASSIGN_INFEASIBLE : DYO_ASSIGN_OPTIMAL);
  const bool least = q->in.objective == DYO_ASSIGN_MIN_COST;
  assert_true(isnan(least ? out.upper_bound : out.lower_bound));
  assert_true(near(least ? out.lower_bound : -out.upper_bound, best.worth));
}

static void plans_equal_enumeration(void **state)
{
  request q;
  (void)state;
  for (uint64_t seed = 1; seed <= 60; seed += (uint64_t)pace(4)) {
    draw(&q, seed);
    for (int goal = 0; goal < 4; goal++) {
      q.in.objective   = goal / 2;
      q.in.require_all = goal % 2;
      compare(&q);
    }
  }
}

/* ---- larger ones ---- */

/* Every row of a Latin square of costs: the diagonal of zeros is the one best plan of 120 people and 120 tasks, one each. */
static void one_task_each_is_exact(void **state)
{
  enum { N = 120 };
  static dyo_assign_employee people[N];
  static dyo_assign_task     tasks[N];
  static dyo_assign_entry    entries[N][N];
  static dyo_assign_row      rows[N];
  static char                id[N][8];
  (void)state;
  for (int i = 0; i < N; i++) {
    id[i][0]  = (char)('a' + i / 26);
    id[i][1]  = (char)('a' + i % 26);
    people[i] = (dyo_assign_employee){.id = id[i], .capacity_hours = NAN};
    tasks[i]  = (dyo_assign_task){.id = id[i], .hours = 1};
    rows[i]   = (dyo_assign_row){id[i], entries[i], N};
  }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) entries[i][j] = (dyo_assign_entry){id[j], (i * 7 + j) % N};
  const dyo_assign_tasks_in in = {.employees              = people,
                                  .n_employees            = N,
                                  .tasks                  = tasks,
                                  .n_tasks                = N,
                                  .costs                  = rows,
                                  .n_costs                = N,
                                  .max_tasks_per_employee = 1,
                                  .objective              = DYO_ASSIGN_MIN_COST,
                                  .require_all            = true,
                                  .time_limit_s           = 5,
                                  .seed                   = 1};
  assert_int_equal(run(&in), DYO_OK);
  assert_int_equal(out.status, DYO_ASSIGN_OPTIMAL);
  assert_true(out.total_cost == 0 && out.lower_bound == 0 && out.n_assignments == N);
}

/* ---- stops ---- */

static bool stop_at_once(void *user, double fraction, const char *stage)
{
  (void)user, (void)fraction, (void)stage;
  return true;
}

static void a_cancel_gives_the_plan_so_far(void **state)
{
  request        q;
  const dyo_host host = {.progress = stop_at_once};
  (void)state;
  draw(&q, 4);
  dyo_ctx_clear(&ctx);
  dyo_ctx_init(&ctx, &host);
  memset(&out, 0, sizeof out);
  ctx.polls = 1; /* the first look comes later than reading the request */
  assert_int_equal(dyo_assign_tasks(&ctx, &q.in, &out, &err), DYO_CANCELLED);
  assert_true(ctx.partial);
  assert_int_equal(out.n_assignments + out.n_unassigned, TASKS);
}

/* A clock that looks at the work done since it was last asked. */
typedef struct {
  assign_work work;
  int64_t     last, widest;
  int         asked;
} watch;

static double watched(void *user)
{
  watch        *w    = user;
  const int64_t more = w->work.used - w->last;
  if (more > w->widest) w->widest = more;
  w->last = w->work.used;
  return w->asked++;
}

enum { MANY_PEOPLE = 30, MANY_TASKS = 300, A_TENTH_OF_A_SECOND = 20000000 };

/* Type d of Chu & Beasley 1997. */
static void draw_hard(dyo_ctx *c, assign_problem *p, size_t people, size_t tasks)
{
  dyo_rng r = dyo_rng_seed(people);
  *p        = (assign_problem){.n_tasks = tasks, .n_people = people, .n_arcs = people * tasks};
  p->first  = DYO_NEW(c, people + 1, size_t);
  p->task   = DYO_NEW(c, p->n_arcs, int);
  p->weight = DYO_NEW(c, p->n_arcs, int);
  p->cost   = DYO_NEW(c, p->n_arcs, int64_t);
  p->room   = DYO_NEW(c, people, int);
  p->most   = DYO_NEW(c, people, int);
  p->skip   = DYO_NEW(c, tasks, int64_t);
  for (size_t j = 0; j < tasks; j++) p->skip[j] = 1000;
  for (size_t i = 0; i < people; i++) {
    int sum         = 0;
    p->first[i + 1] = (i + 1) * tasks;
    for (size_t j = 0; j < tasks; j++) {
      const size_t a = i * tasks + j;
      p->task[a]     = (int)j;
      p->weight[a]   = 1 + (int)dyo_rng_below(&r, 100);
      p->cost[a]     = 101 - p->weight[a] + (int)dyo_rng_below(&r, 21);
      sum += p->weight[a];
    }
    p->room[i] = (int)(0.8 * sum / (double)people);
    p->most[i] = (int)tasks;
  }
}

/* A unit of work is about a nanosecond natively, two in wasm, and slow machines exist: between two looks at the clock no more than a
 * fifth of a tenth of a second. */
static void the_clock_is_asked_in_time(void **state)
{
  static const size_t size[][3] = {{MANY_PEOPLE, MANY_TASKS, 100000000}, {5, 30, 30000000}};
  (void)state;
  for (int k = 0; k < 2; k++) {
    watch          w    = {.last = 0};
    const dyo_host host = {.now = watched, .user = &w};
    assign_problem p;
    assign_plan    plan = {.bound = INT64_MIN / 4};
    dyo_ctx_clear(&ctx);
    dyo_ctx_init(&ctx, &host);
    dyo_time_limit(&ctx, 1e9);
    w.work = (assign_work){.ctx = &ctx, .mem = &ctx, .most = (int64_t)size[k][2], .seed = 1};
    draw_hard(&ctx, &p, size[k][0], size[k][1]);
    plan.at = DYO_NEW(&ctx, p.n_tasks, int);
    for (size_t j = 0; j < p.n_tasks; j++) plan.at[j] = ASSIGN_OUT;
    plan.cost = 1000 * (int64_t)p.n_tasks;
    assert_int_equal(assign_solve(&p, &w.work, &plan, &err), DYO_OK);
    assert_true(w.asked > 20);
    assert_true(w.widest < A_TENTH_OF_A_SECOND / 5);
  }
}

static void the_same_seed_gives_the_same_plan(void **state)
{
  request q;
  int     first[TASKS], again[TASKS];
  (void)state;
  draw(&q, 8);
  assert_int_equal(run(&q.in), DYO_OK);
  read_answer(&q, first);
  assert_int_equal(run(&q.in), DYO_OK);
  read_answer(&q, again);
  assert_memory_equal(first, again, sizeof first);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(plans_equal_enumeration),           cmocka_unit_test(one_task_each_is_exact),
    cmocka_unit_test(a_cancel_gives_the_plan_so_far),    cmocka_unit_test(the_clock_is_asked_in_time),
    cmocka_unit_test(the_same_seed_gives_the_same_plan),
  };
  dyo_ctx_init(&ctx, NULL);
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  dyo_ctx_clear(&ctx);
  return failed;
}
