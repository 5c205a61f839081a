/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.h - people with rich rules: days and runs, weekends, counts of kinds, successions, fair shares, on top of hours and rest. */
#ifndef STAFFING_RULES_H
#define STAFFING_RULES_H

#include "staffing/roster.h"

/* As roster_solve, for any model. A person who can keep the rules with no roster at all, not even at home, is invalid_input. */
dyo_status rules_solve(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan, dyo_err *err);

#endif
