/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree.h - private to mip_tree.c and mip_pick.c: the state of one branch-and-bound search. */
#ifndef DYO_SOLVER_TREE_H
#define DYO_SOLVER_TREE_H

#include "solver/mip.h"

/* A node is one bound more than the node above it. */
typedef struct node node;
struct node {
  node  *up;
  double bound; /* no answer below here that is worth having is under this */
  double z;     /* objective of the LP above, and how far the branch moved col: NaN where pseudo-costs learn nothing */
  double moved;
  double value; /* col is at least (raised) or at most this */
  int    col, depth, refs;
  bool   raised;
};

typedef struct {
  const dyo_mip      *m;
  dyo_ctx            *ctx;
  const dyo_mip_opts *o;
  lp_engine          *lp;
  double             *block;     /* what the pointers below share */
  double             *glo, *ghi; /* bounds that hold everywhere */
  double             *lo, *hi;   /* bounds of the node in hand */
  double             *flo, *fhi; /* bounds with the whole columns fixed */
  double             *x, *y, *tx, *ty, *best, *d, *work;
  double             *gain[2]; /* pseudo-costs: sum of objective gains per unit, down and up */
  double             *seen[2]; /* and how many there are */
  double              beat;    /* only answers below this are wanted: the best one's objective, or the cutoff */
  double              noise;   /* objective differences up to this are rounding */
  double              unit;    /* objectives are multiples of this; 0 = not known to be */
  double              root;    /* safe bound of the root, with reduced costs d on root_lo..root_hi */
  double             *root_lo, *root_hi;
  double              cut_off; /* least bound of a node that was given up because of beat, or finished */
  double              lost;    /* least bound of a node that could not be solved */
  double              nodes, done;
  bool                have, stopped, no_memory, no_floor, continuous; /* no_floor: the root's LP falls for ever */
  node              **open;                                           /* a heap */
  size_t              n_open, cap_open;
} tree;

/* The bound a safe LP bound gives in the grid of possible objectives. */
double tree_grid(const tree *t, double bound);

/* Objective of the LP over lo..hi into *z and a bound no wanted answer there is below into *bound. */
lp_result tree_lp(tree *t, double *x, double *y, double *z, double *bound);

double tree_limit(const tree *t); /* a node with a bound from here on is not worth opening */

/* A fractional column to branch on, -1 when x has none. Look-ahead may find that one side of a column is empty:
 * then *closed is that column, the bound to add is in *value and *raised, and nothing is to be branched on yet. Z:
 * objective of the node's LP. */
typedef struct {
  int    col, closed;
  double value;
  bool   raised;
} pick;
pick tree_pick(tree *t, double z);

void tree_learn(tree *t, int col, bool raised, double per_unit);

#endif
