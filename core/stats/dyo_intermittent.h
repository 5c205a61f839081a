/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_intermittent.h - demand classes. Syntetos, Boylan & Croston (2005), J. Operational Research Society 56. */
#ifndef DYO_INTERMITTENT_H
#define DYO_INTERMITTENT_H

#include "series/dyo_series.h"

typedef enum {
  DYO_DEMAND_SMOOTH = 0,
  DYO_DEMAND_ERRATIC,
  DYO_DEMAND_INTERMITTENT,
  DYO_DEMAND_LUMPY,
  DYO_DEMAND_NONE
} dyo_demand_class;

extern const char *const dyo_demand_words[]; /* NULL at the end */

/* Plain. */
typedef struct {
  double           interval; /* ADI: periods per period with demand; infinite without demand */
  double           cv2;      /* squared coefficient of variation of the demands that are not zero; 0 for a single one */
  double           zeros;    /* share of known values that are zero, 0..1 */
  dyo_demand_class kind;     /* cut at interval 1.32 and cv2 0.49; NONE where all is zero or missing */
} dyo_demand;

dyo_demand dyo_demand_of(const dyo_series *y);

#endif
