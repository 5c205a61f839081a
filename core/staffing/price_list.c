/* SPDX-License-Identifier: GPL-3.0-or-later */
/* price_list.c - a person with few shifts has few rosters: where they are fewer than the cells that a graph would have, or where the graph
 * would not count everything, they are listed once and each is looked at. */
#include "staffing/price_rules.h"

#include <math.h>

#define ARCS_MOST   12 /* 4,096 rosters */
#define CELLS_A_SET 16 /* a node of so many cells for each set of shifts makes a graph slower than the list */

/* One person's rosters that keep every rule: roster i works arcs[at[i] .. at[i + 1]). */
typedef struct rules_list {
  int     n, *at, *arcs;
  double *top; /* what the roster costs beyond its shifts */
} rules_list;

bool rules_list_pays(const roster_model *m, int person)
{
  const size_t n = m->people[person].n_arcs;
  rules_graph  g = {.m = m, .person = person};
  if (n > ARCS_MOST) return false;
  rules_box_of(NULL, 0, &g);
  return !g.exact || (size_t)g.box.n_cells > (size_t)CELLS_A_SET << n;
}

/* The arcs of a set; returns how many. *cost: of these shifts alone. */
static int arcs_of(const roster_person *p, unsigned set, int *arcs, int64_t *cost)
{
  int n = 0;
  *cost = 0;
  for (int a = 0; a < (int)p->n_arcs; a++) {
    if (!(set >> a & 1)) continue;
    arcs[n++] = a;
    *cost += p->arcs[a].cost;
  }
  return n;
}

dyo_status rules_list_new(rules_pricer *w, int person, dyo_err *err)
{
  const roster_person *p    = &w->m->people[person];
  const size_t         sets = (size_t)1 << p->n_arcs;
  rules_list          *l    = DYO_NEW(w->ctx, 1, rules_list);
  if (!l) return dyo_oom(err);
  l->at   = DYO_NEW(w->ctx, sets + 1, int);
  l->top  = DYO_NEW(w->ctx, sets, double);
  l->arcs = DYO_NEW(w->ctx, sets * (p->n_arcs + 1), int);
  if (!l->at || !l->top || !l->arcs) return dyo_oom(err);
  for (unsigned set = 0; set < sets; set++) {
    int      *arcs = l->arcs + l->at[l->n], works[ARCS_MOST];
    int64_t   shifts, all;
    const int n = arcs_of(p, set, arcs, &shifts);
    for (int i = 0; i < n; i++) works[i] = p->arcs[arcs[i]].shift;
    if (!roster_keeps_rules(w->m, person, works, n, &all, NULL, NULL)) continue;
    l->top[l->n]    = (double)(all - shifts);
    l->at[l->n + 1] = l->at[l->n] + n;
    l->n++;
  }
  w->lists[person] = l;
  return DYO_OK;
}

void rules_list_price(rules_pricer *w, int person, rules_query *q)
{
  const rules_list *l    = w->lists[person];
  int               best = -1;
  q->value               = INFINITY;
  q->n                   = -1;
  q->exact               = true;
  for (int i = 0; i < l->n; i++) {
    double v = q->scale * l->top[i];
    for (int k = l->at[i]; k < l->at[i + 1]; k++) v += q->price[l->arcs[k]];
    if (!(v < q->value)) continue;
    q->value = v;
    best     = i;
  }
  w->work += (uint64_t)l->n + (uint64_t)l->at[l->n];
  if (best < 0) return;
  q->n = l->at[best + 1] - l->at[best];
  for (int k = 0; k < q->n; k++) q->arcs[k] = l->arcs[l->at[best] + k];
}
