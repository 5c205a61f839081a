/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assign.h - private: the generalised assignment problem in whole numbers, and the parts that solve it.
 *
 * minimise  sum of cost over the (person, task) chosen  +  sum of skip over the tasks left out
 * where a task goes to one person at most, and each person's tasks keep within `room` (sum of weights) and `most` (their number). */
#ifndef STAFFING_ASSIGN_H
#define STAFFING_ASSIGN_H

#include "base/dyo_ctx.h"
#include "num/dyo_rng.h"

enum { ASSIGN_OUT = -1 }; /* at: the task is left out */

/* An arc is a person who may do a task. Arcs are grouped by person, tasks rising; `of` lists them by task, cheapest first. */
typedef struct {
  size_t   n_tasks, n_people, n_arcs;
  size_t  *first;  /* n_people + 1: arcs of a person */
  int     *task;   /* n_arcs */
  int     *weight; /* n_arcs, >= 0 */
  int64_t *cost;   /* n_arcs */
  int     *room;   /* n_people, >= 0 */
  int     *most;   /* n_people, >= 0 */
  int64_t *skip;   /* n_tasks */
  /* assign_solve makes these: */
  int    *who;           /* n_arcs: the person */
  size_t *of_first, *of; /* n_tasks + 1; n_arcs */
} assign_problem;

/* Sums of costs stay below 2^ASSIGN_BITS; rooms below 2^31. */
enum { ASSIGN_BITS = 50, ASSIGN_MOVE_WORK = 100 };

/* Counted effort: a cell of a dynamic program, or what takes as long. Budgets are in it, so that they cut at the same place everywhere. */
typedef struct {
  dyo_ctx *ctx; /* clock, cancel, progress */
  dyo_ctx *mem; /* memory */
  int64_t  used, most, unpolled;
  uint64_t seed;
  double   gap; /* stop when cost - bound <= gap * |cost + offset| */
  int64_t  offset;
  bool     small; /* a part of a larger problem: no parts of parts */
} assign_work;

typedef struct {
  int    *at;    /* n_tasks: person or ASSIGN_OUT */
  int64_t cost;  /* of at */
  int64_t bound; /* no plan costs less */
} assign_plan;

/* Cost of at by the definition; false where a person may not do a task or has too much. */
bool assign_check(const assign_problem *p, const int *at, int64_t *load,
                  int64_t *cost); /* load: 2 n_people of scratch */

/* Improves the plan, which comes in as any legal one with its cost, and its bound, until they are within the gap or the work is used up
 * or the context stops. Errors: out_of_memory only. */
dyo_status assign_solve(assign_problem *p, assign_work *w, assign_plan *plan, dyo_err *err);

/* Most cost a plan may still save and yet be left: (cost - bound) within the gap. At least 0. */
int64_t assign_slack(const assign_work *w, int64_t cost);
bool    assign_closed(const assign_work *w, const assign_plan *plan); /* within the gap */
bool    assign_over(assign_work *w);                                  /* used up, or the context says stop */
/* Counts work within a long step and polls in time; false: the context says stop, and the step may end with nothing. */
bool assign_spend(assign_work *w, int64_t work);

/* ---- assign_network.c: everybody's tasks weigh the same to them ---- */

/* *heads: n_people, how many tasks a person may have where that is the same whichever they are; NULL where it is not so for all. */
dyo_status assign_heads(dyo_ctx *ctx, const assign_problem *p, int **heads, dyo_err *err);
/* The best plan and its proof in place of what the plan was; a stop of the context leaves it as it was. */
dyo_status assign_network(const assign_problem *p, assign_work *w, const int *heads, assign_plan *plan, dyo_err *err);

/* ---- assign_price.c: the Lagrangian that prices tasks (Fisher, Jaikumar & Van Wassenhove 1986) ---- */

/* What is left of a problem and its value at prices. All money here is in 1/2^shift of the problem's unit ("fine").
 * A task is settled once its person (or that it is left out) is decided; its arcs are then shut, and its cost is in `base`. */
typedef struct {
  const assign_problem *p;
  assign_work          *w;
  int                   shift;
  int64_t              *cost, *skip; /* fine */
  uint8_t              *shut;        /* n_arcs: this arc is not used */
  uint8_t              *must;        /* n_tasks: may not be left out */
  uint8_t              *settled;     /* n_tasks */
  int                  *at;          /* n_tasks: of the settled */
  int                  *room, *most; /* n_people: what is left */
  int                  *grain;       /* n_people: room that a cell of the dynamic program stands for */
  int                  *open;        /* n_tasks: arcs not shut */
  int64_t               base;
  int64_t              *price;  /* n_tasks, <= skip where it may be left out */
  int64_t              *value;  /* n_people: of the best knapsack, <= 0 */
  uint8_t              *taken;  /* n_arcs: in that knapsack */
  int                  *held;   /* n_tasks: knapsacks that took it */
  uint8_t              *stale;  /* n_people: value is out of date */
  uint8_t              *turned; /* n_people: extra is up to date */
  int64_t               bound;  /* base + prices of open tasks + values */
  int64_t              *extra;  /* n_arcs: by how much the value rises where the decision of `taken` is turned */
  /* room for one person's dynamic program */
  int64_t *cells;
  size_t   n_cells;
  size_t  *item; /* arcs */
  int64_t  nodes;
  int64_t *kept, *next; /* n_tasks: prices, and the direction they move in */
  double  *direction;
} assign_state;

dyo_status assign_state_make(const assign_problem *p, assign_work *w, assign_state *s, dyo_err *err);
void       assign_price_set(assign_state *s, int task, int64_t price); /* and marks who must be valued again */
/* The stale ones, and bound; INT64_MIN / 4 where the context says stop before. */
dyo_status assign_value(assign_state *s, dyo_err *err);
dyo_status assign_turns(assign_state *s, dyo_err *err); /* extra, of all open arcs */

/* ---- assign_dual.c ---- */

/* Up to `rounds` subgradient steps towards `target` (fine); prices end at the best found, which are valued. Stops where bound > enough. */
typedef struct {
  int     rounds, patience;
  double  step, shrink, least; /* share of the distance to target; after `patience` rounds without gain; ends below */
  double  drag;                /* share of the last direction that is kept */
  int64_t target, enough;
} assign_ascent;
dyo_status assign_climb(assign_state *s, const assign_ascent *how, dyo_err *err);

/* ---- assign_search.c ---- */

typedef struct assign_search assign_search;
dyo_status assign_search_make(const assign_problem *p, assign_work *w, uint64_t seed, assign_search **out,
                              dyo_err *err);
/* From now on only the arcs of each task whose turn costs least (state->extra, which must be fresh and of the same problem). */
dyo_status assign_search_guide(assign_search *s, const assign_state *state, dyo_err *err);
/* Annealing by insertion and ejection from `start` (as far as it is legal here); the plan takes what is better than it. hot: first
 * temperature in 1/256 of the unit of cost, 0: only what is no worse. */
void assign_search_run(assign_search *s, assign_plan *plan, const int *start, int64_t moves, int64_t hot);

/* ---- assign_near.c ---- */

/* One try to better the plan by handing out the tasks of so many people anew. s: with fresh values. */
dyo_status assign_near(const assign_state *s, assign_plan *plan, uint64_t seed, int people, int64_t most_work,
                       dyo_err *err);

/* ---- assign_core.c ---- */

/* Looks around `start`, a legal plan, a few people's tasks at a time, with the work given; the plan takes what is better than it. The
 * state's values are fresh. */
dyo_status assign_core(const assign_state *s, assign_plan *plan, const int *start, uint64_t seed, int64_t most_work,
                       dyo_err *err);

/* ---- assign_tree.c ---- */

/* What the bound leaves open, settled by branching, with at most so much work. Where it ends before, plan->bound is what is then proven. */
dyo_status assign_tree(assign_state *s, assign_search *search, assign_plan *plan, int64_t most_work, dyo_err *err);

/* Shut, settle and tighten what cannot be in a plan that costs at most `most` (fine); needs fresh values and turns. false: there is no
 * such plan. *task: the open one with the highest least cost, -1: none is open. *changed: values are stale. */
bool assign_filter(assign_state *s, int64_t most, int *task, bool *changed);

/* The knapsacks as a plan: a task that several took stays where giving it up would cost most by its price. */
void assign_round_off(const assign_state *s, int *at);

/* The highest cost (fine) of a plan that is worth finding beside this one. */
int64_t assign_wanted(const assign_state *s, const assign_plan *plan);

#endif
