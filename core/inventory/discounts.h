/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discounts.h - private to eoq.c and discounts.c: yearly cost of an order quantity, and its least over price
 * segments. */
#ifndef DYO_INVENTORY_DISCOUNTS_H
#define DYO_INVENTORY_DISCOUNTS_H

#include <stddef.h>

/* Orders of lo <= Q < hi units cost fixed + price Q to buy. */
typedef struct {
  double lo, hi, fixed, price;
} eoq_segment;

typedef struct {
  double demand;  /* units a year */
  double order;   /* money an order, >= 0 */
  double holding; /* money per unit and year; NaN: rate counts */
  double rate;    /* share of the average price paid that a unit in stock costs a year */
  double backlog; /* money per unit waiting and year; INFINITY: none may wait */
  double rising;  /* share of an order that ever lies in stock: 1 - demand / production rate */
  double least;   /* smallest order; 0: any above 0 */
  double lot;     /* orders are multiples of this; 0: any */
} eoq_model;

typedef struct {
  double quantity, ordering, holding, purchase, backorder; /* units; money a year */
  double max_backorder, max_inventory, average_inventory;  /* units */
  double unit_cost;                                        /* average price paid */
} eoq_plan;

/* The cheapest plan over all segments, which stand in order of lo, prices not rising; *which is its segment, n
 * when there is no best order because ever smaller ones cost less. n >= 1. */
eoq_plan eoq_cheapest(const eoq_model *m, const eoq_segment *s, size_t n, size_t *which);

#endif
