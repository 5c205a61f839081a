/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_search.h - which settings to try next, when each try is dear and tells one number: at random first, as in Bergstra & Bengio
 * (2012), J. Machine Learning Research 13, then near the best so far, ever nearer. Asked and told in turns; knows no model. */
#ifndef DYO_SEARCH_H
#define DYO_SEARCH_H

#include "base/dyo_ctx.h"
#include "num/dyo_rng.h"

/* One setting: a choice among n values, whose coordinate is the value's place, or a range, whose coordinate is the value. */
typedef struct {
  size_t n;        /* values; 0: a range */
  bool   ordered;  /* values beside each other are alike */
  double min, max; /* of the range, min <= max */
  bool   whole;    /* the range holds whole numbers only */
  bool   log;      /* equal factors are equally far apart; min > 0 */
  double start;    /* coordinate of the first try */
} dyo_axis;

typedef struct {
  const dyo_axis *axes;
  size_t          n_axes, most; /* settings; tries there may be */
  double          points;       /* there are; infinite with a range of fractions */
  double         *tried;        /* n_tried points of n_axes coordinates */
  double         *score;        /* of each; INFINITY: it failed */
  size_t          n_tried;
  size_t          best; /* SIZE_MAX: none yet */
  dyo_rng         rng;
} dyo_search;

/* axes are kept, not copied; at most `most` >= 1 tries will be asked for. */
dyo_status dyo_search_new(dyo_ctx *ctx, const dyo_axis *axes, size_t n_axes, size_t most, uint64_t seed,
                          dyo_search *out, dyo_err *err);

/* The next point, never one twice, which stays valid as long as the search; NULL where all were tried or `most` were. Where there
 * are no more points than tries, all are asked for in order. */
const double *dyo_search_ask(dyo_search *s);

/* How good the point asked for last is: less is better, not finite: it failed. A score that is not clearly less than the best's (by
 * a billionth, which is rounding) does not replace it, so that every target finds the same. */
void dyo_search_tell(dyo_search *s, double score);

#endif
