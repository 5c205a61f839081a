/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_graph.h - one person's rules as a graph in order of time, so that the cheapest roster at any prices is a shortest path.
 *
 * A node is what the coming days have to know of the past by its nature (the run of days, what may follow, until when one rests); what is
 * merely counted (hours, weekends, kinds) is a place in a box of cells that every node has. An edge works one shift, or ends a day; it
 * moves all cells of its node by the same step, so that one pass is a handful of loops over consecutive numbers. The graph does not
 * depend on prices: it is made once for each person.
 *
 * Kinds are counted only when asked for (rules_price asks when a roster has broken a limit). Where the box would be too large, counters
 * are dropped: `exact` is then false, and the price is a lower bound of the true one. */
#ifndef STAFFING_RULES_GRAPH_H
#define STAFFING_RULES_GRAPH_H

#include "staffing/roster.h"

#define RULES_DIMS 12

/* How an edge moves cells: cell r of its source to r + step, for r in n_runs runs of len cells from at[]. */
typedef struct {
  int  d[RULES_DIMS];
  int  step, n_runs, len;
  int *at;
} rules_move;

enum { RULES_STEP, RULES_WEEK, RULES_LAST_WEEK }; /* a week's end folds the hours of the week into their cost */

typedef struct {
  int from, to;
  int group; /* of arcs, one of which is worked; -1: none */
  int move;
  int type;
} rules_edge;

typedef struct {
  int n_dims, size[RULES_DIMS], stride[RULES_DIMS];
  int n_cells; /* in the box */
} rules_box;

/* What a box counts. -1: not counted. Dimension 0 is the innermost. */
typedef struct {
  int week, weekends, unpopular, hours;
  int week_unit, hours_unit;
  int n_kinds, kind[RULES_DIMS], kind_dim[RULES_DIMS], kind_hours[RULES_DIMS]; /* kind_hours: not counted in `hours` */
} rules_counts;

typedef struct {
  const roster_model *m;
  int                 person;
  bool                exact;
  rules_box           box;
  rules_counts        counts;
  rules_edge         *edges; /* in an order in which every path goes upwards */
  int                 n_edges, n_nodes;
  rules_move         *moves;
  int                 n_moves;
  int    *group_at, *group_arc, n_groups; /* arcs (places in person's list) of group g: group_arc[group_at[g] ..] */
  int    *lo, *hi;                        /* n_nodes: cells that lie on a path from start to end */
  size_t *base;                           /* n_nodes: where the cells lo.. of a node stand among n_values */
  size_t  n_values;
  int    *finals, n_finals;
  double *end;     /* n_cells: what a roster that ends here costs on top; INFINITY: may not */
  double *week[2]; /* of a whole and of a last, shorter week: what so many hours cost on top */
  double  empty;   /* cost of staying at home, INFINITY: may not */
} rules_graph;

/* counted: n_kinds flags, which kinds' limits to keep (others are not looked at); NULL: none. *out in the context's arena. */
dyo_status rules_graph_new(dyo_ctx *ctx, const roster_model *m, int person, const uint8_t *counted, rules_graph **out,
                           dyo_err *err);

/* rules_box.c: which counters person needs, the costs at their ends, and how edges move them. */
void rules_box_of(const uint8_t *counted, int drop, rules_graph *g); /* box, counts and exact alone */
bool rules_counts_new(dyo_ctx *ctx, const uint8_t *counted, int drop, rules_graph *g);
int  rules_move_of(dyo_ctx *ctx, rules_graph *g, const int *d, int *cap); /* -1: no memory */

#endif
