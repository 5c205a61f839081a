/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.h - private to search.c and search_moves.c: the plan at hand of an annealing search.
 *
 * A move is a list of arcs turned on or off. Turning (search_turn) changes only what costs and rules are read from; the lists of who works
 * where follow when the move is kept (search_keep), and a move that is not is turned back (search_undo). */
#ifndef STAFFING_SEARCH_H
#define STAFFING_SEARCH_H

#include "staffing/engine.h"

#define SEARCH_OPS  16   /* arcs a move may turn */
#define SEARCH_ODDS 4096 /* entries of the table of waiting times */

typedef struct {
  int     arc;
  int     change; /* 1 on, -1 off */
  int64_t terms;  /* of its person before the move, where changed first */
  int     lack;
} search_op;

/* What a move reads of an arc, side by side. */
typedef struct {
  int64_t cost;
  int     shift, person, hours;
  int     ask, n_ask; /* demands: engine.ask[ask ..] */
  uint8_t mode;
  bool    spare; /* may be worth turning off for itself */
} search_arc;

struct search {
  engine     *e;
  search_arc *arcs;
  uint64_t   *clash;    /* n_shifts x span words: which shifts near by clash, from word clash_at[t] on */
  int        *clash_at; /* n_shifts */
  int         span;
  bool        weekly; /* hours of weeks are kept */
  bool       *exact;  /* n_people: clash is this person's; otherwise it names more than clash */
  uint64_t    seed[4];
  int         words; /* of a person's bits */
  uint64_t   *bits;  /* n_people x words: shifts worked */
  int        *heads; /* n_demands */
  int        *hours; /* n_people */
  int        *works; /* n_people: shifts worked */
  int        *week;  /* n_people x n_weeks, where weekly */
  int64_t    *terms; /* n_people */
  int        *lack;  /* n_people: hours below a least */

  int *crew, *n_crew; /* arcs on of shift s: crew[who_at[s] ..], n_crew[s] of them */
  int *own, *n_own;   /* arcs on of person p: own[first[p] ..] */
  int *seat, *spot;   /* n_arcs: places in crew and own, -1 off */
  int *pool, n_pool;  /* arcs that moves draw from */
  int *list;          /* n_shifts: scratch */
  int *ask, *ask_at;  /* the same by shift, for handing on: ask[ask_at[s] .. ask_at[s + 1]) */

  int64_t   cost;       /* of the plan at hand, stand-ins included */
  int64_t   short_cost; /* the stand-ins' part */
  int       short_heads;
  int64_t   lacking;
  search_op ops[SEARCH_OPS];
  int       n_ops;
  int64_t   delta, delta_stand; /* of the move being made */
  int       delta_short;
  bool      broken;

  int64_t  best_cost; /* stand-ins left out */
  int      best_short;
  int64_t  best_lack;
  uint8_t *best;                            /* n_arcs: the plan as of journal's begin */
  int     *journal;                         /* arcs turned since, in order */
  int      n_journal, cap_journal, at_best; /* best is `best` with the first at_best of the journal turned */
  bool     have, lost;                      /* lost: the journal ran over with nothing better in it */
  int32_t  odds[SEARCH_ODDS];
};

static inline uint64_t search_bits(search *s)
{
  uint64_t *x = s->seed, r = x[1] * 5, t = x[1] << 17; /* xoshiro256** as in num/rng.c, inline */
  r = ((r << 7) | (r >> 57)) * 9;
  x[2] ^= x[0];
  x[3] ^= x[1];
  x[1] ^= x[2];
  x[0] ^= x[3];
  x[2] ^= t;
  x[3] = (x[3] << 45) | (x[3] >> 19);
  return r;
}

static inline int search_below(search *s, int n)
{
  return (int)(((search_bits(s) >> 32) * (uint64_t)n) >> 32);
}

/* search_moves.c. At most SEARCH_OPS in a move. `broken` is set where a demand's `most` forbids it. */
void    search_turn(search *s, int arc, int change);
void    search_undo(search *s);
void    search_clear(search *s); /* forget the ops of a move that stays */
int64_t search_terms(const search *s, int person);
int     search_lack(const search *s, int person);

/* search.c */
void search_keep(search *s);

#endif
