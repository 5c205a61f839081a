/* SPDX-License-Identifier: GPL-3.0-or-later */
/* price_rules.h - the cheapest roster of one person at any prices, every rule kept: a shortest path through the person's graph.
 *
 * Costs are whole numbers carried in doubles, exact below 2^53, because the loops over cells then use the two-wide minimum that every
 * target has. */
#ifndef STAFFING_PRICE_RULES_H
#define STAFFING_PRICE_RULES_H

#include "staffing/rules_graph.h"

typedef struct {
  dyo_ctx            *ctx;
  const roster_model *m;
  struct rules_way  **ways;  /* n_people: graphs made so far, the one that counts no kinds first */
  struct rules_list **lists; /* n_people: NULL where the graphs serve */
  uint8_t            *count; /* n_kinds: kinds the query in hand has to count */
  double             *value; /* room for the cells of the largest graph */
  size_t              n_value;
  double             *choice; /* room for the best arc of each group */
  int                *choice_arc, n_choice;
  uint64_t            work; /* cells visited: what a search counts instead of seconds */
} rules_pricer;

/* Graphs are made when a person is first priced. */
dyo_status rules_pricer_new(dyo_ctx *ctx, const roster_model *m, rules_pricer **out, dyo_err *err);

/* The cheapest roster of person at price[arc] (whole numbers, INFINITY: not to be worked) and scale times the person's own costs on top.
 * arcs: room for n_arcs, in order. *n = -1: no roster, *value INFINITY. *exact false: the value is a lower bound only and arcs may break
 * a rule. */
typedef struct {
  const double *price;
  double        scale;
  double        value;
  int          *arcs, n;
  bool          exact;
} rules_query;

dyo_status rules_price(rules_pricer *w, int person, rules_query *q, dyo_err *err);

/* price_list.c: the same from a list of all rosters, where that is less than the person's graph would be, or that would leave something out. */
bool       rules_list_pays(const roster_model *m, int person);
dyo_status rules_list_new(rules_pricer *w, int person, dyo_err *err);
void       rules_list_price(rules_pricer *w, int person, rules_query *q);

#endif
