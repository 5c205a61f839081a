/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labor cost against a clerk who pays minute by minute, and that every sum adds up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "staffing/dyo_labor_cost.h"

enum { DAYS = 14, SHIFTS = 28, MINUTES = (DAYS + 1) * 1440 };

static unsigned next_random(uint64_t *s)
{
  *s = *s * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(*s >> 33);
}

static void near(double a, double b)
{
  if (!(fabs(a - b) <= 1e-8 * fmax(1, fabs(b)))) fail_msg("%.17g is not %.17g", a, b);
}

typedef struct {
  dyo_labor_cost_in       in;
  dyo_schedule_employee   employee;
  dyo_schedule_shift      shifts[SHIFTS];
  dyo_schedule_assignment work[SHIFTS];
  char                    text[SHIFTS][3][32];
  int                     start[SHIFTS], end[SHIFTS];
  dyo_labor_night         night;
  dyo_labor_weekend       weekend;
} request;

/* An early and a late shift a day, without breaks, some of them worked; every rule on or off. */
static void draw(request *r, uint64_t *s)
{
  static const char *cook[] = {"cook"}, *both[] = {"bar", "cook"};
  memset(r, 0, sizeof *r);
  r->employee = (dyo_schedule_employee){.id = "a", .hourly_rate = 10 + next_random(s) % 20};
  r->in       = (dyo_labor_cost_in){.employees              = &r->employee,
                                    .n_employees            = 1,
                                    .shifts                 = r->shifts,
                                    .n_shifts               = SHIFTS,
                                    .assignments            = r->work,
                                    .overtime_threshold     = next_random(s) % 3 ? 40 : 1000,
                                    .overtime_multiplier    = 1.5,
                                    .daily_threshold        = next_random(s) % 2 ? 8 : NAN,
                                    .double_time_threshold  = NAN,
                                    .double_time_multiplier = 2,
                                    .double_time_per        = (int)(next_random(s) % 3) - 1};
  if (next_random(s) % 2) r->in.double_time_threshold = r->in.double_time_per == 1 ? 60 : 12;
  r->night   = (dyo_labor_night){0.25, NAN, "23:00", "05:00"};
  r->weekend = (dyo_labor_weekend){NAN, 3, NULL, 0};
  if (next_random(s) % 2) r->in.night = &r->night;
  if (next_random(s) % 2) r->in.weekend = &r->weekend;
  for (int i = 0; i < SHIFTS; i++) {
    const int len = 60 * (2 + (int)(next_random(s) % 9));
    r->start[i]   = i % 2 ? 840 + 30 * (int)(next_random(s) % 18) : 180 + 30 * (int)(next_random(s) % 2);
    r->end[i]     = r->start[i] + len;
    r->shifts[i]  = (dyo_schedule_shift){
       .id = r->text[i][0], .day = i / 2, .start_time = r->text[i][1], .end_time = r->text[i][2], .duration_hours = NAN};
    r->shifts[i].n_required_skills = next_random(s) % 3;
    r->shifts[i].required_skills   = r->shifts[i].n_required_skills == 2 ? both : cook;
    snprintf(r->text[i][0], 32, "s%d", i);
    snprintf(r->text[i][1], 32, "%02d:%02d", r->start[i] / 60, r->start[i] % 60);
    snprintf(r->text[i][2], 32, "%02d:%02d", r->end[i] / 60 % 24, r->end[i] % 60);
    r->start[i] += i / 2 * 1440;
    r->end[i] += i / 2 * 1440;
    if (next_random(s) % 4) r->work[r->in.n_assignments++] = (dyo_schedule_assignment){"a", r->text[i][0], NAN, NAN};
  }
}

static bool at_night(int minute)
{
  const int m = minute % 1440;
  return m >= 23 * 60 || m < 5 * 60;
}

/* Minute by minute, in order of work: what is this one? */
static double clerk(const request *r, double *regular, double *overtime, double *twice)
{
  const dyo_labor_cost_in *in      = &r->in;
  double                   day_all = 0, day_rest = 0, week_all = 0, straight = 0, money = 0;
  int                      day = -1, at = 0;
  for (int i = 0; i < SHIFTS; i++) {
    if (at >= (int)in->n_assignments || in->assignments[at].shift_id != r->text[i][0]) continue;
    at++;
    if (i / 2 != day) day_all = day_rest = 0;
    if (i / 2 / 7 != day / 7 || day < 0) week_all = straight = 0;
    day = i / 2;
    for (int m = r->start[i]; m < r->end[i]; m++) {
      const double all = in->double_time_per == 1 ? week_all : day_all, rate = r->employee.hourly_rate;
      day_all++;
      week_all++;
      if (all >= in->double_time_threshold * 60) {
        (*twice)++;
        money += 2 * rate;
      } else if (++day_rest > in->daily_threshold * 60 || straight >= in->overtime_threshold * 60) {
        (*overtime)++;
        money += 1.5 * rate;
      } else {
        straight++;
        (*regular)++;
        money += rate;
      }
      if (in->night && at_night(m)) money += 0.25 * rate;
      if (in->weekend && m / 1440 % 7 >= 5) money += 3;
    }
  }
  return money / 60;
}

static void a_clerk_who_counts_minutes_agrees(void **state)
{
  uint64_t seed = 11;
  (void)state;
  for (int round = 0; round < 400; round++) {
    static request     r;
    dyo_labor_cost_out out = {0};
    dyo_err            err = {0};
    dyo_ctx            ctx;
    double             regular = 0, overtime = 0, twice = 0, days = 0, skills = 0;
    dyo_ctx_init(&ctx, NULL);
    draw(&r, &seed);
    if (dyo_labor_cost(&ctx, &r.in, &out, &err) != DYO_OK) fail_msg("%s: %s", err.path, err.message);
    near(out.total_cost, clerk(&r, &regular, &overtime, &twice));
    near(out.regular_hours, regular / 60);
    near(out.overtime_hours, overtime / 60);
    near(out.double_time_hours, twice / 60);
    near(out.employees[0].total_cost, out.total_cost);
    for (size_t i = 0; i < out.n_days; i++) days += out.days[i].total_cost;
    for (size_t i = 0; i < out.n_skills; i++) skills += out.skills[i].total_cost;
    near(days, out.total_cost);
    near(skills, out.total_cost);
    near(out.overtime_extra_cost, (overtime * 0.5 + twice) / 60 * r.employee.hourly_rate);
    dyo_ctx_clear(&ctx);
  }
}

/* The order of the request's lists does not matter: hours are taken in the order of work. */
static void order_does_not_matter(void **state)
{
  uint64_t       seed = 5;
  static request r;
  (void)state;
  draw(&r, &seed);
  dyo_labor_cost_out one = {0}, other = {0};
  dyo_err            err;
  dyo_ctx            ctx;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(DYO_OK, dyo_labor_cost(&ctx, &r.in, &one, &err));
  for (size_t i = 0, j = r.in.n_assignments - 1; i < j; i++, j--) {
    const dyo_schedule_assignment t = r.work[i];
    r.work[i]                       = r.work[j];
    r.work[j]                       = t;
  }
  assert_int_equal(DYO_OK, dyo_labor_cost(&ctx, &r.in, &other, &err));
  assert_int_equal(one.n_days, other.n_days);
  for (size_t i = 0; i < one.n_days; i++) assert_memory_equal(&one.days[i], &other.days[i], sizeof one.days[i]);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_clerk_who_counts_minutes_agrees),
                                     cmocka_unit_test(order_does_not_matter)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
