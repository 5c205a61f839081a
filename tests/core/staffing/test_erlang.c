/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues: published figures, and the birth-death chain solved state by state, which knows none of the formulas. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "staffing/erlang.h"

static void near(double a, double b, double tol)
{
  if (!(fabs(a - b) <= tol * fmax(1e-9, fabs(b)))) fail_msg("%.17g is not %.17g", a, b);
}

enum { STATES = 4000 };

/* The share answered within `within` of those who find k others waiting: k + 1 steps at rates n mu + i theta (someone ahead leaves
 * either way), unless they give up, at rate theta. By uniformisation. */
static double answered_in_time(const erlang_queue *q, double n, int k)
{
  const double mu = 1 / q->handling, theta = isinf(q->patience) ? 0 : 1 / q->patience;
  const double rate = n * mu + (k + 1) * theta, all = rate * q->within;
  double      *p      = calloc((size_t)k + 2, sizeof *p); /* p[i]: i steps are left, and the customer still waits */
  double       weight = exp(-all), sum = 0, done = 0, total = 0;
  p[k + 1] = 1;
  for (int step = 1; sum < 1 - 1e-13; step++) {
    sum += weight;
    total += weight * done;
    for (int i = 1; i <= k + 1; i++) {
      const double go = (n * mu + (i - 1) * theta) / rate, here = p[i];
      p[i] = here * (1 - go - theta / rate);
      if (i == 1) done += here * go;
      else p[i - 1] += here * go;
    }
    weight *= all / step;
    if (step > 100000) fail_msg("the series does not end");
  }
  free(p);
  return total;
}

/* Steady state by detailed balance over so many states that the rest is nothing. */
static erlang_state by_chain(const erlang_queue *q, int n)
{
  static double p[STATES];
  const double  mu = 1 / q->handling, theta = isinf(q->patience) ? 0 : 1 / q->patience;
  double        sum = 0, waiting = 0, busy = 0;
  erlang_state  r = {0};
  p[0]            = 1;
  for (int k = 1; k < STATES; k++) {
    p[k] = p[k - 1] * q->arrivals / (fmin(k, n) * mu + fmax(0, k - n) * theta);
    if (p[k] > 1e200)
      for (int i = 0; i <= k; i++) p[i] /= 1e200;
  }
  for (int k = 0; k < STATES; k++) sum += p[k];
  for (int k = 0; k < STATES; k++) {
    p[k] /= sum;
    busy += fmin(k, n) * p[k];
    waiting += fmax(0, k - n) * p[k];
    if (k >= n) r.wait_share += p[k];
    if (k < n) r.service_level += p[k];
    else if (p[k] > 1e-15) r.service_level += p[k] * answered_in_time(q, n, k - n);
  }
  r.mean_wait   = waiting / q->arrivals; /* Little */
  r.abandonment = theta * waiting / q->arrivals;
  r.occupancy   = busy / n;
  return r;
}

static void the_chain_agrees(void **state)
{
  static const struct {
    erlang_queue q;
    int          n;
  } cases[] = {{{0.1, 60, INFINITY, 20}, 8}, {{0.1, 60, INFINITY, 5}, 7}, {{0.8, 60, INFINITY, 20}, 50},
               {{0.8, 60, 120, 20}, 50},     {{0.8, 60, 120, 20}, 40},    {{0.8, 60, 30, 10}, 30},
               {{0.02, 30, 5, 1}, 1},        {{0.5, 60, 600, 45}, 20},    {{0.001, 60, 60, 10}, 2}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const erlang_state a = erlang_solve(&cases[i].q, cases[i].n), b = by_chain(&cases[i].q, cases[i].n);
    near(a.wait_share, b.wait_share, 1e-9);
    near(a.mean_wait, b.mean_wait, 1e-9);
    near(a.abandonment, b.abandonment, 1e-9);
    near(a.occupancy, b.occupancy, 1e-9);
    assert_true(fabs(a.service_level - b.service_level) < 1e-11);
  }
}

/* Mean answer: all who are answered wait mean_answer, those who give up wait less than their patience; the chain cannot tell it, so
 * it is integrated from the law of the wait: density of V > 0 ~ exp(lambda/theta (1 - e^(-theta t)) - n mu t). */
static void answers_wait_as_the_integral_says(void **state)
{
  const erlang_queue q = {0.8, 60, 120, 20};
  const double       n = 45, mu = 1.0 / 60, theta = 1.0 / 120, h = 0.01;
  double             mass = 0, wait = 0;
  (void)state;
  for (int i = 0; i < 200000; i++) {
    const double t = (i + 0.5) * h, f = exp(q.arrivals / theta * (1 - exp(-theta * t)) - n * mu * t);
    mass += f * h;
    wait += t * exp(-theta * t) * f * h;
  }
  const erlang_state s = erlang_solve(&q, n);
  near(s.mean_answer, wait / mass * s.wait_share / (1 - s.abandonment), 1e-7);
}

/* Gans, Koole and Mandelbaum (2003), M&SOM 5, table of section 4.2.2: 48 calls a minute of a minute, 50 agents, patience 2 minutes. */
static void the_published_comparison_comes_out(void **state)
{
  erlang_queue q = {0.8, 60, INFINITY, 20};
  (void)state;
  erlang_state s = erlang_solve(&q, 50);
  assert_true(fabs(s.mean_wait - 20.8) < 0.05 && fabs(s.occupancy - 0.96) < 1e-12);
  q.patience = 120;
  s          = erlang_solve(&q, 50);
  assert_true(fabs(s.mean_wait - 3.7) < 0.05 && fabs(s.abandonment - 0.031) < 5e-4 && fabs(s.occupancy - 0.93) < 5e-3);
}

/* Erlang B with its start forgotten is the whole recursion. */
static void the_recursion_may_begin_late(void **state)
{
  static const double loads[] = {0.3, 10, 500, 5000, 100000};
  (void)state;
  for (size_t i = 0; i < 5; i++) {
    for (double share = 0.5; share < 1.6; share += 0.25) {
      const double n = floor(loads[i] * share);
      double       b = 1;
      for (double k = 1; k <= n; k++) b = loads[i] * b / (k + loads[i] * b);
      if (b > 1e-290) near(erlang_b(loads[i], n), b, 1e-12);
      else assert_true(erlang_b(loads[i], n) <= 1e-290);
    }
  }
}

/* With endless patience A becomes C; in deep overload the share served is n mu / lambda, and the answered wait ln(load/n) patience. */
static void limits_are_reached(void **state)
{
  erlang_queue c = {0.8, 60, INFINITY, 20}, a = {0.8, 60, 1e9, 20}, big = {1e4, 100, 300, 20};
  (void)state;
  near(erlang_solve(&a, 50).mean_wait, erlang_solve(&c, 50).mean_wait, 1e-5);
  near(erlang_solve(&a, 50).service_level, erlang_solve(&c, 50).service_level, 1e-6);
  near(erlang_solve(&big, 2e5).abandonment, 0.8, 1e-9);
  near(erlang_solve(&big, 2e5).mean_answer, 300 * log(5), 1e-4);
  assert_true(isinf(erlang_solve(&c, 48).mean_wait) && erlang_solve(&c, 48).service_level <= 0);
  near(erlang_solve(&a, 0).abandonment, 1, 0);
  near(erlang_solve(&big, 1e8).service_level, 1, 0);
}

/* The search for the fewest relies on it. */
static void more_people_are_never_worse(void **state)
{
  static const erlang_queue queues[] = {
    {0.8, 60, INFINITY, 20}, {0.8, 60, 120, 20}, {0.8, 60, 5, 20}, {2, 200, 1000, 0}};
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    erlang_state last = erlang_solve(&queues[i], 0);
    for (int n = 1; n < 500; n++) {
      const erlang_state s = erlang_solve(&queues[i], n);
      assert_true(s.service_level >= last.service_level - 1e-13);
      assert_true(!(s.mean_wait > last.mean_wait * (1 + 1e-13)));
      assert_true(s.abandonment <= last.abandonment + 1e-13);
      assert_true(s.occupancy <= last.occupancy + 1e-11 || n == 1);
      last = s;
    }
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_chain_agrees),
    cmocka_unit_test(answers_wait_as_the_integral_says),
    cmocka_unit_test(the_published_comparison_comes_out),
    cmocka_unit_test(the_recursion_may_begin_late),
    cmocka_unit_test(limits_are_reached),
    cmocka_unit_test(more_people_are_never_worse),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
