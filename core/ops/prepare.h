/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: the steps of series.prepare, each on what the one before has left. */
#ifndef DYO_OPS_PREPARE_H
#define DYO_OPS_PREPARE_H

#include "ops/dyo_op_prepare.h"
#include "series/dyo_resample.h"
#include "series/dyo_series.h"
#include "stats/dyo_periods.h"

enum { DYO_CHANGES_MOST = 1000 };

typedef enum {
  DYO_CHANGE_MERGED,
  DYO_CHANGE_CLOSED,
  DYO_CHANGE_CLEANED,
  DYO_CHANGE_FILLED,
  DYO_CHANGE_DROPPED,
  DYO_CHANGE_KINDS
} dyo_change_kind;

typedef struct {
  dyo_ctx              *ctx;
  const dyo_prepare_in *in;
  dyo_err              *err;
  dyo_regular           r;     /* the grid */
  double               *v;     /* the series: values of the grid, without the periods left out */
  size_t               *place; /* of each value in the grid; NULL: the same */
  size_t                n;
  bool                 *skip; /* of each period of the grid: left out; NULL: none is */
  dyo_workdays          days;
  bool                  resampled;
  dyo_ends              ends; /* where it was made coarser */
  dyo_notes             notes;
  dyo_change           *changes;
  size_t                n_changes, changes_count;
  size_t                count[DYO_CHANGE_KINDS];
} prep;

const char *prep_date(const prep *w, size_t i); /* of value i; NULL without memory */

/* Periods of the series as it is now: the request's, where they still hold, else found. Returns how many, at most
 * DYO_PERIODS_MOST. */
size_t prep_periods(prep *w, int *periods);

dyo_status prep_read(prep *w);
dyo_status prep_cut(prep *w);
dyo_status prep_closed(prep *w);
dyo_status prep_clean(prep *w);
dyo_status prep_fill(prep *w);
dyo_status prep_resample(prep *w);
dyo_status prep_adjust(prep *w);
dyo_status prep_partial(prep *w);

#endif
