/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree.c - branch and bound on (person, shift), with the prices of bound.c as its bound: closes the last of the gap on small models.
 *
 * Depth first. Every node takes over its parent's prices, moves them for some rounds, closes the arcs that the bound rules out, and
 * branches on the arc the cheapest rosters agree on least. */
#include "staffing/engine.h"

#include <string.h>

#define DEEPEST 400
#define FEWEST  8 /* rounds of a node; it goes on while that pays */
#define MOST    60
#define GENTLE  0.15 /* a node's first step, as a share of the way to the best plan */

typedef struct {
  int      arc, trail; /* the arc branched on, and where the trail was before */
  bool     in;         /* the side that comes first, or is being tried */
  bool     second;
  int64_t  low; /* of the node that was split */
  int32_t *price;
} level;

typedef struct {
  closing *c;
  level   *levels;
  int      depth;
  int     *trail; /* arcs that are no longer free, in order */
  int      n_trail;
  int     *often; /* n_arcs: rounds of the node that took the arc */
  int      rounds;
  int64_t  left;       /* rounds that may still be spent */
  int64_t  low;        /* least bound of the nodes given up */
  bool     cut, known; /* known: low says something about all nodes */
} tree;

static void set_mode(tree *t, int arc, uint8_t mode)
{
  if (t->c->e->mode[arc] != ARC_FREE) return;
  t->c->e->mode[arc]     = mode;
  t->trail[t->n_trail++] = arc;
}

static void rewind_to(tree *t, int n)
{
  while (t->n_trail > n) t->c->e->mode[t->trail[--t->n_trail]] = ARC_FREE;
}

static void force_in(tree *t, int arc)
{
  const engine *e = t->c->e;
  const int     p = e->person[arc], s = e->shift[arc];
  set_mode(t, arc, ARC_IN);
  for (int u = e->near_lo[s]; u <= e->near_hi[s]; u++) {
    const int other = e->at[(size_t)p * (size_t)e->n_shifts + (size_t)u];
    if (u != s && other >= 0 && engine_clash(e, p, s, u)) set_mode(t, other, ARC_OUT);
  }
}

/* The cheapest rosters of this round make a plan: nobody is short, nobody too many. */
static void try_plan(closing *c)
{
  const engine *e = c->e;
  for (int d = 0; d < e->n_demands; d++)
    if ((c->b->heads[d] < e->demands[d].need && e->demands[d].hard) || c->b->heads[d] > e->demands[d].most) return;
  memset(c->on, 0, (size_t)e->n_arcs);
  for (int p = 0; p < e->n_people; p++)
    for (int k = 0; k < c->b->n_take[p]; k++) c->on[c->b->take[e->first[p] + k]] = 1;
  closing_take(c);
}

static bool hopeless(const closing *c)
{
  const int64_t best = search_best(c->s, NULL, NULL), low = bound_cost(c->b);
  return low >= best || (low != INT64_MIN && (double)(best - low) <= c->gap * (double)(best < 0 ? -best : best));
}

/* Bound of the node at hand. true: nothing better is below it (or the work is cut short, see t->cut). */
static bool bound_node(tree *t, const int32_t *price, int fewest)
{
  closing *c      = t->c;
  bound   *b      = c->b;
  int64_t  before = INT64_MIN;
  for (int d = 0; d < c->e->n_demands; d++) {
    b->exact[d] = price[d];
    b->slope[d] = 0;
  }
  memset(t->often, 0, (size_t)c->e->n_arcs * sizeof *t->often);
  b->best  = INT64_MIN;
  b->step  = GENTLE;
  b->late  = false;
  b->stale = t->rounds = 0;
  for (int k = 0; k < MOST; k++) {
    if (k % fewest == 0) {
      if (before != INT64_MIN && b->best - before < (bound_scaled(b, search_best(c->s, NULL, NULL)) - b->best) / 16)
        break;
      before = b->best;
    }
    t->left--;
    t->rounds++;
    if (!bound_solve(b)) {
      t->cut = dyo_poll(c->e->ctx, b->shown, "proof") != DYO_RUN_ON;
      return true;
    }
    for (int p = 0; p < c->e->n_people; p++)
      for (int i = 0; i < b->n_take[p]; i++) t->often[b->take[c->e->first[p] + i]]++;
    try_plan(c);
    bound_step(b, search_best(c->s, NULL, NULL));
    if (hopeless(c)) return true;
  }
  return false;
}

/* Close what the node's bound rules out. */
static bool close_arcs(tree *t)
{
  closing      *c     = t->c;
  const int64_t best  = search_best(c->s, NULL, NULL) - c->e->unit;
  const int64_t limit = (c->b->up > 1 ? best * c->b->up : best / c->b->down + 1) - c->b->best;
  if (!closing_price(c, limit + 1)) return false;
  for (int a = 0; a < c->e->n_arcs; a++)
    if (c->extra[a] > limit) set_mode(t, a, ARC_OUT);
  return true;
}

static int score_of(const tree *t, int arc)
{
  const int often = t->often[arc], seldom = t->rounds - often;
  return often < seldom ? often : seldom;
}

/* The arc to branch on: taken in about half of the rounds; where all agree, one of a demand that is not met exactly. -1: none is free. */
static int pick(const tree *t)
{
  const engine *e    = t->c->e;
  int           best = -1;
  int64_t       top  = -1;
  for (int a = 0; a < e->n_arcs; a++) {
    if (e->mode[a] != ARC_FREE) continue;
    int64_t score = 4 * (int64_t)score_of(t, a) * e->n_arcs;
    for (int k = e->ask_at[a]; k < e->ask_at[a + 1]; k++)
      score += t->c->b->heads[e->ask[k]] != e->demands[e->ask[k]].need;
    if (score > top) {
      top  = score;
      best = a;
    }
  }
  return best;
}

static void give_up(tree *t, int64_t low)
{
  const int64_t best = search_best(t->c->s, NULL, NULL);
  if (low > best) low = best;
  if (low < t->low) t->low = low;
  t->known = true;
}

/* Everything is decided: it is a plan, or none. */
static void leaf(tree *t)
{
  closing *c = t->c;
  for (int a = 0; a < c->e->n_arcs; a++) c->on[a] = c->e->mode[a] == ARC_IN;
  closing_take(c);
  give_up(t, INT64_MAX);
}

/* The node below the last branching. */
static bool open_node(tree *t, const int32_t *price, int fewest)
{
  closing *c = t->c;
  if (bound_node(t, price, fewest)) {
    if (!t->cut) give_up(t, c->b->best == INT64_MIN ? INT64_MAX : bound_cost(c->b));
    return false;
  }
  const int64_t low = bound_cost(c->b);
  if (!close_arcs(t)) {
    t->cut = true;
    return false;
  }
  const int arc = pick(t);
  if (arc < 0) return leaf(t), false;
  level *l = &t->levels[t->depth];
  if (!l->price) l->price = DYO_NEW(c->e->ctx, (size_t)c->e->n_demands + 1, int32_t);
  if (!l->price || t->depth == DEEPEST) {
    t->cut = true;
    return false;
  }
  memcpy(l->price, c->b->top, (size_t)c->e->n_demands * sizeof *l->price);
  l->arc    = arc;
  l->trail  = t->n_trail;
  l->low    = low;
  l->second = false;
  l->in     = 2 * t->often[arc] >= t->rounds;
  t->depth++;
  return true;
}

static void take_side(tree *t, const level *l)
{
  if (l->in) force_in(t, l->arc);
  else set_mode(t, l->arc, ARC_OUT);
}

/* Back to the last branching whose second side is still to be tried. */
static bool turn_back(tree *t)
{
  while (t->depth > 0) {
    level *l = &t->levels[t->depth - 1];
    rewind_to(t, l->trail);
    if (!l->second) {
      l->second = true;
      l->in     = !l->in;
      take_side(t, l);
      return true;
    }
    t->depth--;
  }
  return false;
}

static void walk(tree *t, const int32_t *root)
{
  bool down = open_node(t, root, 2 * FEWEST), more = down;
  if (down) take_side(t, &t->levels[0]);
  while (more && t->left > 0 && !t->cut) {
    down = open_node(t, t->levels[t->depth - 1].price, FEWEST);
    if (t->cut) break;
    if (down) take_side(t, &t->levels[t->depth - 1]);
    else more = turn_back(t);
  }
  if (more || t->cut) /* what has not been looked at: the other sides, and the node at hand */
    for (int k = 0; k < t->depth; k++) give_up(t, t->levels[k].low);
}

dyo_status closing_tree(closing *c, int64_t rounds, dyo_err *err)
{
  const engine *e = c->e;
  bound_state   kept;
  tree          t = {.c      = c,
                     .levels = DYO_NEW(e->ctx, DEEPEST + 1, level),
                     .trail  = DYO_NEW(e->ctx, (size_t)e->n_arcs + 1, int),
                     .often  = DYO_NEW(e->ctx, (size_t)e->n_arcs + 1, int),
                     .left   = rounds,
                     .low    = INT64_MAX};
  if (!t.levels || !t.trail || !t.often || !bound_keep(c->b, &kept)) return dyo_oom(err);
  walk(&t, kept.top);
  rewind_to(&t, 0);
  if (t.known) give_up(&t, t.low); /* the best plan may have got better since */
  if (t.known && t.low > c->low) c->low = t.low;
  bound_back(c->b, &kept);
  search_reset(c->s, false);
  return DYO_OK;
}
