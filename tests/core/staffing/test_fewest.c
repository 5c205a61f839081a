/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fewest people that cover all shifts, against enumeration of who is called and who works what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../pace.h"
#include "num/dyo_rng.h"
#include "staffing/fewest.h"

enum { PEOPLE = 5, SHIFTS = 6, PRICE = 7 };

typedef struct {
  roster_shift  shifts[SHIFTS];
  roster_person people[PEOPLE];
  roster_arc    arcs[PEOPLE][SHIFTS];
  roster_demand demands[SHIFTS];
  roster_model  m;
} small;

static dyo_ctx ctx;

static void draw(small *q, uint64_t seed)
{
  dyo_rng r = dyo_rng_seed(seed);
  memset(q, 0, sizeof *q);
  for (int j = 0; j < SHIFTS; j++) {
    const int before = j ? q->shifts[j - 1].start : 0, start = before + (int)dyo_rng_below(&r, 100);
    q->shifts[j]  = (roster_shift){.start = start, .end = start + 30 + (int)dyo_rng_below(&r, 200)};
    q->demands[j] = (roster_demand){.shift = j, .need = 1, .most = 1, .under = ROSTER_HARD};
  }
  for (int i = 0; i < PEOPLE; i++) {
    q->people[i] = (roster_person){.arcs          = q->arcs[i],
                                   .hours_most    = ROSTER_NONE,
                                   .week_most     = ROSTER_NONE,
                                   .day_most      = ROSTER_NONE,
                                   .run_most      = ROSTER_NONE,
                                   .weekends_most = ROSTER_NONE,
                                   .overtime_from = ROSTER_NONE,
                                   .used          = PRICE,
                                   .rest          = seed % 2 ? 15 : 0};
    for (int j = 0; j < SHIFTS; j++)
      if (dyo_rng_below(&r, 3)) q->arcs[i][q->people[i].n_arcs++].shift = j;
  }
  q->m = (roster_model){.shifts    = q->shifts,
                        .n_shifts  = SHIFTS,
                        .people    = q->people,
                        .n_people  = PEOPLE,
                        .demands   = q->demands,
                        .n_demands = SHIFTS,
                        .n_kinds   = 1,
                        .n_days    = 1};
}

/* Least shifts open, then fewest people, over every way to hand out the shifts. */
static void enumerate(const small *q, int *least_open, int64_t *cost)
{
  int plans   = 1;
  *least_open = SHIFTS + 1;
  for (int j = 0; j < SHIFTS; j++) plans *= PEOPLE + 1;
  for (int k = 0; k < plans; k++) {
    int     list[PEOPLE][SHIFTS], n[PEOPLE] = {0}, short_heads;
    int    *works[PEOPLE];
    int64_t c;
    for (int i = 0; i < PEOPLE; i++) works[i] = list[i];
    for (int j = 0, rest = k; j < SHIFTS; j++, rest /= PEOPLE + 1) {
      const int i = rest % (PEOPLE + 1);
      if (i < PEOPLE) list[i][n[i]++] = j;
    }
    if (!roster_check(&q->m, works, n, &c, &short_heads, NULL, NULL, NULL)) continue;
    if (short_heads > *least_open || (short_heads == *least_open && c >= *cost)) continue;
    *least_open = short_heads;
    *cost       = c;
  }
}

static void equals_enumeration(void **state)
{
  small q;
  int   closed = 0;
  (void)state;
  for (uint64_t seed = 1; seed <= 12; seed++) {
    const roster_options o = {.gap = 0, .seed = seed};
    roster_plan          plan;
    dyo_err              err;
    int                  open;
    int64_t              cost = 0;
    draw(&q, seed);
    enumerate(&q, &open, &cost);
    dyo_ctx_clear(&ctx);
    assert_true(fewest_applies(&q.m));
    assert_int_equal(fewest_solve(&ctx, &q.m, &o, &plan, &err), DYO_OK);
    assert_int_equal(plan.short_heads, open);
    if (open == 0) assert_int_equal(plan.cost, cost);
    assert_true(plan.bound <= cost && plan.least_short <= open);
    closed += plan.stopped_by == ROSTER_BY_GAP;
  }
  assert_true(closed >= 6);
}

static void other_models_are_left_alone(void **state)
{
  small q;
  (void)state;
  draw(&q, 3);
  assert_true(fewest_applies(&q.m));
  q.people[1].used++;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.arcs[2][0].cost = 1;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.people[0].hours_most = 10;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.demands[1].under = 5;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.people[4].day_most = 1;
  assert_false(fewest_applies(&q.m));
}

/* ---- shift minimisation personnel task scheduling: one day, people who may do a share of the jobs ---- */

enum { DAY = 1440, JOBS_MOST = 200, STAFF_MOST = 100 };

typedef struct {
  roster_shift  shifts[JOBS_MOST];
  roster_person people[STAFF_MOST];
  roster_arc    arcs[STAFF_MOST][JOBS_MOST];
  roster_demand demands[JOBS_MOST];
  roster_model  m;
} day;

static void day_begin(day *d, int people, int jobs)
{
  assert_true(people <= STAFF_MOST && jobs <= JOBS_MOST);
  memset(d, 0, sizeof *d);
  for (int i = 0; i < people; i++)
    d->people[i] = (roster_person){.arcs          = d->arcs[i],
                                   .hours_most    = ROSTER_NONE,
                                   .week_most     = ROSTER_NONE,
                                   .day_most      = ROSTER_NONE,
                                   .run_most      = ROSTER_NONE,
                                   .weekends_most = ROSTER_NONE,
                                   .overtime_from = ROSTER_NONE,
                                   .used          = 1};
  for (int j = 0; j < jobs; j++)
    d->demands[j] = (roster_demand){.shift = j, .need = 1, .most = 1, .under = ROSTER_HARD};
  d->m = (roster_model){.shifts    = d->shifts,
                        .n_shifts  = (size_t)jobs,
                        .people    = d->people,
                        .n_people  = (size_t)people,
                        .demands   = d->demands,
                        .n_demands = (size_t)jobs,
                        .n_kinds   = 1,
                        .n_days    = 1};
}

/* A model's shifts are in order of start. */
static void in_order(day *d)
{
  const int    n = (int)d->m.n_shifts;
  int          to[JOBS_MOST];
  bool         may[JOBS_MOST];
  roster_shift sorted[JOBS_MOST];
  for (int j = 0; j < n; j++) {
    to[j] = 0;
    for (int k = 0; k < n; k++)
      to[j] += d->shifts[k].start < d->shifts[j].start || (d->shifts[k].start == d->shifts[j].start && k < j);
    sorted[to[j]] = d->shifts[j];
  }
  memcpy(d->shifts, sorted, (size_t)n * sizeof *sorted);
  for (size_t i = 0; i < d->m.n_people; i++) {
    roster_person *p = &d->people[i];
    memset(may, 0, sizeof may);
    for (size_t k = 0; k < p->n_arcs; k++) may[to[p->arcs[k].shift]] = true;
    p->n_arcs = 0;
    for (int j = 0; j < n; j++)
      if (may[j]) p->arcs[p->n_arcs++].shift = j;
  }
}

static int busiest_of(const day *d)
{
  int most = 0;
  for (size_t j = 0; j < d->m.n_shifts; j++) {
    int n = 0;
    for (size_t k = 0; k < d->m.n_shifts; k++)
      n += d->shifts[k].start <= d->shifts[j].start && d->shifts[k].end > d->shifts[j].start;
    if (n > most) most = n;
  }
  return most;
}

/* As Krishnamoorthy, Ernst & Baatar draw them: `crew` days of two or three jobs that fill nine tenths of it, each day within reach of one
 * person, who may do any other job with the given chance in a hundred; more people stand by. */
static void draw_day(day *d, int people, int crew, int jobs, uint64_t skilled, uint64_t seed)
{
  dyo_rng r = dyo_rng_seed(seed);
  int     owner[JOBS_MOST], j = 0;
  day_begin(d, people, jobs);
  for (int i = 0; i < crew; i++) {
    const int n = (jobs - j) / (crew - i) + ((jobs - j) % (crew - i) > (int)dyo_rng_below(&r, (uint64_t)(crew - i)));
    int       t = 0;
    for (int k = 0; k < n; k++, j++) {
      const int left = DAY - t, share = left / (n - k);
      const int gap    = (int)dyo_rng_below(&r, DAY / 5 / (uint64_t)n);
      const int length = k == n - 1 ? left - gap : share / 2 + (int)dyo_rng_below(&r, (uint64_t)share) - gap;
      d->shifts[j]     = (roster_shift){.start = t + gap, .end = t + gap + (length > 20 ? length : 20)};
      t                = d->shifts[j].end;
      owner[j]         = i;
    }
  }
  assert_int_equal(j, jobs);
  for (int i = 0; i < people; i++)
    for (int q = 0; q < jobs; q++)
      if (owner[q] == i || dyo_rng_below(&r, 100) < skilled) d->arcs[i][d->people[i].n_arcs++].shift = q;
  in_order(d);
}

/* true: as few people as are needed at the busiest moment, and everything covered. */
static bool reaches_the_busiest(const day *d)
{
  const roster_options o = {.gap = 0, .seed = 1};
  roster_plan          plan;
  dyo_err              err;
  dyo_ctx_clear(&ctx);
  assert_true(fewest_applies(&d->m));
  assert_int_equal(fewest_solve(&ctx, &d->m, &o, &plan, &err), DYO_OK);
  assert_int_equal(plan.bound, busiest_of(d));
  assert_int_equal(plan.short_heads, 0);
  assert_true(plan.cost >= plan.bound);
  return plan.cost == plan.bound;
}

static void drawn_days_need_no_more_than_the_busiest_moment(void **state)
{
  static day d;
  int        reached = 0;
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    const int kind = seed % 4 == 0 ? 2 : seed % 2 == 0 ? 1 : 0;
    if (kind == 0) draw_day(&d, 23, 19, 40, 66, seed);
    else if (kind == 1) draw_day(&d, 49, 40, 104, 33, seed);
    else draw_day(&d, 93, 78, 175, 33, seed);
    reached += reaches_the_busiest(&d);
  }
  assert_true(reached >= 4);
}

/* Of five jobs at noon two people may do three and one two: two stay open, and a sixth that nobody may do. */
static void what_cannot_be_covered_is_proven(void **state)
{
  static const int            start[] = {0, 10, 20, 30, 40, 500}, may[3][3] = {{0, 1, 2}, {0, 1, 2}, {3, 4, 3}};
  static const roster_options o = {.seed = 1};
  static day                  d;
  roster_plan                 plan;
  dyo_err                     err;
  (void)state;
  day_begin(&d, 3, 6);
  for (int j = 0; j < 6; j++) d.shifts[j] = (roster_shift){.start = start[j], .end = start[j] + 100};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < (i < 2 ? 3 : 2); k++) d.arcs[i][d.people[i].n_arcs++].shift = may[i][k];
  dyo_ctx_clear(&ctx);
  assert_int_equal(fewest_solve(&ctx, &d.m, &o, &plan, &err), DYO_OK);
  assert_int_equal(plan.short_heads, 3);
  assert_int_equal(plan.least_short, 3);
}

/* ---- the published ones ---- */

static int number(FILE *f)
{
  char word[16], *end;
  assert_int_equal(fscanf(f, "%15s", word), 1);
  const long n = strtol(word, &end, 10);
  assert_true(end > word && n >= 0 && n <= DAY);
  return (int)n;
}

static void go_behind(FILE *f, const char *word)
{
  char line[256];
  while (fgets(line, sizeof line, f) && strncmp(line, word, strlen(word)) != 0) {}
}

/* Jobs = n, a start and an end each; Qualifications = m, then of each person their number and the jobs. */
static bool read_day(day *d, const char *name, int people, int jobs)
{
  char path[512];
  snprintf(path, sizeof path, "%s/../../shared/data/opt/ptask/%s.dat", DYO_TESTS_DIR, name);
  FILE *f = fopen(path, "r");
  if (!f) {
    print_message("SKIPPED %s: there is no %s\n", name, path);
    return false;
  }
  day_begin(d, people, jobs);
  go_behind(f, "Jobs");
  for (int j = 0; j < jobs; j++) {
    d->shifts[j].start = number(f);
    d->shifts[j].end   = number(f);
  }
  go_behind(f, "Qualifications");
  for (int i = 0; i < people; i++) {
    for (int n = number(f); n > 0; n--) {
      const int j = number(f);
      assert_true(j < jobs);
      d->arcs[i][d->people[i].n_arcs++].shift = j;
    }
  }
  fclose(f);
  in_order(d);
  return true;
}

static void published_days_need_no_more_than_the_busiest_moment(void **state)
{
  static day d;
  (void)state;
  if (read_day(&d, "data_1_23_40_66", 23, 40)) assert_true(reaches_the_busiest(&d));
  if (read_day(&d, "data_9_49_104_33", 49, 104)) assert_true(reaches_the_busiest(&d));
  if (pace(2) == 1 && read_day(&d, "data_21_93_175_33", 93, 175)) assert_true(reaches_the_busiest(&d));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(equals_enumeration),
                                     cmocka_unit_test(other_models_are_left_alone),
                                     cmocka_unit_test(what_cannot_be_covered_is_proven),
                                     cmocka_unit_test(drawn_days_need_no_more_than_the_busiest_moment),
                                     cmocka_unit_test(published_days_need_no_more_than_the_busiest_moment)};
  dyo_ctx_init(&ctx, NULL);
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  dyo_ctx_clear(&ctx);
  return failed;
}
