/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fewest.h - private: rosters that cost nothing but the number of people called (shift minimisation personnel task scheduling,
 * Krishnamoorthy, Ernst & Baatar 2012, European Journal of Operational Research 219). */
#ifndef STAFFING_FEWEST_H
#define STAFFING_FEWEST_H

#include "staffing/roster.h"

/* true: everybody costs the same when called and nothing else costs; the only rules are who may work what, overlap, and the same rest for
 * all; every demand is of heads alone, hard, and met exactly or beyond at no cost. */
bool fewest_applies(const roster_model *m);

/* As roster_solve. The bound is the largest number of heads needed at one time. */
dyo_status fewest_solve(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan, dyo_err *err);

#endif
