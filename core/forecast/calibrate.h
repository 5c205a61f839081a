/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: a row of calibration.gen.h, the regression for one model and one class of seasonal periods and lengths. */
#ifndef DYO_CALIBRATE_PRIVATE_H
#define DYO_CALIBRATE_PRIVATE_H

#include <stdbool.h>

enum { CALIBRATED_LEVELS = 5 };

typedef struct {
  double slope, least, most; /* slope of a term, and the range its variable is kept in */
} calibrate_term;

typedef struct {
  const char    *model;
  double         period[2], length[2];  /* least and most */
  double         at[CALIBRATED_LEVELS]; /* a(L) for L = 0.5, 0.8, 0.9, 0.95, 0.99: increasing */
  calibrate_term log_h, log_n, width;
  bool           by_own; /* for histories with a rolling origin of their own */
  calibrate_term own;
} calibrate_row;

#endif
