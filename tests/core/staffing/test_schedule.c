/* SPDX-License-Identifier: GPL-3.0-or-later */
/* staffing.schedule as C calls it: units, names to numbers, cancel, time, and memory. Rules and proofs are in the golden cases. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "staffing/dyo_schedule.h"
#include "staffing/ids.h"

static dyo_ctx          ctx;
static dyo_err          err;
static dyo_schedule_out out;

static int setup(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  memset(&out, 0, sizeof out);
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  dyo_ctx_clear(&ctx);
  return 0;
}

static dyo_schedule_employee person(const char *id, double rate)
{
  return (dyo_schedule_employee){.id                       = id,
                                 .hourly_rate              = rate,
                                 .max_hours                = NAN,
                                 .max_hours_per_week       = NAN,
                                 .max_consecutive_days     = DYO_NO_INT,
                                 .min_consecutive_days     = DYO_NO_INT,
                                 .min_consecutive_days_off = DYO_NO_INT,
                                 .max_shifts_per_day       = DYO_NO_INT,
                                 .max_weekends             = DYO_NO_INT};
}

static dyo_schedule_shift shift(const char *id, int day, const char *from, const char *to)
{
  return (dyo_schedule_shift){.id                    = id,
                              .day                   = day,
                              .start_time            = from,
                              .end_time              = to,
                              .duration_hours        = NAN,
                              .unpopular             = -1,
                              .understaffing_penalty = NAN,
                              .overstaffing_penalty  = NAN};
}

static dyo_schedule_in request(dyo_schedule_employee *e, size_t n_e, dyo_schedule_shift *s, size_t n_s)
{
  return (dyo_schedule_in){.employees             = e,
                           .n_employees           = n_e,
                           .shifts                = s,
                           .n_shifts              = n_s,
                           .overtime_multiplier   = NAN,
                           .overtime_threshold    = 40,
                           .preference_weight     = NAN,
                           .understaffing_penalty = NAN,
                           .time_limit_s          = 5,
                           .gap_tolerance         = 1e-4,
                           .seed                  = 1};
}

static void the_cheaper_person_works_and_no_clock_takes_no_time(void **state)
{
  (void)state;
  dyo_schedule_employee e[2] = {person("a", 20.5), person("b", 19.25)};
  dyo_schedule_shift    s[1] = {shift("x", 0, "22:00", "06:00")};
  const dyo_schedule_in in   = request(e, 2, s, 1);
  assert_int_equal(dyo_schedule(&ctx, &in, &out, &err), DYO_OK);
  assert_int_equal(out.n_assignments, 1);
  assert_string_equal(out.assignments[0].employee_id, "b");
  assert_float_equal(out.total_cost, 154, 0); /* 8 x 19.25 */
  assert_float_equal(out.solve_time_s, 0, 0);
  assert_true(out.lower_bound <= out.objective);
}

static void a_cancelled_call_hands_over_the_plan_it_has(void **state)
{
  (void)state;
  const volatile int    stop = 1;
  dyo_schedule_employee e[1] = {person("a", 10)};
  dyo_schedule_shift    s[1] = {shift("x", 0, "08:00", "16:00")};
  const dyo_schedule_in in   = request(e, 1, s, 1);
  ctx.cancel                 = &stop;
  assert_int_equal(dyo_schedule(&ctx, &in, &out, &err), DYO_CANCELLED);
  assert_true(ctx.partial);
  assert_int_equal(out.n_employees, 1);
  ctx.cancel = NULL;
}

static void memory_that_runs_out_is_said(void **state)
{
  (void)state;
  dyo_schedule_employee e[1] = {person("a", 10)};
  dyo_schedule_shift    s[1] = {shift("x", 0, "08:00", "16:00")};
  const dyo_schedule_in in   = request(e, 1, s, 1);
  ctx.max_memory             = 1;
  assert_int_equal(dyo_schedule(&ctx, &in, &out, &err), DYO_OUT_OF_MEMORY);
}

/* A clock that is asked `looks_left` times before time is up: no wait, and the same on every machine. */
static int looks_left;

static double clock_of_looks(void *user)
{
  (void)user;
  return looks_left-- > 0 ? 0 : 1e6;
}

static void time_may_be_up_at_any_look(void **state)
{
  (void)state;
  const char           *cook[] = {"cook"}, *baker[] = {"baker"};
  dyo_schedule_employee e[3] = {person("a", 10), person("b", 11), person("c", 12)};
  dyo_schedule_shift    s[14];
  dyo_schedule_pair     fixed[1] = {{"a", "x3"}};
  char                  ids[14][4];
  int                   cut = 0, whole = 0;
  for (int k = 0; k < 14; k++) { /* 112 hours of cooking, 80 hours of cooks: and one shift is fixed */
    snprintf(ids[k], sizeof ids[k], "x%d", k);
    s[k]                   = shift(ids[k], k % 7, k < 7 ? "06:00" : "14:00", k < 7 ? "14:00" : "22:00");
    s[k].required_skills   = cook;
    s[k].n_required_skills = 1;
  }
  for (int p = 0; p < 2; p++) {
    e[p].max_hours = 40;
    e[p].skills    = cook;
    e[p].n_skills  = 1;
  }
  for (int k = 1; k < 240; k++) {
    dyo_schedule_in in    = request(e, 3, s, 14);
    const dyo_host  host  = {.now = clock_of_looks};
    s[13].required_skills = k < 120 ? cook : baker; /* there is none, which a count says at once */
    dyo_ctx_clear(&ctx);
    dyo_ctx_init(&ctx, &host);
    in.fixed   = fixed;
    in.n_fixed = 1;
    looks_left = k % 120;
    assert_int_equal(dyo_schedule(&ctx, &in, &out, &err), DYO_OK);
    assert_true(out.n_assignments >= 1 && out.least_heads_short <= 4 && out.heads_short >= 4);
    assert_int_equal(out.status == DYO_SCHEDULE_INFEASIBLE, out.conflict != NULL);
    if (k >= 120) assert_non_null(out.conflict);
    if (!out.conflict || k >= 120) continue;
    if (strstr(out.conflict->message, "was cut short")) cut++;
    else whole++;
    assert_true(out.conflict->n_shifts >= 10); /* beside the fixed one 72 hours are left, those of nine */
  }
  assert_true(cut > 0 && whole > 0);
}

static void ids_are_numbered_in_order_and_slips_are_seen(void **state)
{
  (void)state;
  staff_ids ids;
  char      path[64];
  assert_true(staff_ids_make(&ctx, 3, &ids));
  assert_int_equal(staff_ids_put(&ids, "early"), 0);
  assert_int_equal(staff_ids_put(&ids, "late"), 1);
  assert_int_equal(staff_ids_put(&ids, "early"), 0);
  assert_int_equal(staff_ids_find(&ids, "night"), -1);
  assert_string_equal(staff_ids_near(&ids, "eraly"), "early");
  assert_null(staff_ids_near(&ids, "night"));
  staff_path_key(path, sizeof path, "/min_coverage", "a/b~c");
  assert_string_equal(path, "/min_coverage/a~1b~0c");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(the_cheaper_person_works_and_no_clock_takes_no_time, setup, teardown),
    cmocka_unit_test_setup_teardown(a_cancelled_call_hands_over_the_plan_it_has, setup, teardown),
    cmocka_unit_test_setup_teardown(memory_that_runs_out_is_said, setup, teardown),
    cmocka_unit_test_setup_teardown(time_may_be_up_at_any_look, setup, teardown),
    cmocka_unit_test_setup_teardown(ids_are_numbered_in_order_and_slips_are_seen, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
