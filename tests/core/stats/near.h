/* SPDX-License-Identifier: GPL-3.0-or-later */
/* near.h - cmocka's own comparison of floating numbers is one of floats. Include after cmocka.h. */
#ifndef TESTS_STATS_NEAR_H
#define TESTS_STATS_NEAR_H

#include <math.h>

static inline void near_at(double want, double got, double tol, const char *file, int line)
{
  if (fabs(want - got) <= tol) return;
  print_error("found %.17g; %.17g within %g is expected\n", got, want, tol);
  _fail(file, line);
}
#define assert_near(want, got, tol) near_at((want), (got), (tol), __FILE__, __LINE__)

#endif
