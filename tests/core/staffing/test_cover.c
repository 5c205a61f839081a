/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coverage of shifts: against all plans of small cases, and at size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <math.h>

#include "staffing/cover.h"

static unsigned next_random(uint64_t *s)
{
  *s = *s * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(*s >> 33);
}

typedef struct {
  int         need[8], n, n_shifts;
  cover_shift shifts[5];
} small;

static small draw(uint64_t *s)
{
  small c = {.n = 2 + (int)(next_random(s) % 6), .n_shifts = 1 + (int)(next_random(s) % 4)};
  for (int k = 0; k < c.n; k++) c.need[k] = (int)(next_random(s) % 4);
  for (int i = 0; i < c.n_shifts; i++) {
    const int from = (int)(next_random(s) % (unsigned)c.n), len = 1 + (int)(next_random(s) % (unsigned)(c.n - from));
    c.shifts[i] = (cover_shift){from, from + len, (double)(next_random(s) % 4) + 1};
  }
  return c;
}

/* True where the plan covers; its hours and heads. */
static bool value(const small *c, const int *heads, double *hours, int *total)
{
  *hours = 0;
  *total = 0;
  for (int i = 0; i < c->n_shifts; i++) {
    *hours += heads[i] * c->shifts[i].paid;
    *total += heads[i];
  }
  for (int k = 0; k < c->n; k++) {
    int  there = 0;
    bool some  = false;
    for (int i = 0; i < c->n_shifts; i++) {
      const bool over = c->shifts[i].from <= k && k < c->shifts[i].to;
      some            = some || over;
      if (over) there += heads[i];
    }
    if (some && there < c->need[k]) return false;
  }
  return true;
}

static void no_plan_is_cheaper(void **state)
{
  uint64_t seed = 7;
  dyo_ctx  ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int round = 0; round < 3000; round++) {
    small   c        = draw(&seed);
    int     heads[5] = {0}, best_heads = INT_MAX, total;
    double  best = INFINITY, hours;
    dyo_err err;
    for (int code = 0; code < 1 << (2 * c.n_shifts); code++) {
      int h[5];
      for (int i = 0; i < c.n_shifts; i++) h[i] = code >> (2 * i) & 3;
      if (!value(&c, h, &hours, &total)) continue;
      if (hours < best || (hours <= best && total < best_heads)) {
        best       = hours;
        best_heads = total;
      }
    }
    assert_int_equal(DYO_OK, cover_least(&ctx, c.need, c.n, c.shifts, c.n_shifts, heads, &err));
    assert_true(value(&c, heads, &hours, &total));
    assert_true(fabs(hours - best) < 1e-9);
    assert_int_equal(best_heads, total);
    dyo_ctx_clear(&ctx);
  }
  dyo_ctx_clear(&ctx);
}

/* Four weeks of half hours, a shift of 8 hours from every other half hour: hours paid are at least the hours needed, and covered. */
static void a_month_is_covered(void **state)
{
  enum { N = 1344, S = (N - 16) / 2 };
  static int         need[N], heads[S], there[N];
  static cover_shift shifts[S];
  uint64_t           seed = 3;
  dyo_ctx            ctx;
  dyo_err            err;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int k = 0; k < N; k++) need[k] = (int)(next_random(&seed) % 200);
  for (int s = 0; s < S; s++) shifts[s] = (cover_shift){2 * s, 2 * s + 16, 8};
  assert_int_equal(DYO_OK, cover_least(&ctx, need, N, shifts, S, heads, &err));
  for (int s = 0; s < S; s++)
    for (int k = shifts[s].from; k < shifts[s].to; k++) there[k] += heads[s];
  for (int k = 0; k < shifts[S - 1].to; k++) assert_true(there[k] >= need[k]);
  dyo_ctx_clear(&ctx);
}

static void the_greatest_need_counts(void **state)
{
  const int         need[]   = {1, 5, 2};
  const cover_shift shifts[] = {{0, 1, 1}, {0, 3, 1}, {2, 3, 1}};
  int               heads[3];
  (void)state;
  cover_greatest(need, shifts, 3, heads);
  assert_int_equal(1, heads[0]);
  assert_int_equal(5, heads[1]);
  assert_int_equal(2, heads[2]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_plan_is_cheaper), cmocka_unit_test(a_month_is_covered),
                                     cmocka_unit_test(the_greatest_need_counts)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
