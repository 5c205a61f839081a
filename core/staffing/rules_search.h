/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_search.h - the searches for people with rich rules: rosters as columns, a master over them, branching, neighbourhoods.
 *
 * Two objectives, one after the other: the heads that ROSTER_HARD demands lack, then cost with no more of those than the first gave. */
#ifndef STAFFING_RULES_SEARCH_H
#define STAFFING_RULES_SEARCH_H

#include "num/dyo_rng.h"
#include "solver/dyo_lp.h"
#include "staffing/price_rules.h"

#define CLEAR 2e-2 /* a value of the master nearer to a whole number than this is one */

/* One roster of one person that keeps the rules. */
typedef struct column {
  int            person, n;
  int           *arcs; /* places in the person's list */
  int64_t        cost; /* arcs and what comes on top */
  uint64_t       hash;
  double         reduced; /* at the prices of the last large master */
  uint64_t       used;    /* the last master that took it, so that none takes it twice */
  struct column *next;    /* of the same person */
} column;

/* What branching and neighbourhoods demand beyond the model. All bounds are whole numbers. */
typedef struct {
  int8_t **arc;                /* n_people x n_arcs: 1 must, -1 must not be worked */
  int     *low, *high;         /* n_demands: heads */
  int      total_lo, total_hi; /* heads short, over all demands */
} limits;

/* People in hand; the others' rosters stand as they are in the plan. */
typedef struct {
  int *people, n;
} team;

/* How good a plan is: in this order. */
typedef struct {
  int     beyond;      /* heads beyond a demand's `most` */
  int     short_heads; /* that ROSTER_HARD demands lack */
  int64_t value;       /* by the objective */
} worth;

typedef struct {
  dyo_ctx            *ctx;
  const roster_model *m;
  rules_pricer       *pricer;
  dyo_rng             rng;
  int                 first;        /* objective: 1 heads short, 0 cost */
  int                 most_short;   /* in hand of cost: heads that ROSTER_HARD demands may lack */
  int64_t            *under, *over; /* n_demands: weights of the objective */
  int               **at, **list;   /* per person: demands that arc a serves are list[p][at[p][a] ..] */
  int                *able;         /* n_demands: people who could be there */
  column            **pool;         /* n_people */
  column            **plan;         /* n_people: the best plan */
  worth               best;         /* of the plan */
  int                *heads;        /* n_demands: of the plan */
  int                *heads_tried;
  column            **tried; /* n_people: room for another plan */
  int64_t             bound; /* no plan has less by the objective */
  limits              lim;
  struct master      *master;
  bool                branched; /* lim says more than nothing */
  double             *price;    /* room for one person's arcs, as the following */
  int                *arcs, *works, *rows, *order;
  uint8_t            *fixed; /* n_people */
  double             *vals;
  double              stretch; /* of prices: one unit of cost is this much */
  uint64_t            masters; /* made so far */
  int                 dives;   /* made so far */
  uint64_t            polled;  /* the pricer's work when the search was last asked whether to stop */
  bool                unsure;  /* the last answer came from a graph that does not count everything */
} rules_job;

/* columns.c */
dyo_status column_of(rules_job *j, int person, const int *arcs, int n, column **out,
                     dyo_err *err); /* NULL: breaks a rule */
int64_t    job_demand_cost(const rules_job *j, int demand, int heads);
int        job_hard_short(const rules_job *j, int demand, int heads);
worth      job_worth(const rules_job *j, column *const *plan, int *heads); /* heads: n_demands out */
bool       worth_less(const worth *a, const worth *b);
bool job_offer(rules_job *j, column *const *plan); /* takes the plan where it is better than the best; true: it was */
void job_count(rules_job *j);                      /* worth and heads of the best plan, by the objective in hand */
bool job_stopped(rules_job *j);

/* master.c: the linear program over the columns of a team */
typedef struct master {
  dyo_lp  *lp;
  int      n_rows, n_demands;   /* rows: demands in hand, total and hard where needed, people */
  int      total_row, hard_row; /* -1: none */
  bool    *tight;               /* n_demands: u or o has bounds that bind */
  int     *row_of;              /* n_demands of the model: -1 not in hand */
  int     *demand;              /* n_demands */
  int     *fixed;               /* n_demands of the model: heads of people not in hand */
  int     *person_row;          /* n_people */
  double  *x, *y;               /* of the columns, of the rows */
  double  *rhs, *pi;            /* of the rows */
  column **col;                 /* rosters in the master: column n_other + n_art + i is col[i] */
  int      n_col, cap_col;
  int      n_other, n_art; /* columns before them: u and o of each demand, t and h; artificial ones */
  double  *lo, *hi;        /* 2 n_demands + 2: bounds of u and o of each demand, of t, of h */
  double   z;              /* value of the linear program, all in, without artificial columns */
  double   base;           /* what is not in hand costs */
  double   bound;          /* proven for the team within the limits, all in, not rounded up */
  bool     solved;         /* x is there */
  bool     whole;          /* no artificial column is needed */
} master;

typedef struct {
  double cutoff;  /* stop when the bound is here: nothing better is wanted */
  int    rounds;  /* at most; then x is what it is */
  double near;    /* stop when the bound is this near to the value, as a part of it */
  int    columns; /* start with so many of the pool's columns per person */
  double reduced; /* ... of a reduced cost no larger */
} master_options;

dyo_status master_new(rules_job *j);
dyo_status master_solve(rules_job *j, const team *t, const master_options *o, dyo_err *err);
/* On with the master as it stands: after master_fix, which makes roster col too good to leave out, and whose person
 * (marked in fixed) is no longer priced. */
dyo_status master_go_on(rules_job *j, const team *t, const master_options *o, dyo_err *err);
dyo_status master_fix(rules_job *j, const team *t, int col, dyo_err *err);
void       master_note(rules_job *j, const team *t); /* the team's columns at the master's prices, into reduced */
void       master_close(rules_job *j);

/* rules_tree.c: branch and price over a team, at most so many nodes. Improves the plan; *bound: what the team cannot get below. */
dyo_status rules_tree(rules_job *j, const team *t, int nodes, const master_options *o, double *bound, dyo_err *err);
void       limits_clear(rules_job *j);
double     job_cutoff(const rules_job *j); /* a bound from here on rules out a better plan */

/* rules_moves.c */
dyo_status rules_start(rules_job *j, dyo_err *err);  /* a plan: one person after the other */
dyo_status rules_polish(rules_job *j, dyo_err *err); /* each person's best answer, until none moves */
dyo_status rules_dive(rules_job *j, const team *t,
                      dyo_err *err); /* fixes rosters one after the other in the team's open master */
dyo_status rules_neighbours(rules_job *j, int patience, dyo_err *err); /* frees a few people at a time */

/* rules_local.c: destroys and repairs the rosters of a few people at a time. work: cells the pricer may visit. */
dyo_status rules_local(rules_job *j, uint64_t work, dyo_err *err);

#endif
