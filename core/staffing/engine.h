/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.h - private: a model whose people are all plain, laid out for speed, and the parts of its search. People may have rules besides
 * that only forbid (most.c).
 *
 * An arc is a person in a shift. The bound prices demands and solves each person exactly (bound.c, price_hours.c), the search moves arcs
 * (search.c), and what the bound rules out is closed for good (close.c). All of them read one engine. */
#ifndef STAFFING_ENGINE_H
#define STAFFING_ENGINE_H

#include "num/dyo_rng.h"
#include "staffing/roster.h"

enum { ARC_FREE, ARC_IN, ARC_OUT }; /* what a plan may still do with an arc */

typedef struct {
  int     shift, need, most; /* most <= the arcs that count; need may be more */
  int64_t under, over;       /* of this phase */
  bool    hard;              /* under is a stand-in: heads short are counted apart */
  bool    capped;            /* the model limits the heads */
} engine_demand;

typedef struct {
  const roster_person *p;
  int                  n_periods; /* 1, or the weeks of the horizon where a week has limits or costs of its own */
  int                  width;     /* most hours of a period that the pass over its shifts has to tell apart */
  bool                 counted;   /* hours matter at all */
  bool                 flat;      /* one period, an upper limit, and nothing else: the short way */
  bool                 rising;    /* more hours never lower what the roster costs on top */
  bool                 sloped;    /* weeks and horizon both bind: the horizon is relaxed by a price on hours */
  bool                 rules;     /* has rules that only forbid */
  bool                 terms;     /* the roster costs something on top of its arcs, or has a least */
} engine_person;

typedef struct {
  dyo_ctx            *ctx;
  const roster_model *m;
  int                 n_people, n_shifts, n_arcs, n_demands, n_weeks;
  int                 longest;  /* hours of the longest shift, at least 1 */
  bool                rules;    /* somebody has rules that only forbid: the bound is that of a problem without them */
  bool                shortage; /* the phase: true: only heads short count; false: cost */
  int64_t             lack;     /* stand-in for an hour below a least */
  int64_t             unit;     /* every plan's cost is a multiple of this */

  engine_person *people;
  engine_demand *demands;

  /* Arcs, person by person, each person's in order of (period, end, start). */
  int *first; /* n_people + 1 */
  int *shift; /* n_arcs, and so are all below unless said otherwise */
  int *person;
  int *hours;
  int *before;  /* arcs of the same person and period, from that period's first, that end early enough to come before */
  int *earlier; /* the same among the arcs of the period before */
  int *behind;  /* arcs of the person that begin late enough to come after, */
  int *by_start;   /* in this order of them: by start, last first; counted from the person's first */
  int64_t *cost;   /* of this phase */
  uint8_t *mode;   /* ARC_* */
  int     *ask_at; /* n_arcs + 1: the demands that the arc serves are ask[ask_at[a] .. ask_at[a + 1]) */
  int     *ask;
  int     *period;    /* first arcs of the periods: period[period_at[p] + k], one more at the end */
  int     *period_at; /* n_people */

  int *at;     /* n_people x n_shifts: the arc, -1 */
  int *who_at; /* n_shifts + 1: arcs of a shift are who[..] */
  int *who;
  int *near_lo, *near_hi; /* n_shifts: all shifts that may be too near lie in lo .. hi */
} engine;

/* Lays out m. Memory is the context's arena. */
dyo_status engine_new(dyo_ctx *ctx, const roster_model *m, engine **out, dyo_err *err);

/* Costs of a phase: shortage counts heads of hard demands only; cost has `under` on each head of a hard demand. */
void engine_phase(engine *e, bool shortage, int64_t under);

/* true: one person may not work both. */
bool engine_clash(const engine *e, int person, int s, int t);

/* most.c. A person's rules are plain but for some that only forbid? Has such a person any? Do these forbid to work n shifts, ascending? */
bool engine_only_forbids(const roster_person *p);
bool engine_has_rules(const roster_model *m, const roster_person *p);
bool engine_forbids(const engine *e, int person, const int *works, int n);

/* What a roster of these hours costs on top of its arcs; week: hours of each of n_weeks. An hour below a least costs `lack`. */
int64_t engine_terms(const engine *e, int person, int n_works, int hours, const int *week);
int64_t engine_period_terms(const engine *e, int person, int hours, bool whole); /* of a week; whole: it has 7 days */
int64_t engine_horizon_terms(const engine *e, int person, int hours);

/* ---- price_hours.c: the cheapest roster of one person under given arc prices ---- */
static inline int64_t floor_div(int64_t a, int64_t b) /* b > 0 */
{
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

#define SHORT_UNIT 1024      /* cost of a head short in the shortage phase */
#define PRICE_MOST (1 << 28) /* |sum of what one roster can cost| stays below; more is "no such roster" */

typedef struct pricer pricer;

pricer *pricer_new(const engine *e, int64_t up, int64_t down); /* costs * up / down, rounded down; NULL: no memory */

/* The least total over the person's rosters of sum of g over their arcs plus terms; g: of the person's arcs, first is the first. A lower
 * bound on it where people[person].sloped. take: the arcs of a cheapest roster, *n_take of them. INT64_MAX where no roster keeps the modes. */
int64_t price_hours(pricer *w, int person, const int32_t *g, int *take, int *n_take);

/* How much more than the cheapest roster, of cost `least`, it costs to have each arc of the person that a cheapest roster is without: extra,
 * of the person's arcs. A lower bound, exact where it is below `limit`; 0 for the arcs taken, and for people who are not flat. Call it
 * right after price_hours for the same person and g. */
void price_extra(pricer *w, int person, const int32_t *g, int64_t least, int64_t limit, int32_t *extra);

/* ---- bound.c: prices on demands ---- */
typedef struct {
  engine  *e;
  pricer  *w;
  int64_t  up, down;      /* money of the bound is cost * up / down */
  int32_t *price, *top;   /* n_demands: now, and the best so far */
  int32_t *cap, *floor;   /* n_demands */
  double  *exact, *slope; /* n_demands: price before rounding, direction */
  int     *heads;         /* n_demands: of the cheapest rosters */
  int32_t *g;             /* n_arcs: costs less prices */
  int     *take, *n_take; /* the cheapest rosters of the last round: person p's at take[first[p]] */
  int64_t  highest;       /* a price may go so far either way */
  bool     hard;          /* hard demands are met: no price is too high */
  int64_t  value, best;   /* in units of the bound */
  int64_t  less;          /* to be taken off value: the price of the heads that are short in any case */
  double   step;          /* share of the distance to the plan that a step goes for */
  double   far;           /* size of the first steps */
  int      stale, patience, rounds;
  bool     late;  /* steps are those of the volume algorithm */
  double   shown; /* for dyo_poll */
} bound;

dyo_status bound_new(engine *e, bound **out, dyo_err *err);
/* Begin a phase: prices from scratch; short_heads is what hard demands may lack, at a price of `each`. */
void bound_start(bound *b, int short_heads, int64_t each);
/* g from price. */
void    bound_prices(bound *b);
int64_t bound_scaled(const bound *b, int64_t cost); /* in units of the bound, rounded down, not above `highest` */
/* One round: solve all people at the present prices. false: cut short (dyo_poll), or no roster exists. */
bool bound_solve(bound *b);
/* Move the prices, given the cost of the best plan. */
void bound_step(bound *b, int64_t plan);
/* Steps got too short: long ones again from the best prices, with more patience. */
void bound_again(bound *b);
/* No plan of the phase costs less. */
int64_t bound_cost(const bound *b);

/* How far it has come, to leave for another problem and come back. false: no memory. */
typedef struct {
  bound    b;
  int32_t *top;
} bound_state;
bool bound_keep(const bound *b, bound_state *kept);
void bound_back(bound *b, const bound_state *kept);

/* ---- search.c: annealing over arcs ---- */
typedef struct search search;

dyo_status search_new(engine *e, uint64_t seed, search **out, dyo_err *err);
/* Costs or modes of the engine changed: count the plan at hand anew. forget: so is the best plan. */
void search_reset(search *s, bool forget);
/* Take this plan (n_arcs: 1 on), which keeps all rules and modes. */
void search_set(search *s, const uint8_t *on);
/* Moves draw from these free arcs alone; NULL: all free ones. */
void search_pool(search *s, const uint8_t *in);
/* n moves at temperature `heat`, in units of cost. */
void search_run(search *s, int64_t n, int64_t heat, double shown);
void search_return(search *s); /* go on from the best plan */
/* Cost of the best plan without stand-ins; heads that hard demands lack; hours below a least. Each may be NULL. */
int64_t search_best(const search *s, int *short_heads, int64_t *lack);
void    search_plan(const search *s, uint8_t *on); /* n_arcs: 1 where the best plan has the arc */

/* solve.c: the search for plain people, also with rules that only forbid. */
dyo_status roster_solve_plain(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan,
                              dyo_err *err);

/* ---- close.c and tree.c: from a bound and a plan to a proof ---- */
typedef struct {
  engine *e;
  bound  *b;
  search *s;
  double  gap; /* what is asked for */
  int
    lack; /* heads that hard demands have to lack, as far as is known; 0 in the shortage phase, where they are the cost */
  int64_t  low;   /* proven: no plan of the phase costs less */
  uint8_t *on;    /* n_arcs: scratch */
  int     *heads; /* n_demands: scratch */
  int     *list;  /* n_shifts: scratch */
  int32_t *extra; /* n_arcs: cost of having the arc, above the bound, in its units */
} closing;

/* true: the best plan is within the gap of the bound. */
bool closing_done(const closing *c);
/* The best prices again, and what each arc costs above the bound they give. */
bool closing_price(closing *c, int64_t limit);
/* Close arcs that no plan better than the best one has; moves draw from those that cost at most `limit` above the bound. */
void closing_pool(closing *c, int64_t limit);
/* A plan by the best prices: one person after the other takes the roster that is cheapest for what is still asked. */
void closing_seed(closing *c);
/* The arcs `on` as a plan, where they keep the rules. */
void closing_take(closing *c);
/* Branch and bound over arcs, at most so many rounds of pricing. */
dyo_status closing_tree(closing *c, int64_t rounds, dyo_err *err);

#endif
