/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lp_compat.h - included before every lp_solve source: the clock and the random numbers it may use. */
#ifndef DYO_LP_COMPAT_H
#define DYO_LP_COMPAT_H
#include <stdlib.h>
#include "lp_rand.h"

double dyo_wallclock(void);
int    dyo_lp_rand(void);

#define clockNow dyo_wallclock   /* PosixTime calls clockNow(), which lp_solve does not define */
#define rand     dyo_lp_rand
#undef RAND_MAX
#define RAND_MAX 0x7fffffff

#endif
