/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_order.h - order statistics. */
#ifndef DYO_ORDER_H
#define DYO_ORDER_H

#include <stddef.h>

double dyo_select(double *a, size_t n,
                  size_t k);            /* k-th smallest, from 0; a is reordered, smaller ones before it. O(n) */
double dyo_median(double *a, size_t n); /* a is reordered; n >= 1 */
double dyo_quantile_of(double *a, size_t n,
                       double p); /* linear between order statistics at (n-1)p; a is reordered; n >= 1 */

#endif
