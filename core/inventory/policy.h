/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy.h - what the policies share. */
#ifndef DYO_INVENTORY_POLICY_H
#define DYO_INVENTORY_POLICY_H

#include "inventory/dyo_policy.h"
#include "num/dyo_dist.h"

typedef struct {
  dyo_dist unit; /* demand of one unit of time */
  dyo_dist lead; /* demand that stock covers: of lead_time (r_q) or lead_time + 1 (periodic); not set where empirical */
  double   h, p, k, lead_time;
} policy_job;

/* Whole-number demand as probabilities: p[i] of i. */
typedef struct {
  double *p;
  size_t  n;
} demand_counts;

/* g = h E[(y-D)+] + p E[(D-y)+] from its two parts. */
double policy_rate(const policy_job *job, double below, double loss);

/* The order quantity if demand were certain, sqrt(2 K lambda (h+p)/(h p)): the size to expect. */
double policy_lot(const policy_job *job);

/* Each fills policy, costs and quantities of *out, and leaves the words to policy.c. */
dyo_status policy_base_stock(dyo_ctx *ctx, const policy_job *job, dyo_policy_out *out, dyo_err *err);
dyo_status policy_rq_continuous(const policy_job *job, dyo_policy_out *out);
dyo_status policy_rq_poisson(const policy_job *job, dyo_policy_out *out);
dyo_status policy_rq_batches(dyo_ctx *ctx, const policy_job *job, dyo_policy_out *out, dyo_err *err);
dyo_status policy_ss(dyo_ctx *ctx, const policy_job *job, dyo_policy_out *out, dyo_err *err);

/* Costs from stock on hand, backorders and orders a unit of time. */
void policy_costs(const policy_job *job, double on_hand, double backorders, double orders, dyo_policy_out *out);

/* Sampled demand of one period, which must be whole numbers, and of n independent periods. */
dyo_status demand_count_samples(dyo_ctx *ctx, const dyo_dist *d, demand_counts *c, dyo_err *err);
dyo_status demand_count_periods(dyo_ctx *ctx, const demand_counts *one, double periods, demand_counts *c, dyo_err *err);

#endif
