/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: seasons taken out of a series before a model sees it and put back onto its forecasts. */
#ifndef DYO_SEASONS_PRIVATE_H
#define DYO_SEASONS_PRIVATE_H

#include "forecast/dyo_model.h"

/* The last round of each season, one after the other, the coming place of each first. */
typedef struct {
  double *pattern; /* terms to add, or logarithms of factors */
  size_t  n_pattern;
  int    *periods;
  size_t  n_periods;
  bool    factors;
} seasons;

/* How many of the history's periods, rounded, are at least 2 and fit twice; *longest takes the longest of them. */
size_t seasons_fitting(const dyo_history *h, int *longest);

/* Take all of them out by MSTL. *y: the adjusted values, NaN where the history has none. factors: multiplicative, for values all
 * above zero; by MSTL of the logarithms. */
dyo_status seasons_take(dyo_ctx *ctx, const dyo_history *h, bool factors, double **y, seasons *out, dyo_err *err);

/* Onto the adjusted value v, i steps after the last one, and off the value v as it came. */
double seasons_put(const seasons *s, size_t i, double v);
double seasons_off(const seasons *s, size_t i, double v);

/* Go on by n steps: a new pattern with the then coming places first. */
dyo_status seasons_turn(dyo_ctx *ctx, seasons *s, size_t n, dyo_err *err);

/* Of seasons that come from a text: do the periods add up to the pattern, and are factors of a size that can be? */
bool seasons_sound(const seasons *s);

#endif
