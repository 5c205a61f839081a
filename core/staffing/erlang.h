/* SPDX-License-Identifier: GPL-3.0-or-later */
/* erlang.h - a queue served by n people: Poisson arrivals, exponential handling, first come first served.
 * Without patience Erlang C (M/M/n), else Erlang A (M/M/n+M): each who waits gives up after an exponential time.
 * Erlang (1917); Palm (1957); Mandelbaum and Zeltyn, The Palm/Erlang-A Queue (2005), sections 4.4 to 4.7. */
#ifndef STAFFING_ERLANG_H
#define STAFFING_ERLANG_H

#include "base/dyo_ctx.h"

typedef struct {
  double arrivals; /* per second, > 0 */
  double handling; /* mean seconds, > 0 */
  double patience; /* mean seconds, > 0; INFINITY: nobody gives up */
  double within;   /* seconds of the service level, >= 0 */
} erlang_queue;

typedef struct {
  double service_level; /* share of all customers answered within `within` seconds */
  double wait_share;    /* of those who are not answered at once */
  double mean_wait;     /* seconds, over all customers, until answer or giving up */
  double mean_answer;   /* seconds, over those who are answered; NaN where there are none */
  double abandonment;   /* share who give up */
  double occupancy;     /* share of their time that people are busy */
} erlang_state;

/* Erlang B, the share of time all n >= 0 are busy where nobody waits: the recursion B(k) = a B(k-1) / (k + a B(k-1)), begun so far
 * below the load that its start is forgotten. */
double erlang_b(double load, double n);

/* The steady state with n >= 0 people. Without patience and n at or below the load there is none: waits are infinite, service_level 0. */
erlang_state erlang_solve(const erlang_queue *q, double n);

#endif
