/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search_moves.c - one move of the annealing: put a person into a shift, take off what stands in the way, hand that on. */
#include "staffing/search.h"

#define HANDS 3 /* people asked to take a shift over */
#define LOOKS 8 /* shifts of a person looked at for one that another can take */
#define STAY \
  8 /* moves in a row that draw from the same stretch of the pool, nearly always one person's: what they read is at hand, */
#define SPAN 64 /* so many arcs of it */
#define AWAY 4  /* shifts a move may take off a person */

/* ---- turning an arc ---- */

int search_lack(const search *s, int p)
{
  const engine        *e   = s->e;
  const roster_person *who = e->people[p].p;
  int                  sum = s->hours[p] < who->hours_least ? who->hours_least - s->hours[p] : 0;
  for (int k = 0; who->week_least > 0 && k < e->n_weeks && 7 * k + 7 <= e->m->n_days; k++) {
    const int h = s->week[(size_t)p * (size_t)e->n_weeks + (size_t)k];
    sum += h < who->week_least ? who->week_least - h : 0;
  }
  return sum;
}

int64_t search_terms(const search *s, int p)
{
  return engine_terms(s->e, p, s->works[p], s->hours[p], s->week + (size_t)p * (size_t)s->e->n_weeks);
}

void search_clear(search *s)
{
  s->n_ops = s->delta_short = 0;
  s->delta = s->delta_stand = 0;
  s->broken                 = false;
}

static bool works(const search *s, int p, int t)
{
  return s->bits[(size_t)p * (size_t)s->words + (size_t)(t >> 6)] >> (t & 63) & 1;
}

static inline void flip(search *s, const search_arc *a, int change)
{
  s->bits[(size_t)a->person * (size_t)s->words + (size_t)(a->shift >> 6)] ^= (uint64_t)1 << (a->shift & 63);
  s->hours[a->person] += change * a->hours;
  s->works[a->person] += change;
  if (s->weekly)
    s->week[(size_t)a->person * (size_t)s->e->n_weeks + (size_t)(s->e->m->shifts[a->shift].day / 7)] +=
      change * a->hours;
}

static inline void turn_demand(search *s, int demand, int change)
{
  const engine_demand *d = &s->e->demands[demand];
  const int            n = s->heads[demand] += change;
  if (change > 0 ? n > d->need : n >= d->need) {
    s->delta += change * d->over;
    s->broken = s->broken || n > d->most;
    return;
  }
  s->delta -= change * d->under;
  if (!d->hard) return;
  s->delta_short -= change;
  s->delta_stand -= change * d->under;
}

void search_turn(search *s, int arc, int change)
{
  const search_arc *a = &s->arcs[arc];
  const int         p = a->person;
  s->ops[s->n_ops++]  = (search_op){arc, change, s->terms[p], s->lack[p]};
  flip(s, a, change);
  s->delta += change * a->cost;
  if (s->e->people[p].terms) {
    const int64_t now = search_terms(s, p);
    s->delta += now - s->terms[p];
    s->terms[p] = now;
    s->lack[p]  = search_lack(s, p);
  }
  for (int k = 0; k < a->n_ask; k++) turn_demand(s, s->e->ask[a->ask + k], change);
}

void search_undo(search *s)
{
  while (s->n_ops > 0) {
    const search_op   o = s->ops[--s->n_ops];
    const search_arc *a = &s->arcs[o.arc];
    flip(s, a, -o.change);
    for (int k = 0; k < a->n_ask; k++) s->heads[s->e->ask[a->ask + k]] -= o.change;
    s->terms[a->person] = o.terms;
    s->lack[a->person]  = o.lack;
  }
  search_clear(s);
}

/* ---- what stands in the way ---- */

/* A shift that person p works and that may not stand beside shift t, -1. */
static inline int clash_of(const search *s, int p, int t)
{
  const uint64_t *b = s->bits + (size_t)p * (size_t)s->words + (size_t)s->clash_at[t];
  const uint64_t *c = s->clash + (size_t)t * (size_t)s->span;
  for (int w = 0; w < s->span; w++)
    for (uint64_t m = b[w] & c[w]; m; m &= m - 1) {
      const int u = 64 * (s->clash_at[t] + w) + __builtin_ctzll(m);
      if (s->exact[p] || engine_clash(s->e, p, t, u)) return u;
    }
  return -1;
}

static inline bool too_long(const search *s, const search_arc *a)
{
  const roster_person *p = s->e->people[a->person].p;
  if (s->hours[a->person] + a->hours > p->hours_most) return true;
  if (!s->weekly) return false;
  const int week = s->week[(size_t)a->person * (size_t)s->e->n_weeks + (size_t)(s->e->m->shifts[a->shift].day / 7)];
  return week + a->hours > p->week_most;
}

static inline bool fits(const search *s, const search_arc *a)
{
  return !too_long(s, a) && !works(s, a->person, a->shift) && clash_of(s, a->person, a->shift) < 0;
}

/* The arc of a person in a shift that moves may use, -1. */
static inline int arc_of(const search *s, int person, int shift)
{
  const int a = s->e->at[(size_t)person * (size_t)s->e->n_shifts + (size_t)shift];
  return a >= 0 && s->arcs[a].mode == ARC_FREE ? a : -1;
}

typedef struct {
  int shift[AWAY], n;
  int first; /* who is asked first to take them, -1 */
} away;

static bool take_off(search *s, away *w, int arc)
{
  if (w->n == AWAY || s->arcs[arc].mode == ARC_IN) return false;
  search_turn(s, arc, -1);
  w->shift[w->n++] = s->arcs[arc].shift;
  return true;
}

/* A shift for person p to give up, so that the hours suffice for a: one that w->first can take, if a few looks find it. */
static int surplus(search *s, const search_arc *a, const away *w)
{
  const engine *e = s->e;
  const int     p = a->person, n = s->n_own[p], week = e->m->shifts[a->shift].day / 7;
  const bool    in_week = s->weekly && s->hours[p] + a->hours <= e->people[p].p->hours_most;
  int           any     = -1;
  if (n <= w->n) return -1;
  for (int k = 0, i = search_below(s, n); k < LOOKS && k < n; k++, i = i + 1 < n ? i + 1 : 0) {
    const int other = s->own[e->first[p] + i], t = s->arcs[other].shift;
    if (s->arcs[other].mode == ARC_IN || !works(s, p, t) || (in_week && e->m->shifts[t].day / 7 != week)) continue;
    if (any < 0) any = other;
    const int taker = w->first >= 0 ? arc_of(s, w->first, t) : -1;
    if (taker >= 0 && fits(s, &s->arcs[taker])) return other;
  }
  return any;
}

/* Take off what clashes with the arc, and one or two shifts more where hours do not suffice. */
static bool make_room(search *s, const search_arc *a, away *w)
{
  const engine *e = s->e;
  for (int c = clash_of(s, a->person, a->shift); c >= 0; c = clash_of(s, a->person, a->shift))
    if (w->n == 2 || !take_off(s, w, e->at[(size_t)a->person * (size_t)e->n_shifts + (size_t)c])) return false;
  for (int k = 0; k < 2 && too_long(s, a); k++) {
    const int other = surplus(s, a, w);
    if (other < 0 || !take_off(s, w, other)) return false;
  }
  return !too_long(s, a);
}

/* Somebody to leave the shift for the newcomer, -1: the shift wants one more. */
static int leaver(search *s, const search_arc *a)
{
  const engine *e    = s->e;
  const int     t    = a->shift;
  bool          full = false, wanted = false;
  for (int k = 0; k < a->n_ask; k++) {
    const engine_demand *d = &e->demands[e->ask[a->ask + k]];
    const int            n = s->heads[e->ask[a->ask + k]];
    wanted                 = wanted || n < d->need;
    full                   = full || n >= d->most;
  }
  if (!s->n_crew[t] || (!full && wanted)) return -1;
  if (!full && a->spare && search_below(s, 2)) return -1;
  const int gone = s->crew[e->who_at[t] + search_below(s, s->n_crew[t])];
  return s->arcs[gone].mode == ARC_IN ? -1 : gone;
}

/* Give shift t to `first` where that person can, or to one of a few others. It stays open where none of them can. */
static void hand_on(search *s, int t, int first)
{
  const int n = s->ask_at[t + 1] - s->ask_at[t];
  int       a = first >= 0 ? arc_of(s, first, t) : -1;
  for (int k = 0; k <= HANDS && n; k++) {
    if (a >= 0 && fits(s, &s->arcs[a])) {
      search_turn(s, a, 1);
      return;
    }
    a = s->ask[s->ask_at[t] + search_below(s, n)];
  }
}

/* ---- the move ---- */

/* Turning an arc off alone: only where somebody is to spare, or where the person's roster may be cheaper for it. */
static bool drop(search *s, int arc)
{
  const search_arc *a     = &s->arcs[arc];
  bool              spare = true;
  for (int k = 0; k < a->n_ask && !a->spare; k++)
    spare = spare && s->heads[s->e->ask[a->ask + k]] > s->e->demands[s->e->ask[a->ask + k]].need;
  if (spare) search_turn(s, arc, -1);
  return spare;
}

static bool insert(search *s, int arc)
{
  const search_arc *a    = &s->arcs[arc];
  const int         gone = leaver(s, a);
  away              w    = {.n = 0, .first = gone >= 0 ? s->arcs[gone].person : -1};
  if (gone >= 0) search_turn(s, gone, -1);
  if (!make_room(s, a, &w)) return false;
  search_turn(s, arc, 1);
  for (int k = 0; k < w.n; k++) hand_on(s, w.shift[k], w.first);
  return !s->broken;
}

/* Somebody who was given a shift may not have the roster that came of it. */
static bool forbidden(search *s)
{
  for (int k = 0; k < s->n_ops; k++) {
    const int p = s->arcs[s->ops[k].arc].person;
    int       n = 0;
    if (s->ops[k].change < 0 || !s->e->people[p].rules) continue;
    for (int w = 0; w < s->words; w++)
      for (uint64_t b = s->bits[(size_t)p * (size_t)s->words + (size_t)w]; b; b &= b - 1)
        s->list[n++] = 64 * w + __builtin_ctzll(b);
    if (engine_forbids(s->e, p, s->list, n)) return true;
  }
  return false;
}

static bool accepted(search *s, int64_t heat)
{
  return (s->delta <= 0 || s->delta <= (heat * s->odds[search_bits(s) >> 52]) >> 10) && !(s->e->rules && forbidden(s));
}

void search_run(search *s, int64_t n, int64_t heat, double shown)
{
  int from = 0;
  for (int64_t k = 0; k < n && s->n_pool > 0; k++) {
    if (k % STAY == 0) from = search_below(s, s->n_pool);
    const int  left = s->n_pool - from, arc = s->pool[from + search_below(s, left < SPAN ? left : SPAN)];
    const bool ok = s->seat[arc] >= 0 ? drop(s, arc) : insert(s, arc);
    if (ok && accepted(s, heat)) search_keep(s);
    else search_undo(s);
    if ((k & 63) == 63 && dyo_poll(s->e->ctx, shown, "plan") != DYO_RUN_ON) return;
  }
}
