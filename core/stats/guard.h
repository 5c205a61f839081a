/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.h - the guards that every test on a list of values begins with. */
#ifndef DYO_STATS_GUARD_H
#define DYO_STATS_GUARD_H

#include "base/dyo_status.h"

/* At least `least` numbers, none missing, not all equal; `what` begins the sentence ("the ADF test"). Errors at /values. */
dyo_status dyo_need_values(const double *x, size_t n, size_t least, const char *what, dyo_err *err);

#endif
