/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the interface keeps in memory for whoever asks again is bounded, and goes once nobody does. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/answers.h"
#include "api/exchange.h"
#include "base/clock.h"

enum { MOST = 64 << 20 }; /* of the cache, in bytes */

/* --- answers ------------------------------------------------------------------------------------------------------- */

static void keep(struct answer_cache *c, const char *key, size_t n)
{
  http_body *b = http_body_new(calloc(n, 1), n);
  assert_non_null(b);
  answer_keep(c, key, 1, b, "\"e\"");
  http_body_free(b);
}

/* The bytes that the answer holds at most, 0 where it is not kept. */
static size_t kept(struct answer_cache *c, const char *key)
{
  char         etag[ETAG_CHARS];
  http_body   *b    = answer_find(c, key, 1, 0, etag);
  const size_t most = http_body_most(b);
  if (b) assert_string_equal(etag, "\"e\"");
  http_body_free(b);
  return most;
}

static void a_body_counts_with_its_packed_copy(void **state)
{
  (void)state;
  http_body *small = http_body_new(calloc(100, 1), 100), *large = http_body_new(calloc(80000, 1), 80000);
  assert_int_equal(http_body_most(NULL), 0);
  assert_int_equal(http_body_most(large) - http_body_most(small),
                   80000 - 100 + 70000); /* seven eighths, or it is not worth it */
  http_body_free(small);
  http_body_free(large);
}

static void answers_hold_no_more_than_their_bound(void **state)
{
  struct answer_cache *c    = answer_cache_new();
  size_t               held = 0, there = 0;
  char                 key[16];
  (void)state;
  for (int i = 0; i < 200; i++) {
    snprintf(key, sizeof key, "key %d", i);
    keep(c, key, 1 << 20);
    assert_true(kept(c, key) > 1 << 20); /* the newest is always there */
  }
  for (int i = 0; i < 200; i++) {
    snprintf(key, sizeof key, "key %d", i);
    const size_t n = kept(c, key);
    held += n;
    there += n > 0;
  }
  assert_in_range(held, MOST - (2 << 20), MOST);
  assert_in_range(there, 30, 40);
  keep(c, "too large", (1 << 20) + 1);
  assert_int_equal(kept(c, "too large"), 0);
  answer_cache_free(c);
}

static void answers_that_nobody_asks_for_go(void **state)
{
  struct answer_cache *c = answer_cache_new();
  (void)state;
  keep(c, "old", 100);
  keep(c, "asked", 100);
  const double between = clock_monotonic();
  while (clock_monotonic() <= between) continue;
  assert_true(kept(c, "asked") > 0);
  answer_cache_drop(c, between);
  assert_true(kept(c, "asked") > 0);
  assert_int_equal(kept(c, "old"), 0);
  answer_cache_drop(c, INFINITY);
  assert_int_equal(kept(c, "asked"), 0);
  answer_cache_free(c);
}

/* --- rates --------------------------------------------------------------------------------------------------------- */

/* How many of ten requests are allowed. */
static int allowed(struct tenant_rates *t, const char *tenant)
{
  int n = 0;
  for (int i = 0; i < 10; i++) n += tenant_within_rate(t, tenant);
  return n;
}

static void full_buckets_are_forgotten_and_others_are_not(void **state)
{
  struct tenant_rates *t = tenant_rates_new();
  (void)state;
  assert_true(tenant_rates_told(t, "quick", 0.05, 3)); /* full again after a minute */
  assert_true(tenant_rates_told(t, "slow", 1e-6, 4));
  assert_int_equal(allowed(t, "quick"), 3);
  assert_int_equal(allowed(t, "slow"), 4);
  const double now = clock_monotonic();
  tenant_rates_drop(t, now + 30); /* a token may still be believed, and its limits with it */
  assert_int_equal(allowed(t, "quick"), 0);
  tenant_rates_drop(t, now + 70);
  assert_int_equal(allowed(t, "slow"), 0);
  assert_int_equal(allowed(t, "quick"), 10); /* nothing is known of it */
  assert_true(tenant_rates_told(t, "quick", 0.05, 3));
  assert_int_equal(allowed(t, "quick"), 3);
  tenant_rates_free(t);
}

static void of_many_tenants_of_one_head_each_is_found_after_others_went(void **state)
{
  struct tenant_rates *t = tenant_rates_new();
  char                 name[16];
  (void)state;
  for (int i = 0; i < 2000; i++) {
    snprintf(name, sizeof name, "t%d", i);
    assert_true(tenant_rates_told(t, name, 1e-6, i % 3 == 0 ? 1 : 5));
    if (i % 3 == 0) assert_true(tenant_within_rate(t, name)); /* empties it */
  }
  tenant_rates_drop(t, clock_monotonic() + 70);
  for (int i = 0; i < 2000; i++) {
    snprintf(name, sizeof name, "t%d", i);
    assert_int_equal(allowed(t, name), i % 3 == 0 ? 0 : 10);
  }
  tenant_rates_free(t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_body_counts_with_its_packed_copy),
    cmocka_unit_test(answers_hold_no_more_than_their_bound),
    cmocka_unit_test(answers_that_nobody_asks_for_go),
    cmocka_unit_test(full_buckets_are_forgotten_and_others_are_not),
    cmocka_unit_test(of_many_tenants_of_one_head_each_is_found_after_others_went),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
