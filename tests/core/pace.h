/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.h - how many of a long row of cases are played. Sanitizers slow the numerics tenfold, so there a short run plays every so-manieth;
 * without them, and everywhere with DYO_FULL=1, all are played. */
#ifndef TESTS_CORE_PACE_H
#define TESTS_CORE_PACE_H

#include <stdlib.h>

/* The step from one case to the next: `step` in a short run under sanitizers, else 1. */
static inline int pace(int step)
{
#if defined(__SANITIZE_ADDRESS__)
  return getenv("DYO_FULL") ? 1 : step;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return getenv("DYO_FULL") ? 1 : step;
#endif
#endif
  (void)step;
  return 1;
}

#endif
