/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loess.h - one loess smoother with its scratch, made once and run many times. */
#ifndef DYO_STATS_LOESS_H
#define DYO_STATS_LOESS_H

#include "stats/dyo_stl.h"

typedef struct {
  dyo_ctx      *ctx;
  dyo_loess     o;
  const double *y, *weight; /* weight may be NULL */
  size_t        n;
  double       *w;     /* n + 1, from 1 */
  double       *table; /* window / 2 + 1: weights by distance where the window is centred */
  double        half;  /* the reach the table is for */
} dyo_loess_job;

void dyo_loess_table(dyo_loess_job *j);                  /* after window was set */
bool dyo_loess_run(const dyo_loess_job *j, double *out); /* at every point; false when cancelled */

/* At any x from points left..right (from 1). False, and *out untouched, where all weights are zero. */
bool dyo_loess_at(const dyo_loess_job *j, double x, size_t left, size_t right, double *out);

#endif
