/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_demand.h - uncertain demand as requests state it: a family with its moments, or samples. */
#ifndef DYO_DEMAND_H
#define DYO_DEMAND_H

#include "base/dyo_field.h"

typedef struct {
  int     distribution; /* index into dyo_dist_words; -1: empirical where there are samples, else normal */
  double  mean, std_dev;
  double *samples;
  size_t  n_samples;
} dyo_demand_in;

extern const dyo_field dyo_demand_rows[];

#endif
